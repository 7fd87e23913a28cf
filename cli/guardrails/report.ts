/** Guardrails as a table, and one guardrail in full. Pure. */
import { formatCount, pluralize } from "../shared/counts";
import { formatDay } from "../shared/dates";
import { GUARDRAIL_SETTINGS, type Setting } from "../shared/guardrailSettings";
import { formatBudget } from "../shared/money";
import { printable } from "../shared/output";
import { isRecord } from "../shared/state";
import { type Column, factLines, table, wrapItems } from "../shared/table";
import type { AssignedMember, GuardrailInFull, ListedGuardrail } from "./read";

/** @param withWorkspaces Whether the account has several workspaces. */
export function guardrailTable(
  guardrails: readonly ListedGuardrail[],
  withWorkspaces: boolean,
  screenWidth: number | undefined,
): string {
  const columns: Column[] = [
    { title: "NAME", minWidth: 12 },
    "ID",
    "BUDGET",
    "KEYS",
    "MEMBERS",
    "MODELS",
    "ZDR",
    ...(withWorkspaces ? [{ title: "WORKSPACE", minWidth: 9 }] : []),
  ];
  const rows = guardrails.map((guardrail) => {
    const { name, id, limitUsd, resetInterval, workspace, isWorkspaceDefault } = guardrail;
    const { assignedKeys, assignedMembers } = guardrail;
    return [
      printable(name),
      printable(id).slice(0, 8),
      formatBudget(limitUsd, resetInterval),
      isWorkspaceDefault ? "all" : numberText(assignedKeys),
      isWorkspaceDefault ? "all" : numberText(assignedMembers),
      modelsText(guardrail),
      zeroRetentionText(guardrail),
      ...(withWorkspaces ? [printable(workspace?.name ?? "none")] : []),
    ];
  });
  return table(columns, rows, screenWidth);
}

function numberText(assigned: number | null): string {
  return assigned === null ? "unknown" : formatCount(assigned);
}

function modelsText({ allowedModels, ignoredModels }: ListedGuardrail): string {
  if (allowedModels) return `${allowedModels.length} allowed`;
  return ignoredModels ? `all but ${ignoredModels.length}` : "all";
}

/** Zero data retention is a switch for each vendor. */
function zeroRetentionText(guardrail: ListedGuardrail): string {
  const { enforceZdrAnthropic, enforceZdrOpenai, enforceZdrGoogle, enforceZdrXai, enforceZdrOther } = guardrail;
  const switches = [enforceZdrAnthropic, enforceZdrOpenai, enforceZdrGoogle, enforceZdrXai, enforceZdrOther];
  if (switches.every((each) => each === true)) return "yes";
  return switches.includes(true) ? "some" : "no";
}

/** Facts that have lines of their own. */
const NOT_IN_LIST = ["name", "description", "workspaceId"];

export function guardrailFacts(guardrail: GuardrailInFull, screenWidth: number | undefined): string {
  const { id, name, description, workspace, isWorkspaceDefault, keys, members, createdAt } = guardrail;
  const settings = Object.entries<Setting>(GUARDRAIL_SETTINGS).filter(([each]) => !NOT_IN_LIST.includes(each));
  const isSwitch = ([, { unset }]: [string, Setting]) => unset === "no" || unset === "not set";
  const applies = `to ${pluralize(keys.length, "key")} and ${pluralize(members.length, "member")}`;
  const general: [string, string][] = [
    ["guardrail", `"${printable(name)}"`],
    ["id", printable(id)],
    ["description", printable(description ?? "none")],
    ["workspace", workspace === null ? "none" : `"${printable(workspace.name)}" (${printable(workspace.id)})`],
    ["created", printable(createdAt ?? "unknown")],
    ["assigned", isWorkspaceDefault ? "to all keys and members of the workspace, as its default" : applies],
  ];
  return [
    factLines(general),
    settingLines(
      settings.filter((each) => !isSwitch(each)),
      guardrail,
      screenWidth,
    ),
    settingLines(settings.filter(isSwitch), guardrail, screenWidth),
    ...(keys.length > 0 ? [keyTable(guardrail, screenWidth)] : []),
    ...(members.length > 0 ? [memberTable(members, screenWidth)] : []),
  ].join("\n\n");
}

function settingLines(
  settings: readonly [string, Setting][],
  guardrail: GuardrailInFull,
  screenWidth = Number.POSITIVE_INFINITY,
): string {
  const room = screenWidth - Math.max(...settings.map(([, { title }]) => title.length)) - 2;
  return factLines(
    settings.flatMap(([property, setting]) => {
      const lines = wrapItems(valuesOf(property, setting, guardrail), room);
      return lines.map((line, index): [string, string] => [index === 0 ? setting.title : "", line]);
    }),
  );
}

function valuesOf(property: string, { unset, reset }: Setting, guardrail: GuardrailInFull): string[] {
  const properties: Readonly<Record<string, unknown>> = { ...guardrail };
  const value = properties[property];
  if (reset) return [budgetText(guardrail)];
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  if (value === null) return [unset];
  return Array.isArray(value) ? (value.length > 0 ? value.map(itemText) : ["an empty list"]) : [itemText(value)];
}

function budgetText({ limitUsd, resetInterval }: GuardrailInFull): string {
  return `${formatBudget(limitUsd, resetInterval)}${limitUsd === null ? "" : ", for each key and member"}`;
}

function itemText(value: unknown): string {
  if (!isRecord(value)) return printable(String(value));
  const { slug, pattern, action, label, scanScope } = value;
  const details = [action, label, scanScope].filter((each) => typeof each === "string").join(", ");
  return printable(`${slug ?? pattern} (${details})`);
}

function keyTable({ keys }: GuardrailInFull, screenWidth: number | undefined): string {
  const columns: Column[] = [{ title: "KEY", minWidth: 12 }, "HASH", "ASSIGNED"];
  const rows = keys.map(({ name, hash, assignedAt }) => [
    printable(name ?? "unknown"),
    printable(hash).slice(0, 8),
    formatDay(assignedAt),
  ]);
  return table(columns, rows, screenWidth);
}

function memberTable(members: readonly AssignedMember[], screenWidth: number | undefined): string {
  const columns: Column[] = [{ title: "MEMBER", minWidth: 12 }, { title: "EMAIL", minWidth: 12 }, "ID", "ASSIGNED"];
  const rows = members.map(({ name, email, id, assignedAt }) => [
    printable(name ?? "unknown"),
    printable(email ?? "unknown"),
    printable(id),
    formatDay(assignedAt),
  ]);
  return table(columns, rows, screenWidth);
}
