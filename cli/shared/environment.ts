/** `--env-file`, `.env.local` and `.env`: sources of OPENROUTER_* variables besides the environment. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Command } from "commander";
import {
  INFERENCE_KEY_VARIABLE,
  KEY_VARIABLES,
  POLICY_VARIABLE,
  PUBLIC_BASE_URL,
  URL_VARIABLE,
} from "../../provider/settings";
import { clean } from "../../provider/text";
import { readText } from "./files";
import { type Terminal, UsageError } from "./terminal";

/** The end of the help of each command that uses the account. */
export const CREDENTIALS_HELP = `
The management key is OPENROUTER_MANAGEMENT_KEY from the first of these that has
it: the file given with --env-file, the environment, .env.local, .env.`;

/** Adds the option `--env-file` to a command, and the variables of the files to its environment. */
export function withEnvFileOption(command: Command, terminal: Terminal): Command {
  for (const subcommand of command.commands) subcommand.configureHelp({ showGlobalOptions: true });
  return command
    .option("--env-file <file>", "file with OPENROUTER_* variables; overrides the environment")
    .hook("preAction", (self) => {
      const { envFile, inferenceKey } = self.opts<{ envFile?: string; inferenceKey?: boolean }>();
      const credentials = inferenceKey ? [INFERENCE_KEY_VARIABLE] : MANAGEMENT_CREDENTIALS;
      terminal.env = withEnvFiles(terminal.env, process.cwd(), envFile, credentials);
    });
}

/** Only one of these applies. */
const MANAGEMENT_CREDENTIALS: readonly string[] = [...KEY_VARIABLES, POLICY_VARIABLE];

interface Source {
  /** For messages. */
  name: string;
  kind: "command line" | "environment" | "directory";
  variables: NodeJS.Dict<string>;
}

/**
 * The environment with the variables of the files, each from the first source that has it. The names of the management
 * key count as one variable, so that a later source can't add a second key.
 *
 * @param credentials The variables whose value the command sends. Default: those of the management key.
 * @throws UsageError if a file would redirect a key of a different source. Otherwise the files of a cloned repository
 * could send the user's key to any server.
 */
export function withEnvFiles(
  environment: NodeJS.ProcessEnv,
  directory: string,
  envFile?: string,
  credentials = MANAGEMENT_CREDENTIALS,
): NodeJS.ProcessEnv {
  const sources: Source[] = [
    { name: "the environment", kind: "environment", variables: environment },
    ...[".env.local", ".env"].map((name): Source => {
      return { name, kind: "directory", variables: readIfFile(join(directory, name)) };
    }),
  ];
  if (envFile !== undefined) {
    sources.unshift({ name: envFile, kind: "command line", variables: readVariables(envFile) });
  }
  const keySource = sources.find((source) => has(source, credentials));
  rejectRedirection(sources, keySource, credentials.includes(INFERENCE_KEY_VARIABLE) ? "inference" : "management");
  const merged: NodeJS.ProcessEnv = {};
  for (const source of sources.toReversed()) {
    const entries = Object.entries(source.variables);
    Object.assign(
      merged,
      Object.fromEntries(entries.filter(([name]) => !credentials.includes(name) || source === keySource)),
    );
  }
  return merged;
}

/** A federation policy is not secret, but the token that it exchanges is. */
const IDENTITY: Source = { name: "the job's own identity", kind: "environment", variables: {} };

/** The environment may redirect a file's key, and a file named on the command line that of the environment. */
function rejectRedirection(
  sources: readonly Source[],
  credentialSource: Source | undefined,
  kind: "management" | "inference",
): void {
  const variables = kind === "inference" ? [INFERENCE_KEY_VARIABLE] : KEY_VARIABLES;
  const keySource = credentialSource && (has(credentialSource, variables) ? credentialSource : IDENTITY);
  const urlSource = sources.find(({ variables }) => variables[URL_VARIABLE] !== undefined);
  if (!keySource || !urlSource || urlSource === keySource || urlSource.kind === "environment") return;
  if (urlSource.kind === "command line" && keySource.kind === "environment") return;
  if (urlSource.variables[URL_VARIABLE]?.replace(/\/+$/, "") === PUBLIC_BASE_URL) return;
  throw new UsageError(
    `${URL_VARIABLE} is set in ${clean(urlSource.name)}, but the ${kind} key comes from ${clean(keySource.name)}: ` +
      "a file can't redirect the key of a different source. Set both in the environment, or in one file",
  );
}

function has({ variables }: Source, names: readonly string[]): boolean {
  return names.some((name) => variables[name]?.trim());
}

/** Some tools have a directory named `.env`. */
function readIfFile(path: string): NodeJS.Dict<string> {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readVariables(path) : {};
}

function readVariables(path: string): NodeJS.Dict<string> {
  const variables = Object.entries(parseEnv(readText(path)));
  return Object.fromEntries(variables.filter(([name]) => name.startsWith("OPENROUTER_")));
}
