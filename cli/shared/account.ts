/** The account that the environment's credentials open. */

import type { Api } from "../../provider/api/call";
import { type ApiContext, type Operation, startOperation } from "../../provider/api/client";
import type { Settings } from "../../provider/api/credential";
import { CREATE_KEY_HINT, MissingCredentialError } from "../../provider/errors";
import { Secret } from "../../provider/secret";
import { KEY_VARIABLES, resolveSettings } from "../../provider/settings";
import type { Terminal } from "./terminal";

export interface Account {
  readonly baseUrl: string;
  /** Begins one operation: it has a time budget of its own, and errors name it. */
  start(verb: Operation["verb"], object: string): Api;
}

/**
 * Credentials come from the environment alone: an argument would be in the shell's history and the process list.
 * @throws Error without a management key, InvalidSettingError
 */
export function openAccount(terminal: Terminal): Account {
  return open(settingsOf(terminal.env), terminal);
}

/** The public part of the server: the catalogue of models. A key is not required and not sent. */
export function openCatalogue(terminal: Terminal): Account {
  return open(resolveSettings({ ...NOT_CONFIGURED, managementKey: new Secret("") }, terminal.env), terminal);
}

const NOT_CONFIGURED = { explicit: false, ownKey: false, deleteOrphans: false };

function settingsOf(environment: NodeJS.ProcessEnv): Settings {
  try {
    return resolveSettings(NOT_CONFIGURED, environment);
  } catch (error) {
    if (!(error instanceof MissingCredentialError)) throw error;
    const places = "in --env-file, the environment, .env.local and .env";
    throw new Error(
      `no OpenRouter management key; looked for ${KEY_VARIABLES.join(", ")} ${places}. ${CREATE_KEY_HINT}.`,
    );
  }
}

function open(settings: Settings, terminal: Terminal): Account {
  terminal.protect(() => settings.credential.secrets());
  const surroundings: ApiContext = {
    settings,
    log: terminal.err,
    clock: {},
    written: () => undefined,
  };
  return {
    baseUrl: settings.baseUrl,
    start: (verb, object) => startOperation(surroundings, { verb, object }),
  };
}
