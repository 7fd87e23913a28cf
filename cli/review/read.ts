/** Reads a change and reviews it. The data of `review --format json`. */
import type { Terminal } from "../shared/terminal";
import { callouts } from "./callouts";
import { compare } from "./compare";
import { evaluateGates, type Gates } from "./gates";
import { readGatesFile } from "./gatesFile";
import { type InputOptions, readInput } from "./input";
import { reviewJson } from "./json";

export interface ReviewChoices extends Gates, InputOptions {
  factor?: number;
  /** File with gates. */
  config?: string;
}

/** Raises by more than this are called out. */
export const FACTOR = 2;

/** @param file A preview, unless the options name a stack. */
export async function readReview(terminal: Terminal, file: string | undefined, options: ReviewChoices, now: number) {
  const { factor: fileFactor, ...fileGates } = readGatesFile(options.config, options.cwd ?? ".");
  const { preview, state, adopted } = await readInput(terminal, file, options);
  const result = compare(preview, state, now, adopted);
  const found = callouts(result, options.factor ?? fileFactor ?? FACTOR);
  const verdicts = evaluateGates({ ...fileGates, ...options }, result, found);
  return { data: reviewJson(result, found, verdicts), result, found, verdicts };
}
