/** The tables of a report: keys, guardrails and members, each row with its changes. */
import { pluralize } from "../shared/counts";
import { formatUsd } from "../shared/money";
import type { Review } from "./compare";
import type { AssignmentEnd } from "./contents";
import { isFigure } from "./exposure";
import { budgetText, changeText, differenceText, exposureText } from "./exposureText";
import type { GuardrailRow, Maximum, MemberRow } from "./guardrailChanges";
import { CHANGES } from "./headline";
import type { KeyRow } from "./keyChanges";
import { compose, join, literal, type Sentence } from "./sentence";
import type { SettingChange } from "./settings";
import type { Change } from "./snapshots";
import type { ReviewUsage } from "./usage";
import { type BeforeAfter, Hidden, mapBoth } from "./values";

export interface TableRow {
  label: Sentence;
  changes: readonly Sentence[];
  before: string;
  after: string;
  difference: string;
  /** The three in one line. */
  line: string;
  /** What the key spent on 30 days, if that was read. */
  spent?: string;
}

export interface Table {
  /** `Key`. */
  noun: string;
  note?: Sentence;
  rows: readonly TableRow[];
  /** How many rows don't fit into the output. */
  omitted?: number;
}

/** The columns of every table, after the label and before what was spent. */
const COLUMNS = ["Change", "Maximum before", "Maximum after", "Difference"];

export const SPENT = "Spent in 30 days";

export function columnsOf({ noun, rows }: Table): string[] {
  return [noun, ...COLUMNS, ...(rows.some(({ spent }) => spent !== undefined) ? [SPENT] : [])];
}

/** The amounts of a row, in the order of their columns. */
export function amountsOf({ before, after, difference, spent }: TableRow): string[] {
  return [before, after, difference, ...(spent === undefined ? [] : [spent])];
}

export function tablesOf(review: Review): Table[] {
  const tables = [
    { noun: "Key", rows: review.keys.map((row) => keyRow(row, review)) },
    {
      noun: "Guardrail",
      note: literal("The most that each assigned key and member may spend. It is not part of any total."),
      rows: review.guardrails.map((row) => guardrailRow(row, review)),
    },
    {
      noun: "Member",
      note: literal("The most that each member may spend through its guardrail. It is not part of any total."),
      rows: review.members.map(memberRow),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function changeLine(change: Change): Sentence[] {
  if (change === "changed" || change === "affected") return [];
  return [literal(change === "replaced" ? "replaced, with a new secret" : CHANGES[change])];
}

function keyRow(row: KeyRow, { usage }: Review): TableRow {
  return {
    label: row.label,
    changes: keyChanges(row),
    before: exposureText(row.exposure.before),
    after: exposureText(row.exposure.after),
    difference: differenceText(row.exposure),
    line: changeText(row.exposure),
    ...(usage && { spent: spentText(row, usage) }),
  };
}

function spentText({ id, change }: KeyRow, { of }: ReviewUsage): string {
  if (change === "new") return "new key";
  const use = id === undefined ? undefined : of.get(id);
  return use ? formatUsd(use.spent) : "not known";
}

function keyChanges(row: KeyRow): Sentence[] {
  const { link, key, moved, unread, change, settings } = row;
  const guardrail = mapBoth(link, (each) => each?.guardrail);
  const isFirst = change === "new" || (change === "adopted" && !key.before);
  const isUnlimited = isFirst && settings.every(({ title }) => title !== "limit");
  return [
    ...changeLine(change),
    ...(isUnlimited ? [literal("limit: none")] : []),
    ...settings.map(settingLine),
    ...(moved && change !== "deleted" ? [guardrailLine(guardrail, isFirst || unread)] : []),
    ...(change === "affected" && guardrail.after ? [compose`guardrail ${guardrail.after.label} changes`] : []),
    ...capLine(row),
  ];
}

function guardrailLine({ before, after }: BeforeAfter<AssignmentEnd | undefined>, isFirst: boolean): Sentence {
  const none = literal("none");
  const to = after?.label ?? none;
  return isFirst ? compose`guardrail: ${to}` : compose`guardrail: ${before?.label ?? none} → ${to}`;
}

/** The guardrail that the figure comes from, unless it is the key's own limit. */
function capLine({ cappedBy, exposure }: KeyRow): Sentence[] {
  const { before, after } = mapBoth(cappedBy, (guardrail, side) => {
    const figure = exposure[side];
    if (!guardrail || !isFigure(figure)) return undefined;
    return compose`capped at ${literal(exposureText(figure))} by guardrail ${guardrail.label} (${budgetText(guardrail.budget)})`;
  });
  if (after) return [after];
  return before ? [compose`before: ${before}`] : [];
}

function settingLine({ title, before, after, added, removed }: SettingChange): Sentence {
  if (added && removed) {
    const parts = [
      ...(added.length > 0 ? [compose`added ${added}`] : []),
      ...(removed.length > 0 ? [compose`removed ${removed}`] : []),
    ];
    return compose`${literal(title)}: ${join(parts, "; ")}`;
  }
  if (before && after) return compose`${literal(title)}: ${before} → ${after}`;
  return after ? compose`${literal(title)}: ${after}` : compose`${literal(title)} was ${before ?? []}`;
}

function guardrailRow(row: GuardrailRow, { scope }: Review): TableRow {
  const { label, change, settings, keys, members } = row;
  const assignees = literal(`assigned to ${pluralize(keys, "key")}, ${pluralize(members, "member")}`);
  const isCounted = scope === "stack" && change !== "deleted";
  return {
    label,
    changes: [...changeLine(change), ...settings.map(settingLine), ...(isCounted ? [assignees] : [])],
    ...maximumCells(row.maximum, change === "adopted" && !row.guardrail.before ? "not known" : "none"),
  };
}

function memberRow({ label, link, maximum }: MemberRow): TableRow {
  const guardrail = mapBoth(link, (each) => each?.guardrail);
  const { before, after } = guardrail;
  const isSame = after && before?.identity === after.identity;
  const change = isSame ? compose`guardrail ${after.label} changes` : guardrailLine(guardrail, false);
  return { label, changes: [change], ...maximumCells(maximum, "none") };
}

/** @param absent What to call the maximum before, if there was no guardrail. */
function maximumCells(maximum: BeforeAfter<Maximum>, absent: string): Omit<TableRow, "label" | "changes"> {
  const cell = (value: Maximum, otherwise: string) =>
    value === undefined ? otherwise : exposureText(value, "no budget");
  const [before, after] = [cell(maximum.before, absent), cell(maximum.after, "none")];
  const difference = absent === "not known" && !maximum.before ? absent : maximumDifference(maximum);
  const { before: from, after: to } = maximum;
  const line =
    isFigure(from) && isFigure(to) ? changeText({ before: from, after: to }) : `${before} → ${after} (${difference})`;
  return { before, after, difference, line };
}

/** A budget that is added or removed has no difference in dollars. */
function maximumDifference({ before = "unlimited", after = "unlimited" }: BeforeAfter<Maximum>): string {
  if (before instanceof Hidden || after instanceof Hidden) return "not known";
  if (before === "unlimited") return after === "unlimited" ? "none" : "gets a budget";
  return after === "unlimited" ? "loses its budget" : differenceText({ before, after });
}
