/** Runs `review` on previews of small programs and on recorded previews. */
import { join } from "node:path";
import { reviewCommand } from "../../../cli/review/command";
import { key, type Program, previewOf, stateOf } from "./previews";
import { file } from "./states";
import { type Place, type Run, run } from "./terminal";

export const NOW = Date.parse("2026-11-21T00:00:00Z");

export function runReview(args: readonly string[], place?: Place): Promise<Run> {
  return run((terminal) => reviewCommand(terminal, () => NOW), args, place);
}

/** The path of a recorded preview or state. */
export function recorded(name: string): string {
  return join(__dirname, `../../recordings/review/${name}.json`);
}

export const BUDGETS = [recorded("budgets-change"), "--state", recorded("budgets-state")];
export const SHOP = [recorded("shop-change"), "--state", recorded("shop-state")];

/** Arguments for the change from one program to another, with the state. */
export function change(before: Program, after: Program): string[] {
  return [file(previewOf(before, after)), "--state", file(stateOf(before))];
}

export function review(before: Program, after: Program, ...args: string[]): Promise<Run> {
  return runReview([...change(before, after), ...args]);
}

export interface Figure {
  usd: number;
  per: "month" | "once";
}

export interface Report {
  stack: string;
  scope: string;
  totals: Record<"month" | "once", Record<"keys" | "before" | "after" | "difference", number>> &
    Record<"becomeUnlimited" | "unknownAfter", string[]>;
  unknownValues: number;
  callouts: { kind: string; urn: string; text: string }[];
  keys: {
    key: string;
    change: string;
    settings: { setting: string; before: string | null; after: string | null }[];
    guardrail: { before: string | null; after: string | null };
    assignedBy: { before: object | null; after: object | null };
    atMost: { before: Figure | string; after: Figure | string };
    consumers: string[];
  }[];
  guardrails: {
    guardrail: string;
    change: string;
    settings: { setting: string }[];
    atMostEach: object;
    keys: number;
  }[];
  members: { member: string; urn: string; guardrail: object; atMost: object }[];
  assignmentSets: { set: string; text: string }[];
}

/** The report of any arguments. @throws Error with the text of standard error */
export async function reportOf(args: readonly string[], place?: Place): Promise<Report> {
  const { out, err } = await runReview([...args, "--format", "json"], place);
  if (err) throw new Error(err);
  return JSON.parse(out).data;
}

export function report(before: Program, after: Program): Promise<Report> {
  return reportOf(change(before, after));
}

/** Each call-out as `kind: text`. */
export async function calloutsOf(before: Program, after: Program): Promise<string[]> {
  const { callouts } = await report(before, after);
  return callouts.map(({ kind, text }) => `${kind}: ${text}`);
}

/** Of each key, its change and what it may spend: a number is USD a month. */
export function figuresOf({ keys }: Report): Record<string, unknown[]> {
  const short = (exposure: Figure | string) => {
    if (typeof exposure === "string") return exposure;
    return exposure.per === "month" ? exposure.usd : `${exposure.usd} once`;
  };
  return Object.fromEntries(
    keys.map(({ key, change, atMost }) => [key, [change, short(atMost.before), short(atMost.after)]]),
  );
}

export const monthly = (limit: number) => ({ limit, limitReset: "monthly" });
export const FAR_EXPIRY = { expiresAt: "2099-01-01T00:00:00Z" };

/** A key that expires, so that its expiry is not called out. */
export const expiring = (inputs: object) => key({ ...inputs, ...FAR_EXPIRY });
