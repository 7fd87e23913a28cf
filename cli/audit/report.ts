/** An audit as text. */
import { pluralize } from "../shared/counts";
import { formatDay } from "../shared/dates";
import { guardrailNames } from "../shared/guardrailNames";
import { formatBudget, formatUsd } from "../shared/money";
import { printable, styled } from "../shared/output";
import { type Column, table, WIDE_SCREEN } from "../shared/table";
import type { Terminal } from "../shared/terminal";
import { driftText } from "./driftReport";
import { type Audit, type EvaluatedGuardrail, type Finding, isUnused, removeCommandFor, type Status } from "./findings";
import type { Subject } from "./json";

type Screen = Pick<Terminal, "colors" | "width">;

export function auditText(subject: Subject, audit: Audit, screen: Screen): string {
  const sections = [
    heading(subject),
    keyTable(audit, screen),
    guardrailTable(audit.guardrails, screen),
    summary(audit),
    missingObjects(audit),
    driftText(audit, screen.width),
    removals(audit),
  ];
  return sections.filter(Boolean).join("\n\n");
}

function heading({ baseUrl, account, workspaces, states }: Subject): string {
  const stacks = [...new Set(states.map(({ stack }) => stack ?? "a stack without resources"))].map(printable);
  const compared = `${baseUrl}, ${pluralize(workspaces.length, "workspace")}, compared with ${stacks.join(", ")}`;
  if (account === undefined) return compared;
  const id = printable(account);
  return `Account: ${id} (pin it with: pulumi config set openrouter:account ${id})\n${compared}`;
}

const STATUS_COLUMN = 2;

const KEY_COLUMNS: Column[] = [
  "KEY",
  { title: "NAME", minWidth: 6 },
  "STATUS",
  "LIMIT",
  "EXPIRES",
  { title: "GUARDRAIL", minWidth: 9, distinct: true },
  "USED",
];

function keyTable({ keys, guardrails }: Audit, { colors, width }: Screen): string {
  if (keys.length === 0) return "No keys.";
  const isWide = width === undefined || width >= WIDE_SCREEN;
  const nameOf = guardrailNames(guardrails.map(({ guardrail }) => guardrail));
  const rows = keys.map(({ key, guardrail, status }) => [
    key.hash.slice(0, 8),
    `${printable(key.name)}${key.disabled ? " (off)" : ""}`,
    status,
    formatBudget(key.limit, key.limitReset),
    key.expiresAt === null ? "none" : formatDay(key.expiresAt),
    guardrail ? nameOf(guardrail.id) : "none",
    isUnused(key) ? "never" : formatUsd((key.usage ?? 0) + (key.byokUsage ?? 0)),
    ...(isWide ? [key.lastUsedAt === null ? "never" : formatDay(key.lastUsedAt)] : []),
  ]);
  const columns = isWide ? [...KEY_COLUMNS, "LAST USED"] : KEY_COLUMNS;
  return table(columns, rows, width, colors ? keyColors : undefined);
}

const GUARDRAIL_COLUMNS: Column[] = ["GUARDRAIL", { title: "NAME", minWidth: 6 }, "STATUS", "BUDGET", "KEYS"];

function guardrailTable(guardrails: readonly EvaluatedGuardrail[], { colors, width }: Screen): string {
  if (guardrails.length === 0) return "No guardrails.";
  const rows = guardrails.map(({ guardrail, keys, status }) => [
    guardrail.id.slice(0, 8),
    printable(guardrail.name),
    status,
    formatBudget(guardrail.limitUsd, guardrail.resetInterval),
    String(keys.length),
  ]);
  return `${table(GUARDRAIL_COLUMNS, rows, width, colors ? statusColors : undefined)}\n${POLICIES}`;
}

/** A limit of every audit, printed in its output and in its help. */
export const POLICIES = `If a guardrail was edited as a Guardrail Policy in the dashboard, the settings
that the API returns may not be enforced. No API shows the enforced ones yet.`;

function statusColors(cell: string, column: number): string {
  if (column !== STATUS_COLUMN) return cell;
  return cell === "orphaned" ? styled("red", cell) : cell === "unmanaged" ? styled("yellow", cell) : cell;
}

function keyColors(cell: string, column: number): string {
  const isUnset = column > STATUS_COLUMN && (cell === "none" || cell === "never");
  return isUnset ? styled("yellow", cell) : statusColors(cell, column);
}

function summary({ keys, guardrails }: Audit): string {
  const count = (finding: Finding) => keys.filter(({ findings }) => findings.includes(finding)).length;
  const unset =
    `${count("no-limit")} without limit, ${count("no-expiry")} without expiry, ` +
    `${count("no-guardrail")} without guardrail, ${count("never-used")} never used`;
  return [
    `${pluralize(keys.length, "key")}: ${statusCounts(keys)}.`,
    ...(keys.length > 0 ? [`Of the keys: ${unset}.`] : []),
    `${pluralize(guardrails.length, "guardrail")}: ${statusCounts(guardrails)}.`,
  ].join("\n");
}

const STATUSES: readonly Status[] = ["managed", "unmanaged", "orphaned", "default"];

function statusCounts(evaluated: readonly { status: Status }[]): string {
  const counts = STATUSES.map((status) => [evaluated.filter((each) => each.status === status).length, status] as const);
  const present = counts.filter(([count]) => count > 0).map(([count, status]) => `${count} ${status}`);
  return present.join(", ") || "none";
}

function missingObjects({ missing }: Audit): string {
  if (missing.length === 0) return "";
  const lines = missing.map(({ kind, id, urn, stack, why }) => {
    const name = urn.split("::").at(-1) ?? "";
    return `  ${kind} "${printable(name)}" of ${printable(stack)} (${printable(id).slice(0, 12)}): ${why}`;
  });
  const title = missing.some(({ why }) => why === "not in this account")
    ? "In a state but not found; `pulumi up --refresh` recreates deleted objects:"
    : "In a state but not compared:";
  return [title, ...lines].join("\n");
}

const BEFORE_REMOVING = `Nothing was changed. These objects are in none of the states. Another stack,
program or person may use them. Confirm that they are unused before you remove
one: a key stops working at once.`;

function removals({ keys, guardrails }: Audit): string {
  const objects = [
    ...keys.map(({ key, ...evaluated }) => ({ ...evaluated, ...key, kind: "key" as const, id: key.hash })),
    ...guardrails.map(({ guardrail, ...evaluated }) => ({ ...evaluated, ...guardrail, kind: "guardrail" as const })),
  ];
  const entries = objects.flatMap((object) => {
    const { kind, id, name, createdAt, status, hint } = object;
    const command = removeCommandFor(object, kind, id);
    if (!command) return [];
    const title = `${status} ${kind} "${printable(name)}", created ${formatDay(createdAt)}`;
    return [[title, ...(hint ? [printable(hint)] : []), printable(command)].map((line) => `  ${line}`).join("\n")];
  });
  return entries.length === 0 ? "" : [BEFORE_REMOVING, ...entries].join("\n\n");
}
