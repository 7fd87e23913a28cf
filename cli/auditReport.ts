/** An audit as text for a person and as JSON for a program. */
import { styleText } from "node:util";
import { type Audit, isUnused, type JudgedGuardrail, type JudgedKey, removal } from "./findings";
import type { StackState } from "./state";
import { budget, type Column, counted, day, printable, shortened, table, usd } from "./table";

export interface Subject {
  baseUrl: string;
  workspaces: readonly string[];
  states: readonly StackState[];
}

/** All that `--json` prints. Names of fields are kept; new ones may be added. */
export function auditJson({ baseUrl, workspaces, states }: Subject, { keys, guardrails, missing }: Audit): object {
  return {
    account: { baseUrl, workspaces },
    states: states.map(({ source, stack, pending }) => ({ source, stack: stack ?? null, pendingCreates: pending })),
    keys: keys.map(({ key, guardrail, ...judged }) => ({
      ...keyFields(key),
      guardrail: guardrail ? { id: guardrail.id, name: guardrail.name } : null,
      ...judged,
      remove: removal(judged, "key", key.hash) ?? null,
    })),
    guardrails: guardrails.map(({ guardrail, keys, ...judged }) => {
      const { id, name, limitUsd, resetInterval, createdAt, workspaceId } = guardrail;
      const settings = { id, name, limitUsd, resetInterval, createdAt, workspaceId, keys };
      return { ...settings, ...judged, remove: removal(judged, "guardrail", id) ?? null };
    }),
    missing: missing.map(({ kind, id, urn, stack, otherAccount }) => ({ kind, id, urn, stack, otherAccount })),
  };
}

function keyFields(key: JudgedKey["key"]): object {
  const { hash, name, disabled, limit, limitReset, usage, byokUsage, createdAt, expiresAt, workspaceId } = key;
  return { hash, name, disabled, limit, limitReset, usage, byokUsage, createdAt, expiresAt, workspaceId };
}

export function auditText(subject: Subject, audit: Audit, colors: boolean): string {
  const sections = [
    heading(subject),
    keyTable(audit.keys, colors),
    guardrailTable(audit.guardrails, colors),
    summary(audit),
    missing(audit),
    removals(audit),
  ];
  return sections.filter(Boolean).join("\n\n");
}

function heading({ baseUrl, workspaces, states }: Subject): string {
  const stacks = [...new Set(states.map(({ stack }) => stack ?? "a stack without resources"))].map(printable);
  return `${baseUrl}, ${counted(workspaces.length, "workspace")}, against ${stacks.join(", ")}`;
}

const STATUS_COLUMN = 2;
const NAME_PLACES = 25;

const KEY_COLUMNS: Column[] = [
  { title: "KEY", widest: 12 },
  { title: "NAME", widest: NAME_PLACES },
  { title: "STATUS", widest: 11 },
  { title: "LIMIT", widest: 13 },
  { title: "EXPIRES", widest: 10 },
  { title: "GUARDRAIL", widest: 10 },
  { title: "USED", widest: 7 },
];

function keyTable(keys: readonly JudgedKey[], colors: boolean): string {
  if (keys.length === 0) return "No keys.";
  const rows = keys.map(({ key, guardrail, status }) => [
    key.hash.slice(0, 12),
    named(key.name, key.disabled ? " (off)" : ""),
    status,
    budget(key.limit, key.limitReset),
    key.expiresAt === null ? "none" : day(key.expiresAt),
    guardrail ? lastPart(guardrail.name) : "none",
    isUnused(key) ? "never" : usd((key.usage ?? 0) + (key.byokUsage ?? 0)),
  ]);
  return table(KEY_COLUMNS, rows, colors ? keyColors : undefined);
}

const GUARDRAIL_COLUMNS: Column[] = [
  { title: "GUARDRAIL", widest: 12 },
  { title: "NAME", widest: NAME_PLACES },
  { title: "STATUS", widest: 11 },
  { title: "BUDGET", widest: 13 },
  { title: "KEYS", widest: 6 },
];

function guardrailTable(guardrails: readonly JudgedGuardrail[], colors: boolean): string {
  if (guardrails.length === 0) return "No guardrails.";
  const rows = guardrails.map(({ guardrail, keys, status }) => [
    guardrail.id.slice(0, 8),
    named(guardrail.name),
    status,
    budget(guardrail.limitUsd, guardrail.resetInterval),
    String(keys.length),
  ]);
  return table(GUARDRAIL_COLUMNS, rows, colors ? statusColors : undefined);
}

function named(name: string, suffix = ""): string {
  return `${shortened(printable(name), NAME_PLACES - suffix.length)}${suffix}`;
}

function lastPart(name: string): string {
  return shortened(printable(name).split("/").at(-1) || printable(name), 10);
}

function statusColors(text: string, column: number): string {
  if (column !== STATUS_COLUMN) return text;
  return text === "interrupted" ? styleText("red", text) : text === "unmanaged" ? styleText("yellow", text) : text;
}

function keyColors(text: string, column: number): string {
  const isLack = column > STATUS_COLUMN && (text === "none" || text === "never");
  return isLack ? styleText("yellow", text) : statusColors(text, column);
}

function summary({ keys, guardrails }: Audit): string {
  const has = (finding: JudgedKey["findings"][number]) =>
    keys.filter(({ findings }) => findings.includes(finding)).length;
  const lacks =
    `${has("no-limit")} without limit, ${has("no-expiry")} without expiry, ` +
    `${has("no-guardrail")} without guardrail, ${has("never-used")} never used`;
  return [
    `${counted(keys.length, "key")}: ${statuses(keys)}.`,
    ...(keys.length > 0 ? [`Of the keys: ${lacks}.`] : []),
    `${counted(guardrails.length, "guardrail")}: ${statuses(guardrails)}.`,
  ].join("\n");
}

function statuses(judged: readonly { status: string }[]): string {
  const order = ["managed", "unmanaged", "interrupted", "default"];
  const counts = order.map((status) => [judged.filter((each) => each.status === status).length, status] as const);
  const some = counts.filter(([count]) => count > 0).map(([count, status]) => `${count} ${status}`);
  return some.join(", ") || "none";
}

function missing({ missing: objects }: Audit): string {
  if (objects.length === 0) return "";
  const lines = objects.map(({ kind, id, urn, stack, otherAccount }) => {
    const why = otherAccount ? "of another account" : "not in this account";
    const name = urn.split("::").at(-1) ?? "";
    return `  ${kind} "${printable(name)}" of ${printable(stack)} (${printable(id).slice(0, 12)}): ${why}`;
  });
  const title = objects.some(({ otherAccount }) => !otherAccount)
    ? "In a state and not found (`pulumi up --refresh` makes again what was deleted):"
    : "In a state and not compared:";
  return `${title}\n${lines.join("\n")}`;
}

function removals({ keys, guardrails }: Audit): string {
  const left = [
    ...keys.map(({ key, ...judged }) => ({ ...judged, ...key, kind: "key" as const, id: key.hash })),
    ...guardrails.map(({ guardrail, ...judged }) => ({ ...judged, ...guardrail, kind: "guardrail" as const })),
  ];
  const commands = left.flatMap(({ kind, id, name, createdAt, status, hint }) => {
    const command = removal({ status }, kind, id);
    if (!command) return [];
    const title = `${status} ${kind} "${printable(name)}", created ${day(createdAt)}`;
    return [[title, ...(hint ? [printable(hint)] : []), printable(command)].map((line) => `  ${line}`).join("\n")];
  });
  if (commands.length === 0) return "";
  const warning =
    "Nothing was changed. These are in none of the states; another stack, program or person may use them.\n" +
    "Make sure that nobody does before you remove one: a key stops working at once.";
  return [warning, ...commands].join("\n\n");
}
