/** `--env-file`, `.env.local` and `.env`: where OPENROUTER_* variables come from besides the environment. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Command } from "commander";
import { KEY_VARIABLES, POLICY_VARIABLE, PUBLIC_BASE_URL, URL_VARIABLE } from "../../provider/settings";
import { clean } from "../../provider/text";
import { readText } from "./files";
import { type Terminal, UsageError } from "./terminal";

/** The end of the help of each command that uses the account. */
export const CREDENTIALS_HELP = `
The management key comes from OPENROUTER_MANAGEMENT_KEY; OPENROUTER_BASE_URL
overrides OpenRouter's address. Lookup order, first match wins: --env-file, the
environment, .env.local, .env in the current directory. Only OPENROUTER_*
variables are read from the files. A file can't redirect a key that comes from
somewhere else.`;

/** Gives a command `--env-file`, and has it see the variables of the files when it acts. */
export function readingEnvironmentFiles(command: Command, terminal: Terminal): Command {
  for (const subcommand of command.commands) subcommand.configureHelp({ showGlobalOptions: true });
  return command
    .option("--env-file <file>", "file of OPENROUTER_* variables, read before the environment")
    .hook("preAction", (self) => {
      terminal.env = withEnvFiles(terminal.env, process.cwd(), self.opts<{ envFile?: string }>().envFile);
    });
}

/** Only one of these is used. */
const CREDENTIALS: readonly string[] = [...KEY_VARIABLES, POLICY_VARIABLE];

/** A place that variables come from. */
interface Source {
  /** What to call it. */
  name: string;
  kind: "command line" | "environment" | "directory";
  variables: NodeJS.Dict<string>;
}

/**
 * The environment with the variables of the files: each from the first source that has it, in order of trust. The
 * management key has several names and counts as one variable: a later source can't replace it under another name.
 *
 * @throws UsageError when a file would send a key that comes from elsewhere to a server of its choice: whoever wrote the
 * files of a cloned repository would get the key.
 */
export function withEnvFiles(environment: NodeJS.ProcessEnv, directory: string, envFile?: string): NodeJS.ProcessEnv {
  const local = (name: string): Source => {
    return { name, kind: "directory", variables: readIfFile(join(directory, name)) };
  };
  const sources: Source[] = [
    ...(envFile === undefined
      ? []
      : [{ name: envFile, kind: "command line", variables: readVariables(envFile) } as const]),
    { name: "the environment", kind: "environment", variables: environment },
    local(".env.local"),
    local(".env"),
  ];
  const keySource = sources.find(({ variables }) => CREDENTIALS.some((name) => variables[name]?.trim()));
  rejectRedirection(sources, keySource);
  const whole: NodeJS.ProcessEnv = {};
  for (const source of sources.toReversed()) {
    const entries = Object.entries(source.variables);
    Object.assign(whole, Object.fromEntries(entries.filter(([name]) => !isCredential(name) || source === keySource)));
  }
  return whole;
}

/** A federation policy is not secret. What it exchanges is the token that the job or the pod has. */
const IDENTITY: Source = { name: "the job's own identity", kind: "environment", variables: {} };

/** The environment may redirect a file's key, and a file named on the command line that of the environment. */
function rejectRedirection(sources: readonly Source[], credentialSource: Source | undefined): void {
  const keySource = credentialSource && (hasKey(credentialSource) ? credentialSource : IDENTITY);
  const urlSource = sources.find(({ variables }) => variables[URL_VARIABLE] !== undefined);
  if (!keySource || !urlSource || urlSource === keySource || urlSource.kind === "environment") return;
  if (urlSource.kind === "command line" && keySource.kind === "environment") return;
  if (urlSource.variables[URL_VARIABLE]?.replace(/\/+$/, "") === PUBLIC_BASE_URL) return;
  throw new UsageError(
    `${URL_VARIABLE} is set in ${clean(urlSource.name)}, but the management key comes from ${clean(keySource.name)}: ` +
      "a file may not redirect a key that is not its own. Set both in one place, the environment or one file",
  );
}

function isCredential(name: string): boolean {
  return CREDENTIALS.includes(name);
}

function hasKey({ variables }: Source): boolean {
  return KEY_VARIABLES.some((name) => variables[name]?.trim());
}

/** Some tools keep a directory of the name `.env`. */
function readIfFile(path: string): NodeJS.Dict<string> {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readVariables(path) : {};
}

function readVariables(path: string): NodeJS.Dict<string> {
  const variables = Object.entries(parseEnv(readText(path)));
  return Object.fromEntries(variables.filter(([name]) => name.startsWith("OPENROUTER_")));
}
