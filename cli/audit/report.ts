/** An audit as text for a person and as JSON for a program. */

import { pluralize } from "../shared/counts";
import { formatDay } from "../shared/dates";
import { type Audit, type EvaluatedGuardrail, type EvaluatedKey, isUnused, removal } from "../shared/findings";
import { guardrailNames } from "../shared/guardrailNames";
import { formatBudget, formatUsd } from "../shared/money";
import { printable, styled } from "../shared/output";
import type { StackState } from "../shared/state";
import { type Column, table } from "../shared/table";
import { driftText } from "./driftReport";

export interface Subject {
  baseUrl: string;
  /** What `openrouter:account` takes: the organization, or the oldest workspace where there is none. */
  account: string | undefined;
  workspaces: readonly string[];
  states: readonly StackState[];
}

/** All that `--json` prints. Names of fields are kept; new ones may be added. */
export function auditJson(
  { baseUrl, account, workspaces, states }: Subject,
  { keys, guardrails, missing, drift }: Audit,
): object {
  return {
    account: { id: account ?? null, baseUrl, workspaces },
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
    missing: missing.map(({ kind, id, urn, stack, why }) => ({ kind, id, urn, stack, why })),
    drift: drift.map(({ why, of, assignee, guardrail, resource, assignedBy }) => ({
      ...{ why, of, assignee, guardrail: { id: guardrail.id, name: guardrail.name } },
      ...{ urn: resource.urn, stack: resource.stack, assignedBy: assignedBy.map(({ urn }) => urn) },
    })),
  };
}

function keyFields(key: EvaluatedKey["key"]): object {
  const { hash, name, disabled, limit, limitReset, usage, byokUsage, lastUsedAt, createdAt, expiresAt, workspaceId } =
    key;
  return { hash, name, disabled, limit, limitReset, usage, byokUsage, lastUsedAt, createdAt, expiresAt, workspaceId };
}

interface Screen {
  colors: boolean;
  width: number | undefined;
}

export function auditText(subject: Subject, audit: Audit, screen: Screen): string {
  const sections = [
    heading(subject),
    keyTable(audit, screen),
    guardrailTable(audit.guardrails, screen),
    summary(audit),
    missing(audit),
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
  { title: "KEY" },
  { title: "NAME", least: 6 },
  { title: "STATUS" },
  { title: "LIMIT" },
  { title: "EXPIRES" },
  { title: "GUARDRAIL", least: 9, distinct: true },
  { title: "USED" },
];

/** Narrower screens have no room for the day of the last use. */
const ROOMY = 100;

function keyTable({ keys, guardrails }: Audit, { colors, width }: Screen): string {
  if (keys.length === 0) return "No keys.";
  const isRoomy = width === undefined || width >= ROOMY;
  const nameOf = guardrailNames(guardrails.map(({ guardrail }) => guardrail));
  const rows = keys.map(({ key, guardrail, status }) => [
    key.hash.slice(0, 8),
    `${printable(key.name)}${key.disabled ? " (off)" : ""}`,
    status,
    formatBudget(key.limit, key.limitReset),
    key.expiresAt === null ? "none" : formatDay(key.expiresAt),
    guardrail ? nameOf(guardrail.id) : "none",
    isUnused(key) ? "never" : formatUsd((key.usage ?? 0) + (key.byokUsage ?? 0)),
    ...(isRoomy ? [key.lastUsedAt === null ? "never" : formatDay(key.lastUsedAt)] : []),
  ]);
  const columns = isRoomy ? [...KEY_COLUMNS, { title: "LAST USED" }] : KEY_COLUMNS;
  return table(columns, rows, width, colors ? keyColors : undefined);
}

const GUARDRAIL_COLUMNS: Column[] = [
  { title: "GUARDRAIL" },
  { title: "NAME", least: 6 },
  { title: "STATUS" },
  { title: "BUDGET" },
  { title: "KEYS" },
];

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

const POLICIES =
  "A guardrail that was edited as a Guardrail Policy in the dashboard may read back as written and no longer be what\n" +
  "is enforced: no API shows that yet.";

function statusColors(text: string, column: number): string {
  if (column !== STATUS_COLUMN) return text;
  return text === "interrupted" ? styled("red", text) : text === "unmanaged" ? styled("yellow", text) : text;
}

function keyColors(text: string, column: number): string {
  const isLack = column > STATUS_COLUMN && (text === "none" || text === "never");
  return isLack ? styled("yellow", text) : statusColors(text, column);
}

function summary({ keys, guardrails }: Audit): string {
  const has = (finding: EvaluatedKey["findings"][number]) =>
    keys.filter(({ findings }) => findings.includes(finding)).length;
  const lacks =
    `${has("no-limit")} without limit, ${has("no-expiry")} without expiry, ` +
    `${has("no-guardrail")} without guardrail, ${has("never-used")} never used`;
  return [
    `${pluralize(keys.length, "key")}: ${statuses(keys)}.`,
    ...(keys.length > 0 ? [`Of the keys: ${lacks}.`] : []),
    `${pluralize(guardrails.length, "guardrail")}: ${statuses(guardrails)}.`,
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
  const lines = objects.map(({ kind, id, urn, stack, why }) => {
    const name = urn.split("::").at(-1) ?? "";
    return `  ${kind} "${printable(name)}" of ${printable(stack)} (${printable(id).slice(0, 12)}): ${why}`;
  });
  const title = objects.some(({ why }) => why === "not in this account")
    ? "In a state and not found (`pulumi up --refresh` recreates what was deleted):"
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
    const title = `${status} ${kind} "${printable(name)}", created ${formatDay(createdAt)}`;
    return [[title, ...(hint ? [printable(hint)] : []), printable(command)].map((line) => `  ${line}`).join("\n")];
  });
  if (commands.length === 0) return "";
  const warning =
    "Nothing was changed. These are in none of the states; another stack, program or person may use them.\n" +
    "Confirm that they are unused before you remove one: a key stops working at once.";
  return [warning, ...commands].join("\n\n");
}
