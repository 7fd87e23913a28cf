/** The tables of a report: keys, guardrails and members, each row with what changes. */
import { pluralize } from "../shared/counts";
import type { KeyRow, Review } from "./compare";
import { type Exposure, Hidden, isFigure } from "./exposure";
import type { Bounds, GuardrailRow, MemberRow } from "./guardrailRows";
import { changeInWords, dollars, exposureInWords, pairInWords } from "./money";
import type { Change } from "./rows";
import { compose, joined, own, type Sentence } from "./sentence";
import { budgetInWords, type SettingChange } from "./settings";
import type { AssignmentEnd } from "./stack";

/** Lines below each other. */
export type Cell = readonly Sentence[];

export interface TableRow {
  name: Sentence;
  changes: Cell;
  before: string;
  after: string;
  difference: string;
  /** The three in one line. */
  line: string;
}

export interface Table {
  title: string;
  /** What one row is about, in the singular. */
  noun: string;
  note?: Sentence;
  rows: readonly TableRow[];
  /** How many rows the form has no room for. */
  omitted?: number;
}

/** The columns of every table. */
export const COLUMNS = ["Change", "Before, at most", "After, at most", "Difference"] as const;

const CHANGES: Readonly<Record<Change, string>> = {
  new: "new",
  adopted: "adopted",
  changed: "changed",
  replaced: "replaced, with a new secret",
  deleted: "deleted",
  released: "leaves the stack",
  affected: "unchanged itself",
};

export function keyTable({ keys }: Review): Table {
  const rows = keys.map((row) => ({
    name: row.label,
    changes: keyLines(row),
    before: exposureInWords(row.exposure.before),
    after: exposureInWords(row.exposure.after),
    difference: changeInWords(row.exposure),
    line: pairInWords(row.exposure),
  }));
  return { title: "Keys", noun: "key", rows };
}

function keyLines(row: KeyRow): Cell {
  const { guardrailBefore, guardrailAfter, moved, change, settings } = row;
  const isFirst = change === "new" || (change === "adopted" && !row.before);
  const through =
    change === "affected" && guardrailAfter ? [compose`its guardrail ${guardrailAfter.label} changes`] : [];
  const guardrail = moved && change !== "deleted" ? [guardrailLine(guardrailBefore, guardrailAfter, isFirst)] : [];
  const bare = isFirst && settings.every(({ setting }) => setting !== "limit") ? [own("limit: none")] : [];
  return [...changeLine(change), ...bare, ...settings.map(settingLine), ...guardrail, ...through, ...holding(row)];
}

function changeLine(change: Change): Sentence[] {
  return change === "changed" ? [] : [own(CHANGES[change])];
}

/** Which guardrail the figure comes from, where it is not the key's own limit. */
function holding({ held, exposure }: KeyRow): Sentence[] {
  const line = (side: "before" | "after") => {
    const [holder, figure] = [held[side], exposure[side]];
    if (!holder || !isFigure(figure)) return undefined;
    const amount = figure.cents === 0 ? "$0" : `${dollars(figure.cents)} a month`;
    return compose`held to ${own(amount)} by guardrail ${holder.label}, ${budgetInWords(holder.budget)}`;
  };
  const [was, is] = [line("before"), line("after")];
  return [...(is ? [is] : []), ...(was && !is ? [compose`before: ${was}`] : [])];
}

function guardrailLine(
  before: AssignmentEnd | undefined,
  after: AssignmentEnd | undefined,
  isFirst: boolean,
): Sentence {
  const [old, made] = [before, after].map((end) => end?.label ?? own("none"));
  return isFirst ? compose`guardrail: ${made ?? []}` : compose`guardrail: ${old ?? []} → ${made ?? []}`;
}

function settingLine({ setting, before, after, added, removed }: SettingChange): Sentence {
  if (added && removed) {
    const parts = [
      ...(added.length > 0 ? [compose`added ${added}`] : []),
      ...(removed.length > 0 ? [compose`removed ${removed}`] : []),
    ];
    return compose`${own(setting)}: ${joined(parts, "; ")}`;
  }
  if (before && after) return compose`${own(setting)}: ${before} → ${after}`;
  return after ? compose`${own(setting)}: ${after}` : compose`${own(setting)} was ${before ?? []}`;
}

export function guardrailTable({ guardrails, scope }: Review): Table {
  const rows = guardrails.map((row) => ({
    name: row.label,
    changes: guardrailLines(row, scope),
    ...boundsInWords(row.budget, row.change === "adopted" && !row.before ? "not known" : "none"),
  }));
  const note = own(
    "The most that each key and each member may spend through it. It bounds them, and is not added to them.",
  );
  return { title: "Guardrails", noun: "guardrail", note, rows };
}

function guardrailLines({ change, settings, keys, members }: GuardrailRow, scope: Review["scope"]): Cell {
  const users = `${pluralize(keys, "key")}, ${pluralize(members, "member")}`;
  const assigned = scope === "stack" && change !== "deleted" ? [own(`assigned to ${users}`)] : [];
  return [...changeLine(change), ...settings.map(settingLine), ...assigned];
}

export function memberTable({ members }: Review): Table {
  const note = own("The most that each member may spend through a guardrail. It is no budget of a key, and in no sum.");
  return { title: "Members", noun: "member", note, rows: members.map(memberRow) };
}

function memberRow({ user, guardrailBefore, guardrailAfter, budget }: MemberRow) {
  const isSame = guardrailBefore?.identity === guardrailAfter?.identity;
  const guardrail =
    isSame && guardrailAfter
      ? compose`its guardrail ${guardrailAfter.label} changes`
      : guardrailLine(guardrailBefore, guardrailAfter, false);
  return { name: user, changes: [guardrail], ...boundsInWords(budget, "none") };
}

const NO_BUDGET = "no budget";

/** @param absent What it is called where there is no guardrail. */
function boundsInWords({ before, after }: Bounds, absent: string): Omit<TableRow, "name" | "changes"> {
  const words = (bound: Exposure | undefined, otherwise: string) =>
    bound === undefined ? otherwise : exposureInWords(bound, NO_BUDGET);
  const [was, is, difference] = [words(before, absent), words(after, "none"), boundsChange(before, after, absent)];
  const line = isFigure(before) && isFigure(after) ? pairInWords({ before, after }) : `${was} → ${is} (${difference})`;
  return { before: was, after: is, difference, line };
}

/** A budget that begins or ends bounds a spending, and adds or takes no money. */
function boundsChange(before: Exposure | undefined, after: Exposure | undefined, absent: string): string {
  if ((before === undefined && absent === "not known") || [before, after].some((each) => each instanceof Hidden)) {
    return "not known";
  }
  const [was, is] = [before ?? "unlimited", after ?? "unlimited"];
  if (was === "unlimited" && is === "unlimited") return "none";
  if (was === "unlimited") return "gets a budget";
  return is === "unlimited" ? "loses its budget" : changeInWords({ before: was, after: is });
}
