/** `--env-file`, `.env.local` and `.env`: where OPENROUTER_* variables come from besides the environment. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Command } from "commander";
import { KEY_VARIABLES, PUBLIC_BASE_URL, URL_VARIABLE } from "../provider/settings";
import { readText } from "./files";
import { type Terminal, UsageError } from "./terminal";

/** The end of the help of each command that uses the account. */
export const CREDENTIALS_HELP = `
The management key comes from OPENROUTER_MANAGEMENT_KEY, another server than OpenRouter's from
OPENROUTER_BASE_URL. Both may stand in the environment, which wins, in the file of --env-file, in .env.local or
in .env of the current directory, in this order. Of these files only OPENROUTER_* variables are read.`;

/** Gives a command `--env-file`, and has it see the variables of the files when it acts. */
export function readingEnvironmentFiles(command: Command, terminal: Terminal): Command {
  for (const subcommand of command.commands) subcommand.configureHelp({ showGlobalOptions: true });
  return command
    .option("--env-file <file>", "a file of OPENROUTER_* variables, read before .env.local and .env")
    .hook("preAction", (self) => {
      terminal.env = completed(terminal.env, process.cwd(), self.opts<{ envFile?: string }>().envFile);
    });
}

/**
 * The environment with what it lacks from the files, the first of them that has it. The management key has several names
 * and counts as one variable: a file can't replace it under another name.
 *
 * @throws UsageError when the file of a directory would send a key that is not the directory's to a server of its choice:
 * whoever wrote the files of a cloned repository would get the key.
 */
export function completed(environment: NodeJS.ProcessEnv, directory: string, envFile?: string): NodeJS.ProcessEnv {
  const chosen = envFile === undefined ? environment : add(environment, readVariables(envFile));
  const local = readIfFile(join(directory, ".env.local"));
  const whole = add(add(chosen, local), readIfFile(join(directory, ".env")));
  const url = whole[URL_VARIABLE];
  if (hasKey(chosen) && url !== chosen[URL_VARIABLE] && url?.replace(/\/+$/, "") !== PUBLIC_BASE_URL) {
    throw new UsageError(
      `the management key would go to a server that .env.local or .env in this directory names in ${URL_VARIABLE}, ` +
        "and the key is from elsewhere. If that is meant, put both in one place: the environment, one file, or --env-file",
    );
  }
  return whole;
}

function add(environment: NodeJS.ProcessEnv, variables: NodeJS.Dict<string>): NodeJS.ProcessEnv {
  const keyIsKnown = hasKey(environment);
  const lacking = Object.entries(variables).filter(
    ([name]) => environment[name] === undefined && !(keyIsKnown && isKey(name)),
  );
  return { ...environment, ...Object.fromEntries(lacking) };
}

function hasKey(environment: NodeJS.ProcessEnv): boolean {
  return KEY_VARIABLES.some((name) => environment[name]?.trim());
}

function isKey(name: string): boolean {
  return (KEY_VARIABLES as readonly string[]).includes(name);
}

/** Some tools keep a directory of the name `.env`. */
function readIfFile(path: string): NodeJS.Dict<string> {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readVariables(path) : {};
}

function readVariables(path: string): NodeJS.Dict<string> {
  const variables = Object.entries(parseEnv(readText(path)));
  return Object.fromEntries(variables.filter(([name]) => name.startsWith("OPENROUTER_")));
}
