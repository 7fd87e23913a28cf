/** What a command needs of the place it runs in, so that tests can take that place. */
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { redact } from "../provider/text";

export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Whether somebody is there to answer a question. */
  interactive: boolean;
  /** Whether the output is read by a person on a screen that has colors. */
  colors: boolean;
  out(text: string): void;
  err(text: string): void;
  /** All of standard input. */
  input(): Promise<string>;
  /** The answer to a question; empty when the input ends. */
  ask(question: string): Promise<string>;
  /** What the process ends with, once everything is written. */
  exitCode(code: number): void;
  /** Ends at once. */
  quit(code: number): never;
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

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    env,
    interactive: stdin.isTTY === true && stdout.isTTY === true,
    colors: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
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
  };
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

/** Does the work of a command; a failure is a line on standard error and an exit code, never a stack trace. */
export async function reporting(
  terminal: Terminal,
  failureCode: number,
  work: () => Promise<void>,
  usageCode = 2,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    terminal.err(redact(message).replace(/\s*[\r\n]+\s*/g, " "));
    if (error instanceof UsageError) for (const candidate of error.candidates) terminal.err(redact(`  ${candidate}`));
    terminal.exitCode(error instanceof UsageError ? usageCode : failureCode);
  }
}

/** Commander ends with 1 after a wrong option; for most commands 1 has another meaning. */
export function usageExits(command: Command, terminal: Terminal, usageCode = 2): Command {
  return command.exitOverride(({ exitCode }) => terminal.quit(exitCode === 0 ? 0 : usageCode));
}
