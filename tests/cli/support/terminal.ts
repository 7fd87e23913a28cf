import type { Command } from "commander";
import type { Terminal } from "../../../cli/terminal";

/** What a person or a CI job would have of a run. */
export interface Run {
  out: string;
  err: string;
  code: number;
}

export interface Place {
  env?: NodeJS.ProcessEnv;
  /** Standard input. */
  input?: string;
  /** What is answered to a question; with an answer, it is a terminal. */
  answer?: string;
  /** Columns of the screen; a pipe unless given. */
  width?: number;
  colors?: boolean;
}

/** Runs a command in a place of its own. */
export async function run(
  command: (terminal: Terminal) => Command,
  args: readonly string[],
  place: Place = {},
): Promise<Run> {
  const result: Run = { out: "", err: "", code: 0 };
  const ended = new Error("ended");
  const terminal: Terminal = {
    env: place.env ?? {},
    interactive: place.answer !== undefined,
    colors: false,
    out: (text) => {
      result.out += `${text}\n`;
    },
    err: (text) => {
      result.err += `${text}\n`;
    },
    input: async () => place.input ?? "",
    ask: async (question) => {
      result.out += question;
      return place.answer ?? "";
    },
    exitCode: (code) => {
      result.code = code;
    },
    quit: (code) => {
      result.code = code;
      throw ended;
    },
  };
  const made = command(terminal);
  const writing = { writeOut: terminal.out, writeErr: terminal.err };
  for (const each of [made, ...made.commands]) each.configureOutput(writing);
  await made.parseAsync([...args], { from: "user" }).catch((error: unknown) => {
    if (error !== ended) throw error;
  });
  return result;
}
