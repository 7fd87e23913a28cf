/** What a person should look at first. */
import type { GuardrailRow, KeyRow, Review } from "./compare";
import { type Budget, Hidden, monthly } from "./exposure";
import { joined, own, quoted, type Sentence, say } from "./sentence";
import { budgetInWords, LISTS, ZDR_VENDORS } from "./settings";
import type { End, Guardrail, Properties } from "./stack";

export const CALLOUTS = [
  "delete",
  "release",
  "replace",
  "no-limit",
  "no-expiry",
  "raised",
  "widened",
  "zdr-off",
  "moved",
] as const;

export interface Callout {
  kind: (typeof CALLOUTS)[number];
  /** URN of the key or guardrail. */
  identity: string;
  text: Sentence;
}

/** @param factor How much higher a limit has to get to be named. */
export function callouts(review: Review, factor: number): Callout[] {
  const { contents } = review;
  const all = [
    ...review.keys.flatMap((row) => keyCallouts(row, review, factor)),
    ...review.guardrails.flatMap((row) => guardrailCallouts(row, factor)),
    ...review.keys.flatMap((row) => lostByMoving(row, contents.before.guardrails, contents.after.guardrails)),
  ];
  return all.sort((a, b) => CALLOUTS.indexOf(a.kind) - CALLOUTS.indexOf(b.kind));
}

function keyCallouts(row: KeyRow, review: Review, factor: number): Callout[] {
  const { identity, label, fate, before, after, guardrailBefore, guardrailAfter, moved } = row;
  const called = (kind: Callout["kind"], text: Sentence): Callout => ({ kind, identity, text });
  if (fate === "deleted") {
    return [called("delete", say`Key ${label} would be deleted: clients that use it lose access at once.`)];
  }
  if (fate === "released") {
    return [called("release", say`Key ${label} would leave the stack and go on to work (retainOnDelete).`)];
  }
  const found: Callout[] = [];
  if (fate === "replaced") found.push(called("replace", replacement(row)));
  if (after && fate !== "affected" && after.budget.amount === undefined) {
    const was = before?.budget.amount === undefined ? own("") : say` (it was ${budgetInWords(before.budget)})`;
    found.push(called("no-limit", say`Key ${label} has no limit of its own${was}; ${boundOf(row, review)}`));
  }
  if (after && fate !== "affected" && after.expiresAt === undefined) {
    found.push(called("no-expiry", say`Key ${label} never expires.`));
  }
  if (before && after) found.push(...raised(row, "Key", "limit", before.budget, after.budget, factor));
  if (moved && guardrailBefore && (after || !before)) {
    const to = guardrailAfter ? say`to ${guardrailAfter.label}` : own("to none");
    found.push(called("moved", say`Key ${label} moves from guardrail ${guardrailBefore.label} ${to}.`));
  }
  return found;
}

/** What bounds a key that has no limit. */
function boundOf({ exposure, guardrailAfter }: KeyRow, { scope, contents }: Review): Sentence {
  if (exposure.after === 0) return own("now it can't spend (disabled, expired or without budget).");
  const nothing = own("nothing bounds what it may spend.");
  if (!guardrailAfter)
    return scope === "stack" ? nothing : own("whether a guardrail bounds it is not in this preview.");
  const guardrail = contents.after.guardrails.get(guardrailAfter.identity);
  if (!guardrail) return say`the budget of its guardrail ${guardrailAfter.label} is not known here.`;
  return guardrail.budget.amount === undefined
    ? say`its guardrail ${guardrailAfter.label} has none either: ${nothing}`
    : say`its guardrail ${guardrailAfter.label} bounds it: ${budgetInWords(guardrail.budget)}.`;
}

function replacement({ label, consumers }: KeyRow): Sentence {
  const who =
    consumers.length > 0
      ? say`In this stack it goes to ${joined(consumers)}; whoever else has the old one needs the new one.`
      : own("No other resource of this preview takes it: whoever reads it from a stack output needs the new one.");
  return say`Key ${label} would be replaced: it gets a new secret, and the old one stops working. ${who}`;
}

function raised(
  { identity, label }: { identity: string; label: Sentence },
  kind: string,
  what: string,
  before: Budget,
  after: Budget,
  factor: number,
): Callout[] {
  const [from, to] = [monthly(before), monthly(after)];
  if (from instanceof Hidden || to instanceof Hidden || !Number.isFinite(to) || to <= from * factor) return [];
  const times = from === 0 ? "" : ` (×${Number((to / from).toPrecision(3))} a month)`;
  const change = say`${budgetInWords(before)} → ${budgetInWords(after)}`;
  return [{ kind: "raised", identity, text: say`${own(kind)} ${label}: ${own(what)} raised${own(times)}, ${change}.` }];
}

function guardrailCallouts(row: GuardrailRow, factor: number): Callout[] {
  const { identity, label, before, after, fate } = row;
  if (!before || !after) return [];
  const found = raised(row, "Guardrail", "budget", before.budget, after.budget, factor);
  if (before.budget.amount !== undefined && after.budget.amount === undefined) {
    const text = say`Guardrail ${label} has no budget any more (it was ${budgetInWords(before.budget)}).`;
    found.push({ kind: "raised", identity, text });
  }
  if (fate === "affected") return found;
  for (const [list, title] of Object.entries(LISTS)) {
    const text = widening(before.properties[list], after.properties[list], list, title);
    if (text) found.push({ kind: "widened", identity, text: say`Guardrail ${label}: ${text}` });
  }
  const vendors = lostZdr(before.properties, after.properties);
  if (vendors.length > 0) {
    const text = say`Guardrail ${label}: zero data retention is switched off for ${own(vendors.join(", "))}.`;
    found.push({ kind: "zdr-off", identity, text });
  }
  return found;
}

/** A list that allows gets wider by what is added, one that ignores by what is taken out. None means all. */
function widening(before: unknown, after: unknown, list: string, title: string): Sentence | undefined {
  if (before instanceof Hidden || after instanceof Hidden) return undefined;
  const [from, to] = [before, after].map((each) => (Array.isArray(each) ? each : undefined));
  if (list.startsWith("allowed")) {
    if (!from) return undefined;
    if (!to) return say`all are allowed, there are no ${own(title)} any more (they were ${names(from)}).`;
    const added = to.filter((each) => !includes(from, each));
    return added.length > 0 ? say`${own(title)} added: ${names(added)}.` : undefined;
  }
  const removed = (from ?? []).filter((each) => !includes(to ?? [], each));
  return removed.length > 0 ? say`no longer among the ${own(title)}: ${names(removed)}.` : undefined;
}

function includes(list: readonly unknown[], item: unknown): boolean {
  return typeof item === "string" && list.includes(item);
}

function names(list: readonly unknown[]): Sentence {
  return joined(list.map((each) => (each instanceof Hidden ? own(each.why) : quoted(String(each)))));
}

/** Vendors of which zero data retention was enforced and is not. */
export function lostZdr(before: Properties, after: Properties): string[] {
  const vendors = Object.entries(ZDR_VENDORS);
  const lost = vendors.filter(([name]) => before[name] === true && after[name] !== true);
  return lost.map(([, vendor]) => vendor);
}

/** A key that gets another guardrail, or none, may lose what its former one enforced. */
function lostByMoving(
  { identity, label, after, moved, guardrailBefore, guardrailAfter }: KeyRow,
  before: ReadonlyMap<string, Guardrail>,
  now: ReadonlyMap<string, Guardrail>,
): Callout[] {
  if (!moved || !after || !guardrailBefore) return [];
  const [old, made] = [settingsOf(guardrailBefore, before), guardrailAfter ? settingsOf(guardrailAfter, now) : {}];
  const vendors = old && made ? lostZdr(old, made) : [];
  if (vendors.length === 0) return [];
  const text = say`Key ${label} loses zero data retention for ${own(vendors.join(", "))} by moving.`;
  return [{ kind: "zdr-off", identity, text }];
}

function settingsOf({ identity }: End, guardrails: ReadonlyMap<string, Guardrail>): Properties | undefined {
  return guardrails.get(identity)?.properties;
}
