/** What an audit finds: the objects of an account compared with the states of stacks. Pure. */
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import { groupBy } from "../shared/groups";
import { type Inventory, isWorkspaceDefault } from "../shared/inventory";
import type { ObjectKind, StackState, StateObject } from "../shared/state";
import { type AssignmentDrift, assignmentDrift } from "./assignmentDrift";

/** The values of `--fail-on`. */
export const FINDINGS = {
  unmanaged: "a key or guardrail in none of the states",
  orphaned: "in none of the states, likely left by an interrupted run",
  "no-limit": "a key without its own limit",
  "no-expiry": "a key that doesn't expire",
  "no-guardrail": "a key without an assigned guardrail",
  "never-used": "a key that was never used",
  "assigned-outside": "a key or member that an exclusive GuardrailAssignments omits",
  unassigned: "a key or member without the guardrail that a state assigns",
} as const;
export type Finding = keyof typeof FINDINGS;

const DRIFT_FINDINGS: Readonly<Record<AssignmentDrift["why"], Finding>> = {
  outside: "assigned-outside",
  lost: "unassigned",
};

/** `orphaned` is a guess, never a certainty. `default` is a workspace's default guardrail, which can't be deleted. */
export type Status = "managed" | "unmanaged" | "orphaned" | "default";

export interface Evaluated {
  status: Status;
  /** `<project>/<stack>` of the stacks that manage it. */
  managedBy: string[];
  /** Stacks that read it with `get`. */
  readBy: string[];
  /** What else to know before removing it. */
  hint?: string;
  findings: Finding[];
}

export interface EvaluatedKey extends Evaluated {
  key: Key;
  guardrail: Guardrail | undefined;
  /** URNs of the pairs and sets that assign its guardrail. */
  assignedBy: string[];
}

export interface EvaluatedGuardrail extends Evaluated {
  guardrail: Guardrail;
  /** Hashes. */
  keys: string[];
}

export interface Audit {
  keys: EvaluatedKey[];
  guardrails: EvaluatedGuardrail[];
  /** Managed by a stack, but not found. */
  missing: (StateObject & { why: Absence })[];
  drift: AssignmentDrift[];
}

/** `not readable`: the management key may not read everything, so the object may exist. */
export type Absence = "not in this account" | "in another account" | "not readable";

/** @param membersOf User ids by guardrail, for the guardrails whose members a state manages. */
export function evaluate(
  inventory: Inventory,
  membersOf: ReadonlyMap<string, readonly string[]>,
  states: readonly StackState[],
): Audit {
  const { keys, guardrails, guardrailOf } = inventory;
  const drift = assignmentDrift(inventory, membersOf, states);
  const driftOf = groupBy(drift, ({ assignee }) => assignee);
  const resources = states.flatMap(({ assignments }) => assignments);
  return {
    keys: keys.toSorted(byName).map((key) => {
      const guardrail = guardrailOf.get(key.hash);
      const assigning = resources.filter((each) => each.guardrailId === guardrail?.id && each.keys?.includes(key.hash));
      const evaluated = evaluateObject("key", key.hash, key.name, states);
      const driftFindings = (driftOf.get(key.hash) ?? []).map(({ why }) => DRIFT_FINDINGS[why]);
      return {
        key,
        guardrail,
        assignedBy: assigning.map(({ urn }) => urn),
        ...evaluated,
        findings: [...evaluated.findings, ...keyFindings(key, guardrail), ...new Set(driftFindings)],
      };
    }),
    guardrails: guardrails.toSorted(byName).map((guardrail) => {
      const evaluated = evaluateObject("guardrail", guardrail.id, guardrail.name, states);
      const isDefault = isWorkspaceDefault(guardrail) && evaluated.status !== "managed";
      return {
        guardrail,
        keys: keys.filter(({ hash }) => guardrailOf.get(hash)?.id === guardrail.id).map(({ hash }) => hash),
        ...evaluated,
        ...(isDefault && { status: "default" as const, findings: [] }),
      };
    }),
    missing: missingObjects(inventory, states),
    drift,
  };
}

/** Sorts objects of one stack next to each other, in any locale. */
function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function keyFindings(key: Key, guardrail: Guardrail | undefined): Finding[] {
  const holds: [Finding, boolean][] = [
    ["no-limit", key.limit === null],
    // Undefined means that the API does not say.
    ["no-expiry", key.expiresAt === null],
    ["no-guardrail", !guardrail],
    ["never-used", isUnused(key)],
  ];
  return holds.flatMap(([finding, isTrue]) => (isTrue ? [finding] : []));
}

/** By its last use and its spending, because an older server returns no time of the last use. */
export function isUnused({ lastUsedAt, usage, byokUsage }: Key): boolean {
  return lastUsedAt === null && usage === 0 && (byokUsage ?? 0) === 0;
}

function evaluateObject(kind: ObjectKind, id: string, name: string, states: readonly StackState[]): Evaluated {
  const entries = states.flatMap(({ objects }) => objects.filter((object) => object.kind === kind && object.id === id));
  const stacksOf = (isExternal: boolean) => [
    ...new Set(entries.filter(({ external }) => external === isExternal).map(({ stack }) => stack)),
  ];
  const [managedBy, readBy] = [stacksOf(false), stacksOf(true)];
  if (managedBy.length > 0) return { status: "managed", managedBy, readBy, findings: [] };
  // Only a pending create of this very name makes an object a likely orphan.
  const pending = states.flatMap((state) => state.pending).find((each) => each.kind === kind && each.name === name);
  const status = pending ? "orphaned" : "unmanaged";
  const origin = pending
    ? `likely left by ${pending.stack}, which was interrupted while creating a ${kind} of this name`
    : guessOrigin(name, states);
  const hint = [origin, ...readBy.map((stack) => `${stack} reads it`)].filter(Boolean).join("; ");
  return { status, managedBy, readBy, ...(hint && { hint }), findings: [status] };
}

/** From a default name, `<project>/<stack>/<resource>`. */
function guessOrigin(name: string, states: readonly StackState[]): string | undefined {
  const [project, stack, ...rest] = name.split("/");
  if (!project || !stack || !rest.join("/")) return undefined;
  const owner = `${project}/${stack}`;
  return states.some((state) => state.stack === owner)
    ? `named like an object of ${owner}, but not in its state`
    : `may belong to the stack ${owner}, whose state was not passed`;
}

function missingObjects({ keys, guardrails, workspaces, unreadable }: Inventory, states: readonly StackState[]) {
  const existing = new Set([...keys.map(({ hash }) => hash), ...guardrails.map(({ id }) => id)]);
  const managed = states.flatMap(({ objects }) => objects.filter(({ external }) => !external));
  const whyMissing = ({ account }: StateObject): Absence => {
    if (account !== undefined && !workspaces.includes(account)) return "in another account";
    return unreadable.length > 0 ? "not readable" : "not in this account";
  };
  return managed.filter(({ id }) => !existing.has(id)).map((object) => ({ ...object, why: whyMissing(object) }));
}

/** How often each of the findings occurs, without those that don't. */
export function countFindings({ keys, guardrails, drift }: Audit, findings: readonly Finding[]): Map<Finding, number> {
  const ofMembers = drift.filter(({ of }) => of === "member").map(({ why }) => DRIFT_FINDINGS[why]);
  const all = [...[...keys, ...guardrails].flatMap((each) => each.findings), ...ofMembers];
  const counts = findings.map((finding) => [finding, all.filter((each) => each === finding).length] as const);
  return new Map(counts.filter(([, count]) => count > 0));
}

/** The command that removes an object in no state. */
export function removeCommandFor({ status }: Evaluated, kind: ObjectKind, id: string): string | undefined {
  return status === "unmanaged" || status === "orphaned" ? `npx pulumi-openrouter remove ${kind} ${id}` : undefined;
}
