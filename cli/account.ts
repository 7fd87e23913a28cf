/** The account that the environment's credentials open. */
import { type Api, type Operation, type Surroundings, startOperation } from "../provider/api/client";
import { Concurrency } from "../provider/api/concurrency";
import { redact } from "../provider/secret";
import { resolveSettings } from "../provider/settings";

export interface Account {
  readonly baseUrl: string;
  /** Takes credentials out of what is printed, this account's own too. */
  redact(text: string): string;
  /** Begins one operation: it has a time budget of its own, and errors name it. */
  start(verb: Operation["verb"], object: string): Api;
}

/**
 * Credentials come from the environment alone: an argument would stand in the shell's history and the process list.
 * @throws MissingCredential, UnusableSetting
 */
export function openAccount(environment: NodeJS.ProcessEnv, log: (message: string) => void): Account {
  const settings = resolveSettings({ explicit: false, ownKey: false, removeInterrupted: false }, environment);
  const surroundings: Surroundings = { settings, log, clock: {}, concurrency: new Concurrency() };
  return {
    baseUrl: settings.baseUrl,
    redact: (text) => redact(text, settings.managementKey),
    start: (verb, object) => startOperation(surroundings, { verb, object }),
  };
}
