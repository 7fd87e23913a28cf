/** Where a command runs, and the one gate that everything it prints goes through. */
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { Secret } from "../../provider/secret";
import { KEY_VARIABLES } from "../../provider/settings";
import { clean } from "../../provider/text";
import { envelope } from "./envelope";
import { printed, printedJson } from "./output";

/** What a process gives a command; tests give their own. */
export interface RawTerminal {
  env: NodeJS.ProcessEnv;
  /** Whether a person can answer a question. */
  interactive: boolean;
  /** Whether a screen shows the output in colors. */
  colors: boolean;
  /** Columns of the screen. Undefined where there is none: tables are not cut in a pipe or a file. */
  width: number | undefined;
  write(stream: "out" | "err", text: string): void;
  /** All of standard input. */
  input(): Promise<string>;
  /** The answer to a question; empty when the input ends. */
  ask(question: string): Promise<string>;
  /** The exit code of the process, once everything is written. */
  exitCode(code: number): void;
  /** Ends at once. */
  quit(code: number): never;
}

/** Its texts pass the gate: no credential and no control character gets out. */
export interface Terminal extends Omit<RawTerminal, "write"> {
  out(text: string): void;
  err(text: string): void;
  /** Prints the data of a command as JSON: escaped, not altered. @param command Its name, such as `models endpoints`. */
  json(command: string, data: object): void;
  /** Prints a line that ends with a credential which is there to be copied. */
  reveal(text: string, secret: Secret): void;
  /** Hides credentials from now on, besides those of the environment. */
  protect(secrets: () => readonly Secret[]): void;
}

/** A command was used wrongly, or given something it can't read. */
export class UsageError extends Error {
  /** What could have been meant, one in a line. */
  readonly candidates: readonly string[];

  constructor(message: string, candidates: readonly string[] = []) {
    super(message);
    this.candidates = candidates;
  }
}

export function gatedTerminal(raw: RawTerminal): Terminal {
  const protectedOnes: (() => readonly Secret[])[] = [];
  const terminal: Terminal = {
    ...raw,
    out: (text) => raw.write("out", `${gated(text)}\n`),
    err: (text) => raw.write("err", `${gated(text)}\n`),
    json: (command, data) => raw.write("out", `${printedJson(envelope(command, data), secrets())}\n`),
    reveal: (text, secret) => raw.write("out", `${gated(text)}${clean(secret.reveal())}\n`),
    ask: (question) => raw.ask(gated(question)),
    protect: (secrets) => void protectedOnes.push(secrets),
  };
  const secrets = () => [...secretsOf(terminal.env), ...protectedOnes.flatMap((each) => each())];
  const gated = (text: string) => printed(text, secrets(), terminal.colors);
  return terminal;
}

/** Credentials of the environment, which grows when a command reads its files. */
function secretsOf(env: NodeJS.ProcessEnv): Secret[] {
  const values = [...KEY_VARIABLES, "PULUMI_ACCESS_TOKEN"].map((name) => env[name]?.trim());
  return values.flatMap((value) => (value ? [new Secret(value)] : []));
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // Whoever reads has gone, such as `head`: that is no error.
  for (const stream of [stdout, stderr]) {
    stream.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? process.exitCode : 2));
  }
  return gatedTerminal({
    env,
    interactive: stdin.isTTY === true && stdout.isTTY === true,
    colors: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
    width: stdout.isTTY ? stdout.columns : undefined,
    write: (stream, text) => void (stream === "out" ? stdout : stderr).write(text),
    input: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString("utf8");
    },
    ask: (question) => ask(question),
    exitCode: (code) => {
      process.exitCode = code;
    },
    quit: (code) => process.exit(code),
  });
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C and Ctrl-D close it without an answer and without ending the line; `question` would wait forever.
  const closed = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
  const answer = await Promise.race([lines.question(question), closed]);
  if (answer === undefined) process.stdout.write("\n");
  lines.close();
  return answer ?? "";
}

/** Exit codes of every command. Without one of these it ends with 0. */
export const EXIT = { finding: 1, failure: 2 } as const;

/** Does the work of a command; a failure is a line on standard error and an exit code, never a stack trace. */
export async function reportErrors(terminal: Terminal, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    terminal.err(clean(error instanceof Error ? error.message : String(error)));
    if (error instanceof UsageError) for (const candidate of error.candidates) terminal.err(`  ${clean(candidate)}`);
    terminal.exitCode(EXIT.failure);
  }
}

/** Commander's own texts pass the gate too, and a wrong option ends with 2: it would be 1, which means a finding. */
export function newCommand(name: string, terminal: Terminal): Command {
  return new Command(name)
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, "")),
      writeErr: (text) => terminal.err(text.replace(/\n$/, "")),
      getOutHelpWidth: () => terminal.width ?? HELP_WIDTH,
      getErrHelpWidth: () => terminal.width ?? HELP_WIDTH,
    })
    .exitOverride(({ exitCode }) => terminal.quit(exitCode === 0 ? 0 : EXIT.failure));
}

const HELP_WIDTH = 80;
