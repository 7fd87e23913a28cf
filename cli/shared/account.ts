/** The account that the credentials of the environment open. */
import type { Api } from "../../provider/api/call";
import { type ApiContext, type Operation, startOperation } from "../../provider/api/client";
import type { Settings } from "../../provider/api/credential";
import { CREATE_KEY_HINT, MissingCredentialError } from "../../provider/errors";
import { Secret } from "../../provider/secret";
import { INFERENCE_KEY_VARIABLE, inferenceKeySettings, KEY_VARIABLES, resolveSettings } from "../../provider/settings";
import type { Terminal } from "./terminal";

export interface Account {
  readonly baseUrl: string;
  /** Starts an operation with its own time limit. Errors name it. */
  start(verb: Operation["verb"], object: string): Api;
}

/**
 * Reads credentials from the environment only: arguments are visible in the shell's history and the process list.
 *
 * @param hint What to do without a management key.
 * @throws Error without a management key, InvalidSettingError
 */
export function openAccount(terminal: Terminal, hint = CREATE_KEY_HINT): Account {
  return open(settingsOf(terminal.env, hint), terminal);
}

/** For a command with `--inference-key`, which users of an inference key need. */
export function openWithEitherKey(terminal: Terminal, inferenceKey = false): Account {
  if (inferenceKey) return openAsInferenceKey(terminal);
  return openAccount(terminal, `${CREATE_KEY_HINT}, or use the key in ${INFERENCE_KEY_VARIABLE} with --inference-key`);
}

/**
 * As an inference key, which can only read what concerns itself.
 *
 * @throws Error without an inference key, InvalidSettingError
 */
export function openAsInferenceKey(terminal: Terminal): Account {
  const settings = inferenceKeySettings(terminal.env);
  if (settings) return open(settings, terminal);
  throw new Error(
    `no OpenRouter inference key: ${INFERENCE_KEY_VARIABLE} is not set in --env-file, the environment, .env.local or ` +
      ".env. Set it, or omit --inference-key to use the management key.",
  );
}

/** Now by the clock of the server, which decides what is today; by the own clock before its first response. */
export function serverTime(account: Account): Date {
  return new Date(account.start("read", "the server's time").serverTime() ?? Date.now());
}

/** The public part of the server, the catalog of models: no key is required or sent. */
export function openCatalog(terminal: Terminal): Account {
  return open(resolveSettings({ ...NOT_CONFIGURED, managementKey: new Secret("") }, terminal.env), terminal);
}

const NOT_CONFIGURED = { explicit: false, ownKey: false, deleteOrphans: false };

function settingsOf(environment: NodeJS.ProcessEnv, hint: string): Settings {
  try {
    return resolveSettings(NOT_CONFIGURED, environment);
  } catch (error) {
    if (!(error instanceof MissingCredentialError)) throw error;
    throw new Error(
      `no OpenRouter management key: none of ${KEY_VARIABLES.join(", ")} is set in --env-file, the environment, ` +
        `.env.local or .env. ${hint}.`,
    );
  }
}

function open(settings: Settings, terminal: Terminal): Account {
  terminal.protect(() => settings.credential.secrets());
  const context: ApiContext = { settings, log: terminal.err, clock: {}, written: () => undefined };
  return { baseUrl: settings.baseUrl, start: (verb, object) => startOperation(context, { verb, object }) };
}
