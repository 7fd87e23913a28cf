/** The keys, guardrails and assignments of a stack, before or after the change. */
import type { Resource } from "../../formats/deployment";
import { kindIn } from "../../formats/typeTokens";
import { parseUrn } from "../../formats/urn";
import { type Assignment, assignmentsOf, type Reference, setOf } from "../shared/assignments";
import { UsageError } from "../shared/terminal";
import { isInAccount } from "./adoption";
import { declaredByGuardrail, declaredByKey } from "./declared";
import type { Budget, KeyLimits } from "./exposure";
import { compose, literal, quoted, type Sentence } from "./sentence";
import { isOfKind, pathOf, type Snapshot } from "./snapshots";
import { type BeforeAfter, Hidden, type MaybeHidden, type Properties, visible } from "./values";

export interface Guardrail {
  label: Sentence;
  id: string | undefined;
  budget: Budget;
  properties: Properties;
}

export interface Key extends Guardrail, KeyLimits {}

/** The key or guardrail of an assignment, which the stack need not manage. */
export interface AssignmentEnd {
  /** Its URN if the stack has it. */
  identity: string;
  label: Sentence;
  /** Known after apply. */
  unknown: boolean;
}

export interface Link {
  /** Of the key, as of an {@link AssignmentEnd}; or the user id of the member. */
  identity: string;
  label: Sentence;
  guardrail: AssignmentEnd;
  /** URN of the single assignment or the set; or {@link UNMANAGED}. */
  declaredBy: string;
}

export interface StackContents {
  /** By URN. */
  keys: ReadonlyMap<string, Key>;
  guardrails: ReadonlyMap<string, Guardrail>;
  /** By identity of the key. */
  assignments: ReadonlyMap<string, Link>;
  members: readonly Link[];
}

export type Contents = BeforeAfter<StackContents>;

/** Instead of the URN of an assignment that no resource declares, or that one may declare. */
export const UNMANAGED = "";

/** @param unmanaged Assignments that no resource declares. A declared one of the same key or member overrides them. */
export function contentsOf(
  snapshot: Snapshot,
  stateOf: (urn: string) => Properties,
  unmanaged: readonly Assignment[] = [],
): StackContents {
  const { resources } = snapshot;
  const ofKind = (kind: string) => [...resources].filter(([, { type }]) => kindIn(type) === kind);
  const managedKeys = ofKind("InferenceKey").filter(([, { external }]) => !external);
  // Before Pulumi has read a guardrail, nothing about it is known.
  const guardrails = ofKind("Guardrail").filter(([, { external, outputs }]) => !external || outputs);
  const isExclusive = exclusiveIn(snapshot);
  const declared = [...resources]
    .flatMap(([urn, resource]) => assignmentsOf(urn, resource, snapshot))
    .filter((each) => !isInAccount(each.declaredBy) || !isExclusive(each));
  const linksOf = (of: Assignment["of"]) =>
    [...unmanaged, ...declared].filter((each) => each.of === of).map((each) => linkOf(each, snapshot));
  return {
    keys: new Map(managedKeys.map(([urn, resource]) => [urn, toKey(urn, resource, stateOf(urn))])),
    guardrails: new Map(guardrails.map(([urn, resource]) => [urn, toGuardrail(urn, resource, stateOf(urn))])),
    assignments: new Map(linksOf("key").map((link) => [link.identity, link])),
    members: distinctMembers(linksOf("member")),
  };
}

/** Whether an exclusive set lists all keys, or all members, of the guardrail. */
function exclusiveIn(snapshot: Snapshot): (assignment: Assignment) => boolean {
  const exclusive = [...snapshot.resources].flatMap(([urn, resource]) => {
    const set = resource.external ? undefined : setOf(resource, snapshot);
    if (!set?.isExclusive) return [];
    const { identity } = guardrailOf({ ...set, declaredBy: urn }, snapshot);
    return [...(set.keys ? [`key ${identity}`] : []), ...(set.members ? [`member ${identity}`] : [])];
  });
  return (assignment) => exclusive.includes(`${assignment.of} ${guardrailOf(assignment, snapshot).identity}`);
}

function toKey(urn: string, resource: Resource, state: Properties): Key {
  const properties = declaredByKey(resource, state);
  return {
    label: labelOf(urn, resource),
    id: resource.id ?? undefined,
    properties,
    budget: budgetOf(urn, properties, "limit", "limitReset"),
    disabled: typed<boolean>(urn, properties, "disabled", "boolean"),
    expiresAt: typed<string>(urn, properties, "expiresAt", "string"),
  };
}

function toGuardrail(urn: string, resource: Resource, state: Properties): Guardrail {
  const properties = declaredByGuardrail(resource, state);
  const budget = budgetOf(urn, properties, "limitUsd", "resetInterval");
  return { label: labelOf(urn, resource), id: resource.id ?? undefined, properties, budget };
}

function budgetOf(urn: string, properties: Properties, amount: string, reset: string): Budget {
  return {
    amount: typed<number>(urn, properties, amount, "number"),
    reset: typed<string>(urn, properties, reset, "string"),
  };
}

/** A value of an unexpected type would make a wrong figure. */
function typed<Value>(
  urn: string,
  properties: Properties,
  name: string,
  type: "boolean" | "number" | "string",
): MaybeHidden<Value> | undefined {
  const value = properties[name];
  if (value === undefined || value === null) return undefined;
  if (value instanceof Hidden || typeof value === type) return value as MaybeHidden<Value>;
  throw new UsageError(`the preview can't be reviewed: ${name} of "${parseUrn(urn).name}" is not a ${type}`);
}

/** The name in the program, with the name in the account unless that is the default. */
export function labelOf(urn: string, { parent, inputs }: Resource): Sentence {
  const { project, stack, name } = parseUrn(urn);
  const path = pathOf(urn, parent);
  const given = inputs?.name;
  const isDefault = typeof given !== "string" || given === `${project}/${stack}/${name}`;
  return isDefault || given === path ? quoted(path) : compose`${path} (${given})`;
}

function linkOf(assignment: Assignment, snapshot: Snapshot): Link {
  const { of, assignee, declaredBy, at } = assignment;
  const link = { guardrail: guardrailOf(assignment, snapshot), declaredBy };
  const identity = `${of} ${at} of ${declaredBy}`;
  if (of === "key") {
    const key = findAssignmentEnd(assignee, "InferenceKey", identity, snapshot);
    return { identity: key.identity, label: key.label, ...link };
  }
  const user = visible(assignee.value);
  if (typeof user === "string") return { identity: user, label: quoted(user), ...link };
  return { identity, label: literal("known after apply"), ...link };
}

/** A member may have several guardrails. Two resources that declare one assignment count once. */
function distinctMembers(links: readonly Link[]): Link[] {
  const isUnmanaged = ({ declaredBy }: Link) => declaredBy === UNMANAGED;
  const declared = new Set(links.filter((link) => !isUnmanaged(link)).map(({ identity }) => identity));
  const counted = links.filter((link) => !isUnmanaged(link) || !declared.has(link.identity));
  return [...new Map(counted.map((link) => [`${link.identity} ${link.guardrail.identity}`, link])).values()];
}

export function guardrailOf(
  { guardrail, declaredBy }: Pick<Assignment, "guardrail" | "declaredBy">,
  snapshot: Snapshot,
): AssignmentEnd {
  return findAssignmentEnd(guardrail, "Guardrail", `guardrail of ${declaredBy}`, snapshot);
}

/**
 * An object that the same change creates has no id yet, so the URN comes from the dependencies of the property. With
 * several dependencies of that kind it stays unknown.
 */
function findAssignmentEnd(
  { value, urns }: Reference,
  kind: string,
  identity: string,
  { resources, urnOf }: Snapshot,
): AssignmentEnd {
  const id = visible(value);
  const [candidate, another] = urns.filter((urn) => isOfKind(urn, kind));
  const urn = (typeof id === "string" ? urnOf(id) : undefined) ?? (another ? undefined : candidate);
  if (urn) {
    const resource = resources.get(urn);
    return { identity: urn, label: resource ? labelOf(urn, resource) : quoted(parseUrn(urn).name), unknown: false };
  }
  if (typeof id === "string") {
    const short = id.slice(0, 12);
    return { identity: id, label: candidate ? quoted(short) : compose`${short} (outside this stack)`, unknown: false };
  }
  return { identity, label: literal(id instanceof Hidden ? id.why : "none"), unknown: true };
}
