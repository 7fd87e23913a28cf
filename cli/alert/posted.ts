/** The file that remembers posted alerts, so that each crossing is posted once. */
import { createHash, randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { KEY_VARIABLES, POLICY_VARIABLE, URL_VARIABLE } from "../../provider/settings";
import { readIfPresent } from "../shared/files";
import { printable } from "../shared/output";
import { parseJson } from "../shared/state";
import { UsageError } from "../shared/terminal";
import type { Alert, AlertCondition, Conditions } from "./conditions";

export const POSTED_FILE = ".openrouter-posted.json";

/** Ids of alerts, by scope. */
const shape = z.strictObject({ version: z.literal(1), posted: z.record(z.string(), z.array(z.string())) });
export type Posted = z.output<typeof shape>["posted"];

/** Empty if there is no file. @throws UsageError for a file of something else: it is not overwritten */
export function readPosted(file: string): Posted {
  const text = readIfPresent(file);
  if (text === undefined) return {};
  const result = shape.safeParse(parseJson(text));
  if (result.success) return result.data.posted;
  throw new UsageError(
    `${printable(file)} is not a file of posted alerts. If it was one, delete it: alerts that hold are then posted again`,
  );
}

/** Replaces the file as a whole, readable only by the user. @throws UsageError */
export function writePosted(file: string, posted: Posted): void {
  const temporary = `${file}.${randomUUID()}`;
  try {
    writeFileSync(temporary, `${JSON.stringify({ version: 1, posted })}\n`, { flag: "wx", mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UsageError(`write ${printable(file)}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/**
 * Names the receiver and the account by a hash: alerts of one account must not count as posted for another, nor those
 * posted to one receiver for another. A new management key or URL posts once more.
 */
export function scopeOf(url: URL, environment: NodeJS.ProcessEnv): string {
  const account = [URL_VARIABLE, ...KEY_VARIABLES, POLICY_VARIABLE].map((name) => environment[name]?.trim() ?? "");
  return createHash("sha256")
    .update(JSON.stringify([url.href, ...account]))
    .digest("hex")
    .slice(0, 16);
}

export interface Checked {
  alerts: readonly Alert[];
  conditions: Conditions;
  /** Whether drift was checked. */
  withDrift: boolean;
  undecided: readonly AlertCondition[];
}

/**
 * Alerts that hold and were not posted, and the posted ones that are still remembered: those that hold, or whose condition
 * this run did not decide. Pure.
 */
export function compare(before: readonly string[], { alerts, conditions, withDrift, undecided }: Checked) {
  const holding = new Set(alerts.map(({ id }) => id));
  const isDecided = (condition: string) =>
    (condition === "drift" ? withDrift : conditions[condition as keyof Conditions] !== undefined) &&
    !undecided.some((each) => each === condition);
  return {
    fresh: alerts.filter(({ id }) => !before.includes(id)),
    kept: before.filter((id) => holding.has(id) || !isDecided(id.split(" ")[0] ?? "")),
  };
}
