/** The keys, guardrails and assignments of one world, with each assignment's ends found. */

import type { Resource } from "../../formats/deployment";
import { parseUrn } from "../../formats/urn";
import { type Assignment, assignmentsOf, type Known, kindOf, type Reference, setOf } from "../shared/assignments";
import { UsageError } from "../shared/terminal";
import { isLive } from "./adopted";
import { declaredByGuardrail, declaredByKey, type Properties } from "./declared";
import { type Budget, Hidden, type Shown, type Spender } from "./exposure";
import { compose, own, quoted, type Sentence } from "./sentence";
import { pathOf, type Resources, visible } from "./worlds";

export interface Key extends Spender {
  label: Sentence;
  id: string | undefined;
  properties: Properties;
}

export interface Guardrail {
  label: Sentence;
  id: string | undefined;
  budget: Budget;
  properties: Properties;
}

/** An end of an assignment. What the stack doesn't manage has a name all the same. */
export interface AssignmentEnd {
  /** The URN if the stack has it; something of its own otherwise. */
  identity: string;
  label: Sentence;
  /** Known after apply. */
  unknown: boolean;
}

export interface Link {
  guardrail: AssignmentEnd;
  /** URN of the pair or set that declares it. */
  declaredBy: string;
}

export interface KeyLink extends Link {
  key: AssignmentEnd;
}

export interface Member extends Link {
  /** Tells members apart. */
  identity: string;
  user: Sentence;
}

export interface StackContents {
  /** By URN. */
  keys: ReadonlyMap<string, Key>;
  guardrails: ReadonlyMap<string, Guardrail>;
  /** By identity of the key: its guardrail, with the key's label. */
  assignments: ReadonlyMap<string, KeyLink>;
  members: readonly Member[];
}

/** In place of the URN of the resource that declares an assignment: none does, or none for certain. */
export const UNMANAGED = "";

/** Finds the ends of assignments. */
export interface Lookup extends Known {
  resources: Resources;
}

/** @param urnOf The URN of each object, from both worlds: a preview doesn't repeat the ids of what it changes. */
export function lookupIn(resources: Resources, urnOf: ReadonlyMap<string, string>): Lookup {
  return { resources, urnOf: (id) => urnOf.get(id), has: (urn) => resources.has(urn) };
}

/**
 * @param stateOf The outputs that an object has before the change.
 * @param undeclared Assignments that no resource declares; a declared one of the same key counts instead.
 */
export function contentsOf(
  lookup: Lookup,
  stateOf: (urn: string) => Properties,
  undeclared: readonly Assignment[] = [],
): StackContents {
  const { resources } = lookup;
  const ofKind = (kind: string) => [...resources].filter(([, { type }]) => kindOf(type) === kind);
  const ruled = ruledBySets(lookup);
  const isRuled = (each: Assignment) => ruled.has(`${each.of} ${guardrailOf(each, lookup).identity}`);
  const declared = [...resources]
    .flatMap(([urn, resource]) => assignmentsOf(urn, resource, lookup))
    .filter((each) => !isLive(each.declaredBy) || !isRuled(each));
  const linksOf = (of: Assignment["of"]) => [...undeclared, ...declared].filter((each) => each.of === of);
  const links = linksOf("key").map((each) => keyLink(each, lookup));
  const managedKeys = ofKind("InferenceKey").filter(([, { external }]) => !external);
  return {
    keys: new Map(managedKeys.map(([urn, resource]) => [urn, toKey(urn, resource, stateOf(urn))])),
    guardrails: new Map(ofKind("Guardrail").map(([urn, resource]) => [urn, toGuardrail(urn, resource, stateOf(urn))])),
    assignments: new Map(links.map((link) => [link.key.identity, link])),
    members: membersOf(linksOf("member"), lookup),
  };
}

/** Keys or members of which guardrails are only those that an exclusive set lists. */
function ruledBySets(lookup: Lookup): Set<string> {
  const ruled = [...lookup.resources].flatMap(([urn, resource]) => {
    const set = resource.external ? undefined : setOf(resource, lookup);
    if (!set?.isExclusive) return [];
    const { identity } = guardrailOf({ ...set, declaredBy: urn }, lookup);
    return [...(set.keys ? [`key ${identity}`] : []), ...(set.members ? [`member ${identity}`] : [])];
  });
  return new Set(ruled);
}

/** Also of keys that are in neither world: a pair that depends on one key alone has its hash. */
export function urnsById(...worlds: readonly Resources[]): Map<string, string> {
  const known = worlds.flatMap((resources) => [...resources]);
  const pairs = known.flatMap(([urn, resource]) => {
    if (kindOf(resource.type) !== "GuardrailKeyAssignment") return [];
    return assignmentsOf(urn, resource).flatMap(({ assignee: { value, urns } }): [string, string][] => {
      const [key, another] = urns.filter((each) => isOfKind(each, "InferenceKey"));
      return typeof visible(value) === "string" && key && !another ? [[value as string, key]] : [];
    });
  });
  return new Map([...pairs, ...known.flatMap(([urn, { id }]) => (id ? [[id, urn] as const] : []))]);
}

function toKey(urn: string, resource: Resource, state: Properties): Key {
  const properties = declaredByKey(resource, state);
  const disabled = typed<boolean>(urn, properties, "disabled", "boolean");
  const expiresAt = typed<string>(urn, properties, "expiresAt", "string");
  return {
    label: labelOf(urn, resource),
    id: resource.id ?? undefined,
    properties,
    budget: budgetOf(urn, properties, "limit", "limitReset"),
    ...(disabled !== undefined && { disabled }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

function toGuardrail(urn: string, resource: Resource, state: Properties): Guardrail {
  const properties = declaredByGuardrail(resource, state);
  return {
    label: labelOf(urn, resource),
    id: resource.id ?? undefined,
    properties,
    budget: budgetOf(urn, properties, "limitUsd", "resetInterval"),
  };
}

function budgetOf(urn: string, properties: Properties, limit: string, interval: string): Budget {
  const amount = typed<number>(urn, properties, limit, "number");
  const reset = typed<string>(urn, properties, interval, "string");
  return { ...(amount !== undefined && { amount }), ...(reset !== undefined && { reset }) };
}

/** What is read wrongly would be money counted wrongly. */
function typed<Value>(urn: string, properties: Properties, name: string, type: string): Shown<Value> | undefined {
  const value = properties[name];
  if (value === undefined || value === null) return undefined;
  if (value instanceof Hidden || typeof value === type) return value as Shown<Value>;
  throw new UsageError(`"${parseUrn(urn).name}" has a ${name} that is not a ${type}: this form is not known here`);
}

/** The name in the program, and the name in the account if that is another than the default. */
export function labelOf(urn: string, { parent, inputs }: Resource): Sentence {
  const { project, stack, name } = parseUrn(urn);
  const path = pathOf(urn, parent);
  const given = inputs?.name;
  const isDefault = typeof given !== "string" || given === `${project}/${stack}/${name}`;
  return isDefault || given === path ? quoted(path) : compose`${path} (${given})`;
}

function keyLink(assignment: Assignment, lookup: Lookup): KeyLink {
  const { assignee, declaredBy, at } = assignment;
  const key = findAssignmentEnd(assignee, "InferenceKey", `key ${at} of ${declaredBy}`, lookup);
  return { key, guardrail: guardrailOf(assignment, lookup), declaredBy };
}

function toMember(assignment: Assignment, lookup: Lookup): Member {
  const { assignee, declaredBy, at } = assignment;
  const user = visible(assignee.value);
  const [identity, words] =
    typeof user === "string" ? [user, quoted(user)] : [`member ${at} of ${declaredBy}`, own("known after apply")];
  return { identity, user: words, guardrail: guardrailOf(assignment, lookup), declaredBy };
}

/** What no resource declares counts only for a member that none declares. Two resources of one assignment count once. */
function membersOf(assignments: readonly Assignment[], lookup: Lookup): Member[] {
  const all = assignments.map((each) => toMember(each, lookup));
  const declared = new Set(all.filter(({ declaredBy }) => declaredBy !== UNMANAGED).map(({ identity }) => identity));
  const counted = all.filter(({ declaredBy, identity }) => declaredBy !== UNMANAGED || !declared.has(identity));
  return [...new Map(counted.map((each) => [`${each.identity} ${each.guardrail.identity}`, each])).values()];
}

export function guardrailOf(
  { guardrail, declaredBy }: Pick<Assignment, "guardrail" | "declaredBy">,
  lookup: Lookup,
): AssignmentEnd {
  return findAssignmentEnd(guardrail, "Guardrail", `guardrail of ${declaredBy}`, lookup);
}

/**
 * An end that is made by the same change has no id yet: then the URN is what the property depends on. Nothing is known
 * of an end that depends on several.
 */
function findAssignmentEnd(
  { value, urns }: Reference,
  kind: string,
  identity: string,
  { resources, urnOf }: Lookup,
): AssignmentEnd {
  const id = visible(value);
  const [candidate, another] = urns.filter((urn) => isOfKind(urn, kind));
  const urn = (typeof id === "string" ? urnOf(id) : undefined) ?? (another ? undefined : candidate);
  if (urn) {
    const resource = resources.get(urn);
    return { identity: urn, label: resource ? labelOf(urn, resource) : quoted(parseUrn(urn).name), unknown: false };
  }
  if (typeof id === "string") {
    const label = candidate ? quoted(id.slice(0, 12)) : compose`${id.slice(0, 12)} of elsewhere`;
    return { identity: id, label, unknown: false };
  }
  return { identity, label: own(id instanceof Hidden ? id.why : "none"), unknown: true };
}

function isOfKind(urn: string, kind: string): boolean {
  return kindOf(parseUrn(urn).type) === kind;
}
