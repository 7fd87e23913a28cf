/** What an audit finds: the objects of an account compared with the states of stacks. Pure. */
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import { type AssignmentDrift, assignmentDrift } from "./assignmentDrift";
import { groupBy } from "./groups";
import type { Inventory } from "./inventory";
import type { ObjectKind, StackState, StateObject } from "./state";

/** What `--fail-on` takes, and what it means. */
export const FINDINGS = {
  unmanaged: "in none of the states",
  interrupted: "in none of the states, and one has an interrupted create of this very name",
  "no-limit": "a key without a limit of its own",
  "no-expiry": "a key that doesn't expire",
  "no-guardrail": "a key without an assigned guardrail",
  "never-used": "a key that was never used",
  "assigned-outside": "a key or member that an exclusive set of assignments doesn't list",
  unassigned: "a key or member without the guardrail that a state assigns to it",
} as const;
export type Finding = keyof typeof FINDINGS;

const DRIFT_FINDINGS: Readonly<Record<AssignmentDrift["why"], Finding>> = {
  outside: "assigned-outside",
  lost: "unassigned",
};

/**
 * `interrupted` is a possible leftover of a run, never a certain one. `default` is the guardrail that each workspace has
 * from the start and that can't be deleted.
 */
export type Status = "managed" | "unmanaged" | "interrupted" | "default";

interface Evaluated {
  status: Status;
  /** `<project>/<stack>` of those that manage it. */
  managedBy: string[];
  /** Those that read it with `get`. */
  readBy: string[];
  /** What else there is to know before it is removed. */
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
  /** Managed by a stack, and not found. */
  missing: (StateObject & { why: Absence })[];
  drift: AssignmentDrift[];
}

/** With "not readable" the management key may not read everything, and so nothing is known to be gone. */
export type Absence = "not in this account" | "in another account" | "not readable";

/** @param membersOf Of the guardrails whose members a state manages. */
export function evaluate(
  inventory: Inventory,
  membersOf: ReadonlyMap<string, readonly string[]>,
  states: readonly StackState[],
): Audit {
  const { keys, guardrails, guardrailOf, workspaces } = inventory;
  const present = new Set([...keys.map(({ hash }) => hash), ...guardrails.map(({ id }) => id)]);
  const owned = states.flatMap(({ objects }) => objects.filter(({ external }) => !external));
  const drift = assignmentDrift(inventory, membersOf, states);
  const driftOf = groupBy(drift, ({ assignee }) => assignee);
  const resources = states.flatMap(({ assignments }) => assignments);
  const pairs = resources.flatMap(({ keys = [], ...resource }) => keys.map((hash) => ({ hash, ...resource })));
  const assigned = groupBy(pairs, ({ guardrailId, hash }) => `${guardrailId} ${hash}`);
  return {
    drift,
    keys: [...keys].sort(byName).map((key) => {
      const guardrail = guardrailOf.get(key.hash);
      const assignedBy = (assigned.get(`${guardrail?.id} ${key.hash}`) ?? []).map(({ urn }) => urn);
      return evaluateKey(key, guardrail, states, assignedBy, driftOf.get(key.hash) ?? []);
    }),
    guardrails: [...guardrails].sort(byName).map((guardrail) => ({
      guardrail,
      keys: keys.filter(({ hash }) => guardrailOf.get(hash)?.id === guardrail.id).map(({ hash }) => hash),
      ...evaluateGuardrail(guardrail, states),
    })),
    missing: owned
      .filter(({ id }) => !present.has(id))
      .map((object) => {
        const isElsewhere = object.account !== undefined && !workspaces.includes(object.account);
        const unseen = inventory.unreadable.length > 0 ? "not readable" : "not in this account";
        return { ...object, why: isElsewhere ? "in another account" : unseen };
      }),
  };
}

/** Objects of one stack come together, whatever the locale. */
function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function evaluateKey(
  key: Key,
  guardrail: Guardrail | undefined,
  states: readonly StackState[],
  assignedBy: string[],
  drift: readonly AssignmentDrift[],
): EvaluatedKey {
  const place = placeOf("key", key.hash, key.name, states);
  const findings: Finding[] = [
    ...place.findings,
    ...when("no-limit", key.limit === null),
    // A missing date is not the API's word that there is none.
    ...when("no-expiry", key.expiresAt === null),
    ...when("no-guardrail", !guardrail),
    ...when("never-used", isUnused(key)),
    ...new Set(drift.map(({ why }) => DRIFT_FINDINGS[why])),
  ];
  return { key, guardrail, assignedBy, ...place, findings };
}

function evaluateGuardrail(guardrail: Guardrail, states: readonly StackState[]): Evaluated {
  const place = placeOf("guardrail", guardrail.id, guardrail.name, states);
  return isWorkspaceDefault(guardrail) && place.status !== "managed"
    ? { ...place, status: "default", findings: [] }
    : place;
}

/** Each workspace has one by itself; its name can't be changed, and it can't be deleted. */
export function isWorkspaceDefault({ name, workspaceId }: Pick<Guardrail, "name" | "workspaceId">): boolean {
  return workspaceId !== null && name === `Workspace ${workspaceId} Default`;
}

function when(finding: Finding, holds: boolean): Finding[] {
  return holds ? [finding] : [];
}

/** By the time of its last use and by what was spent: an older server shows no time. */
export function isUnused({ lastUsedAt, usage, byokUsage }: Key): boolean {
  return lastUsedAt === null && usage === 0 && (byokUsage ?? 0) === 0;
}

function placeOf(kind: ObjectKind, id: string, name: string, states: readonly StackState[]): Evaluated {
  const entries = states.flatMap(({ objects }) => objects.filter((object) => object.kind === kind && object.id === id));
  const managedBy = stacksOf(entries.filter(({ external }) => !external));
  const readBy = stacksOf(entries.filter(({ external }) => external));
  if (managedBy.length > 0) return { status: "managed", managedBy, readBy, findings: [] };
  const interrupted = interruption(kind, name, states);
  const status = interrupted ? "interrupted" : "unmanaged";
  const hint = [interrupted ?? namesake(name, states) ?? foreign(name), ...readBy.map((stack) => `${stack} reads it`)]
    .filter(Boolean)
    .join("; ");
  return { status, managedBy, readBy, ...(hint && { hint }), findings: [status] };
}

function stacksOf(objects: readonly StateObject[]): string[] {
  return [...new Set(objects.map(({ stack }) => stack))];
}

/** Only a create that is pending in a state for this very name makes an object a possible leftover of a run. */
function interruption(kind: ObjectKind, name: string, states: readonly StackState[]): string | undefined {
  const pending = states.flatMap((state) => state.pending).find((each) => each.kind === kind && each.name === name);
  return pending && `possible leftover: ${pending.stack} was interrupted while it created a ${kind} of this name`;
}

/** Another stack may have the object under the name that this one would give it. */
function namesake(name: string, states: readonly StackState[]): string | undefined {
  const own = states.find(({ stack }) => stack !== undefined && name.startsWith(`${stack}/`));
  return own && `named like an object of ${own.stack}, and not in its state`;
}

/** A default name names a stack whose state may just not have been given. */
function foreign(name: string): string | undefined {
  const [project, stack, ...rest] = name.split("/");
  return project && stack && rest.join("/")
    ? `may be of the stack ${project}/${stack}, whose state is not here`
    : undefined;
}

/** How often each of these findings was made. */
export function countFindings({ keys, guardrails, drift }: Audit, of: readonly Finding[]): Map<Finding, number> {
  const ofMembers = drift.filter(({ of }) => of === "member").map(({ why }) => DRIFT_FINDINGS[why]);
  const all = [...[...keys, ...guardrails].flatMap(({ findings }) => findings), ...ofMembers];
  const counts = of.map((finding): [Finding, number] => [finding, all.filter((each) => each === finding).length]);
  return new Map(counts.filter(([, count]) => count > 0));
}

/** The command that removes what is in no state; none for the rest. */
export function removal({ status }: Pick<Evaluated, "status">, kind: ObjectKind, id: string): string | undefined {
  return status === "unmanaged" || status === "interrupted" ? `npx pulumi-openrouter remove ${kind} ${id}` : undefined;
}
