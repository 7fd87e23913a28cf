/** Reads a change and reviews it. The data of `review --format json`. */
import { clean } from "../../provider/text";
import type { Terminal } from "../shared/terminal";
import { callouts } from "./callouts";
import { compare } from "./compare";
import { evaluateGates, type Gates } from "./gates";
import { readGatesFile } from "./gatesFile";
import { type InputOptions, readInput } from "./input";
import { reviewJson } from "./json";
import type { KeyRow } from "./keyChanges";
import { type ReviewUsage, readReviewUsage } from "./usage";

export interface ReviewChoices extends Gates, InputOptions {
  factor?: number;
  /** File with gates. */
  config?: string;
  /** Reads what the keys spent. */
  usage?: boolean;
}

/** Raises by more than this are called out. */
export const FACTOR = 2;

/** @param file A preview, unless the options name a stack. */
export async function readReview(terminal: Terminal, file: string | undefined, options: ReviewChoices, now: number) {
  const { factor: fileFactor, ...fileGates } = readGatesFile(options.config, options.cwd ?? ".");
  const { preview, state, adopted } = await readInput(terminal, file, options);
  const compared = compare(preview, state, now, adopted);
  const { usage, unread } = options.usage ? await readUsage(terminal, compared.keys) : { unread: [] };
  const result = usage ? { ...compared, usage } : compared;
  const found = callouts(result, options.factor ?? fileFactor ?? FACTOR);
  const verdicts = evaluateGates({ ...fileGates, ...options }, result, found);
  return { data: reviewJson(result, found, verdicts), result, found, verdicts, unread };
}

/** If what was spent can't be read, the review of the change still counts. `unread` says why. */
async function readUsage(
  terminal: Terminal,
  rows: readonly KeyRow[],
): Promise<{ usage?: ReviewUsage; unread: readonly string[] }> {
  try {
    const usage = await readReviewUsage(terminal, rows);
    return { usage, unread: usage.unreadable };
  } catch (error) {
    const cause = clean(error instanceof Error ? error.message : String(error));
    return { unread: [`the spending of the keys, with the credentials of the environment: ${cause}`] };
  }
}
