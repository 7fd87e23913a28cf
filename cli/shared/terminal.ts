/** The terminal of a command. Everything that a command prints passes its gate. */
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import { Secret } from "../../provider/secret";
import { INFERENCE_KEY_VARIABLE, KEY_VARIABLES } from "../../provider/settings";
import { clean } from "../../provider/text";
import { envelope } from "./envelope";
import { printed, printedJson } from "./output";

/** A terminal without the gate: the process, or its replacement in tests. */
export interface RawTerminal {
  env: NodeJS.ProcessEnv;
  /** Whether the user can answer a prompt. */
  interactive: boolean;
  /** Whether the output may have colors. */
  colors: boolean;
  /** Columns of the screen. Undefined in a pipe or a file, where tables are not truncated. */
  width: number | undefined;
  write(stream: "out" | "err", text: string): void;
  /** Whether standard error is a screen, which can show the progress of a long read. */
  showsProgress: boolean;
  /** All of standard input. */
  input(): Promise<string>;
  /** The line typed at a prompt; empty at the end of the input. */
  ask(question: string): Promise<string>;
  /** Sets the exit code of the process. */
  exitCode(code: number): void;
  /** Exits at once. */
  quit(code: number): never;
}

/** Prints no credential and no control character. */
export interface Terminal extends Omit<RawTerminal, "write" | "showsProgress"> {
  out(text: string): void;
  err(text: string): void;
  /** Shows how far a long read is, on a screen only, until the next call. An empty text removes it. */
  progress(text: string): void;
  /** Prints the data of a command as JSON. @param command Its name, such as `models endpoints`. */
  json(command: string, data: object): void;
  /** Prints a message of a protocol, which is one line of JSON. */
  message(value: object): void;
  /** Prints a line that ends with a credential for the user to copy. */
  reveal(text: string, secret: Secret): void;
  /** Redacts these credentials from now on, besides those of the environment. */
  protect(secrets: () => readonly Secret[]): void;
}

/** Wrong usage, or unreadable input. */
export class UsageError extends Error {
  /** Printed below the message, one per line: what the user may have meant. */
  readonly candidates: readonly string[];

  constructor(message: string, candidates: readonly string[] = []) {
    super(message);
    this.candidates = candidates;
  }
}

export function gatedTerminal(raw: RawTerminal): Terminal {
  const protectedSecrets: (() => readonly Secret[])[] = [];
  const terminal: Terminal = {
    ...raw,
    out: (text) => raw.write("out", `${gated(text)}\n`),
    err: (text) => raw.write("err", `${gated(text)}\n`),
    progress: (text) => {
      if (raw.showsProgress) raw.write("err", `\r${gated(text)}${ERASE_REST_OF_LINE}`);
    },
    json: (command, data) => raw.write("out", `${printedJson(envelope(command, data), secrets())}\n`),
    message: (value) => raw.write("out", `${printedJson(value, secrets(), 0)}\n`),
    reveal: (text, secret) => raw.write("out", `${gated(text)}${clean(secret.reveal())}\n`),
    ask: (question) => raw.ask(gated(question)),
    protect: (secrets) => void protectedSecrets.push(secrets),
  };
  const secrets = () => [...secretsOf(terminal.env), ...protectedSecrets.flatMap((each) => each())];
  const gated = (text: string) => printed(text, secrets(), terminal.colors);
  return terminal;
}

const ERASE_REST_OF_LINE = "\u001b[K";

/** Credentials of the environment, which changes when a command reads files of variables. */
function secretsOf(env: NodeJS.ProcessEnv): Secret[] {
  const values = [...KEY_VARIABLES, INFERENCE_KEY_VARIABLE, "PULUMI_ACCESS_TOKEN"].map((name) => env[name]?.trim());
  return values.flatMap((value) => (value ? [new Secret(value)] : []));
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  // EPIPE: the reader, such as `head`, has exited, which is not an error.
  for (const stream of [stdout, stderr]) {
    stream.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? process.exitCode : 2));
  }
  return gatedTerminal({
    env,
    interactive: stdin.isTTY === true && stdout.isTTY === true,
    colors: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
    width: stdout.isTTY ? stdout.columns : undefined,
    write: (stream, text) => void (stream === "out" ? stdout : stderr).write(text),
    showsProgress: stderr.isTTY === true && env.TERM !== "dumb",
    input: () => text(stdin),
    ask,
    exitCode: (code) => {
      process.exitCode = code;
    },
    quit: (code) => process.exit(code),
  });
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C and Ctrl-D close it without an answer and without a line break; `question` would wait forever.
  const closed = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
  const answer = await Promise.race([lines.question(question), closed]);
  if (answer === undefined) process.stdout.write("\n");
  lines.close();
  return answer ?? "";
}

/** Exit codes of all commands, besides 0. */
export const EXIT = { finding: 1, failure: 2 } as const;

/** Prints an error as one line on standard error, without a stack trace, and sets the exit code. */
export async function reportErrors(terminal: Terminal, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    terminal.err(clean(error instanceof Error ? error.message : String(error)));
    if (error instanceof UsageError) for (const candidate of error.candidates) terminal.err(`  ${clean(candidate)}`);
    terminal.exitCode(EXIT.failure);
  }
}

/** A command whose help and usage errors pass the gate. Usage errors exit with 2, because Commander's 1 is a finding. */
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
