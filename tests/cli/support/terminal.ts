import type { Command } from "commander";
import { gatedTerminal, reportErrors, type Terminal } from "../../../cli/shared/terminal";

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
  showsProgress?: boolean;
}

const ENDED = new Error("ended");

/** A terminal, and what gets out of it. */
export function placeFor(place: Place = {}): { terminal: Terminal; result: Run } {
  const result: Run = { out: "", err: "", code: 0 };
  const terminal = gatedTerminal({
    env: place.env ?? {},
    interactive: place.answer !== undefined,
    colors: place.colors ?? false,
    width: place.width,
    showsProgress: place.showsProgress ?? false,
    write: (stream, text) => {
      result[stream] += text;
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
      throw ENDED;
    },
  });
  return { terminal, result };
}

/** Runs a command in a place of its own. */
export async function run(
  command: (terminal: Terminal) => Command,
  args: readonly string[],
  place: Place = {},
): Promise<Run> {
  const { terminal, result } = placeFor(place);
  await reportErrors(terminal, () =>
    command(terminal)
      .parseAsync([...args], { from: "user" })
      .catch((error: unknown) => {
        if (error !== ENDED) throw error;
      }),
  );
  return result;
}
