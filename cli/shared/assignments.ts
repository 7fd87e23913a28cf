/**
 * Which key or member has which guardrail, as the resources of a state or a preview declare it. A set counts as its
 * pairs: nothing that reads a state or a preview needs to know which of the two a program has. Pure.
 */

import type { Resource } from "../../formats/deployment";
import { TYPE_PREFIX } from "../../formats/typeTokens";
import { isUnknown } from "../../formats/values";
import { parseStamp } from "../../provider/dynamic/stamp";

export type Assignee = "key" | "member";

/** A value of a property, and the resources that it depends on. */
export interface Reference {
  value: unknown;
  urns: readonly string[];
}

export interface Assignment {
  of: Assignee;
  guardrail: Reference;
  /** The key by its hash, or the member by the user id. */
  assignee: Reference;
  /** URN of the pair or the set. */
  declaredBy: string;
  /** Its place in the set. */
  at: number;
}

/** Keys or members of a set. */
export interface AssigneeList {
  items: readonly Reference[];
  /** What of it can't be shown before apply. */
  unknown: "nothing" | "some elements" | "the whole list";
  /** How many of its elements can't be resolved before apply; `some` if not even their number is known. */
  unresolved: number | "some";
  /** URNs of the keys that may be among the unresolved. */
  candidates: readonly string[];
}

export interface AssignmentSet {
  guardrail: Reference;
  /** Undefined: the set does not manage them. */
  keys: AssigneeList | undefined;
  members: AssigneeList | undefined;
  /** What it does not list is removed. */
  isExclusive: boolean;
  /** Hashes of its keys that were assigned outside the program. */
  foreign: readonly string[];
}

/** Resources of the same state or preview. */
export interface Known {
  urnOf(id: string): string | undefined;
  has(urn: string): boolean;
}

const NOTHING_KNOWN: Known = { urnOf: () => undefined, has: () => false };

/** The inputs of a set that list them. */
export const LISTS: Readonly<Record<Assignee, string>> = { key: "keyHashes", member: "userIds" };

/** Stands for a secret in a preview. */
const SECRET_IN_PREVIEWS = "[secret]";

/** The kind of a resource of ours. */
export function kindOf(type: string): string | undefined {
  return type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : undefined;
}

/** All that one resource declares. None, unless it is a pair or a set. */
export function assignmentsOf(urn: string, resource: Resource, known: Known = NOTHING_KNOWN): Assignment[] {
  const kind = kindOf(resource.type);
  const guardrail = referenceTo(resource, "guardrailId");
  const all = (of: Assignee, assignees: readonly Reference[]) =>
    assignees.map((assignee, at): Assignment => ({ of, guardrail, assignee, declaredBy: urn, at }));
  if (kind === "GuardrailKeyAssignment") return all("key", [referenceTo(resource, "keyHash")]);
  if (kind === "GuardrailMemberAssignment") return all("member", [referenceTo(resource, "userId")]);
  const set = setOf(resource, known);
  return [...all("key", set?.keys?.items ?? []), ...all("member", set?.members?.items ?? [])];
}

/** Undefined unless the resource is a set. */
export function setOf(resource: Resource, known: Known = NOTHING_KNOWN): AssignmentSet | undefined {
  if (kindOf(resource.type) !== "GuardrailAssignments") return undefined;
  return {
    guardrail: referenceTo(resource, "guardrailId"),
    keys: listOf(resource, "key", known),
    members: listOf(resource, "member", known),
    isExclusive: propertiesIn(resource).exclusive !== false,
    foreign: Array.isArray(resource.outputs?.__foreign) ? resource.outputs.__foreign.filter(isShown) : [],
  };
}

/**
 * What was declared. What is only read declares nothing, so there it is what was found; and of a set whose last change
 * failed halfway, only what was done.
 */
function propertiesIn({ type, inputs, outputs, external }: Resource): Record<string, unknown> {
  const isHalfDone = kindOf(type) === "GuardrailAssignments" && parseStamp(outputs?.__origin)?.unfinished === true;
  return (external || isHalfDone ? outputs : inputs) ?? {};
}

function referenceTo(resource: Resource, property: string): Reference {
  return { value: propertiesIn(resource)[property], urns: resource.propertyDependencies?.[property] ?? [] };
}

function listOf(resource: Resource, of: Assignee, known: Known): AssigneeList | undefined {
  const { value, urns } = referenceTo(resource, LISTS[of]);
  if (value === undefined || value === null) return undefined;
  const keys = of === "key" ? urns.filter(isKey) : [];
  if (!Array.isArray(value)) return hiddenList(value, keys);
  return of === "key" ? keyList(value, keys, known) : memberList(value);
}

function isKey(urn: string): boolean {
  return urn.split("::")[2]?.split("$").at(-1) === `${TYPE_PREFIX}InferenceKey`;
}

/** A list of which not even the length is known: the program made it of these keys. */
function hiddenList(value: unknown, keys: readonly string[]): AssigneeList {
  return {
    items: keys.map((urn) => ({ value, urns: [urn] })),
    unknown: "the whole list",
    unresolved: keys.length > 0 ? 0 : "some",
    candidates: [],
  };
}

/** The elements that can't be shown are the keys that no other element is, if these are as many. */
function keyList(elements: readonly unknown[], keys: readonly string[], { urnOf, has }: Known): AssigneeList {
  const shown = elements.filter(isShown);
  const hidden = elements.filter((element) => !isShown(element));
  const named = new Set(shown.map(urnOf));
  const others = keys.filter((urn) => !named.has(urn));
  // Without the state these are keys that don't change: which one has which hash is known only if there is one of each.
  const absent = others.filter((urn) => !has(urn));
  const isClear = absent.length > 1 || shown.filter((id) => urnOf(id) === undefined).length === 1;
  const perhaps = isClear ? absent.slice(0, 2) : [];
  const candidates = hidden.length > 0 ? others.filter(has) : [];
  const isResolved = candidates.length === hidden.length;
  return {
    items: [
      ...shown.map((value) => ({ value, urns: perhaps })),
      ...(isResolved ? candidates.map((urn) => ({ value: hidden[0], urns: [urn] })) : []),
    ],
    unknown: hidden.length > 0 ? "some elements" : "nothing",
    unresolved: isResolved ? 0 : hidden.length,
    candidates: isResolved ? [] : candidates,
  };
}

/** A member is no resource, so that nothing tells which one an unknown id is of. */
function memberList(elements: readonly unknown[]): AssigneeList {
  const items = elements.map((value) => ({ value, urns: [] }));
  const unknown = elements.every(isShown) ? "nothing" : "some elements";
  return { items, unknown, unresolved: 0, candidates: [] };
}

function isShown(element: unknown): element is string {
  return typeof element === "string" && !isUnknown(element) && element !== SECRET_IN_PREVIEWS;
}
