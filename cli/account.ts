/** The account that the environment's credentials open. */
import { type Api, type Operation, type Surroundings, startOperation } from "../provider/api/client";
import { Concurrency } from "../provider/api/concurrency";
import { MissingCredential, WHERE_TO_MAKE_ONE } from "../provider/api/errors";
import { Secret } from "../provider/secret";
import { KEY_VARIABLES, resolveSettings, type Settings } from "../provider/settings";
import { redact } from "../provider/text";

export interface Account {
  readonly baseUrl: string;
  /** Takes credentials out of what is printed, this account's own too. */
  redact(text: string): string;
  /** Begins one operation: it has a time budget of its own, and errors name it. */
  start(verb: Operation["verb"], object: string): Api;
}

/**
 * Credentials come from the environment alone: an argument would stand in the shell's history and the process list.
 * @throws Error without a management key, UnusableSetting
 */
export function openAccount(environment: NodeJS.ProcessEnv, log: (message: string) => void): Account {
  return open(settingsOf(environment), log);
}

/** What the server shows to everybody: the catalogue of models. A key is not needed and not sent. */
export function openCatalogue(environment: NodeJS.ProcessEnv, log: (message: string) => void): Account {
  return open(resolveSettings({ ...NOT_CONFIGURED, managementKey: new Secret("") }, environment), log);
}

const NOT_CONFIGURED = { explicit: false, ownKey: false, removeInterrupted: false };

function settingsOf(environment: NodeJS.ProcessEnv): Settings {
  try {
    return resolveSettings(NOT_CONFIGURED, environment);
  } catch (error) {
    if (!(error instanceof MissingCredential)) throw error;
    const places = "in the environment, .env.local, .env and --env-file";
    throw new Error(
      `no OpenRouter management key; looked for ${KEY_VARIABLES.join(", ")} ${places}. ${WHERE_TO_MAKE_ONE}.`,
    );
  }
}

function open(settings: Settings, log: (message: string) => void): Account {
  const surroundings: Surroundings = {
    settings,
    log,
    clock: {},
    concurrency: new Concurrency(),
    written: () => undefined,
  };
  return {
    baseUrl: settings.baseUrl,
    redact: (text) => redact(text, ...settings.credential.secrets()),
    start: (verb, object) => startOperation(surroundings, { verb, object }),
  };
}
