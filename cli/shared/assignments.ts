/** Which key or member has which guardrail, as a state or a preview declares it. A set counts as its pairs. Pure. */
import type { Resource } from "../../formats/deployment";
import { kindIn } from "../../formats/typeTokens";
import { isUnknown } from "../../formats/values";
import { parseStamp } from "../../provider/host/stamp";

export type Assignee = "key" | "member";

/** A value of a property, and the URNs of the resources that it depends on. */
export interface Reference {
  value: unknown;
  urns: readonly string[];
}

export interface Assignment {
  of: Assignee;
  guardrail: Reference;
  /** Hash of the key, or user id of the member. */
  assignee: Reference;
  /** URN of the pair or the set. */
  declaredBy: string;
  /** Index in the set. */
  at: number;
}

/** Keys or members of a set. */
export interface AssigneeList {
  items: readonly Reference[];
  /** Which part will be known only after apply. */
  unknown: "nothing" | "some elements" | "the whole list";
  /** How many elements can't be matched to keys before apply; `some` if their number is unknown too. */
  unresolved: number | "some";
  /** URNs of the keys that the unresolved elements may be. */
  candidates: readonly string[];
}

export interface AssignmentSet {
  guardrail: Reference;
  /** Undefined if the set does not manage keys, or members. */
  keys: AssigneeList | undefined;
  members: AssigneeList | undefined;
  /** Whether it unassigns keys and members that it does not list. */
  isExclusive: boolean;
  /** Hashes in the set that are not keys of this stack. */
  foreign: readonly string[];
}

/** The other resources of the state or preview. */
export interface Known {
  urnOf(id: string): string | undefined;
  has(urn: string): boolean;
}

const NOTHING_KNOWN: Known = { urnOf: () => undefined, has: () => false };

/** The inputs of a set. */
export const LISTS: Readonly<Record<Assignee, string>> = { key: "keyHashes", member: "userIds" };

/** What a preview has instead of a secret. */
const SECRET_IN_PREVIEWS = "[secret]";

/** The assignments that one resource declares. Empty unless it is a pair or a set. */
export function assignmentsOf(urn: string, resource: Resource, known: Known = NOTHING_KNOWN): Assignment[] {
  const kind = kindIn(resource.type);
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
  if (kindIn(resource.type) !== "GuardrailAssignments") return undefined;
  return {
    guardrail: referenceTo(resource, "guardrailId"),
    keys: listOf(resource, "key", known),
    members: listOf(resource, "member", known),
    isExclusive: propertiesIn(resource).exclusive !== false,
    foreign: Array.isArray(resource.outputs?.__foreign) ? resource.outputs.__foreign.filter(isShown) : [],
  };
}

/**
 * The inputs. A resource that is only read declares nothing, so its outputs count. So do those of a set whose last update
 * failed: they have the changes that were applied.
 */
function propertiesIn({ type, inputs, outputs, external }: Resource): Record<string, unknown> {
  const isUnfinished = kindIn(type) === "GuardrailAssignments" && parseStamp(outputs?.__origin)?.unfinished === true;
  return (external || isUnfinished ? outputs : inputs) ?? {};
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
  return kindIn(urn.split("::")[2]?.split("$").at(-1) ?? "") === "InferenceKey";
}

/** A list of unknown length, which the program computes from these keys. */
function hiddenList(value: unknown, keys: readonly string[]): AssigneeList {
  return {
    items: keys.map((urn) => ({ value, urns: [urn] })),
    unknown: "the whole list",
    unresolved: keys.length > 0 ? 0 : "some",
    candidates: [],
  };
}

/** Unknown elements count as the keys that match no known element, if there are as many of each. */
function keyList(elements: readonly unknown[], keys: readonly string[], { urnOf, has }: Known): AssigneeList {
  const shown = elements.filter(isShown);
  const hidden = elements.filter((element) => !isShown(element));
  const named = new Set(shown.map(urnOf));
  const others = keys.filter((urn) => !named.has(urn));
  // Without the state, keys that don't change are not in the preview. A hash can be matched to such a key only if there
  // is exactly one hash and one key.
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

/** A member is not a resource, so an unknown id can't be matched to one. */
function memberList(elements: readonly unknown[]): AssigneeList {
  const items = elements.map((value) => ({ value, urns: [] }));
  const unknown = elements.every(isShown) ? "nothing" : "some elements";
  return { items, unknown, unresolved: 0, candidates: [] };
}

function isShown(element: unknown): element is string {
  return typeof element === "string" && !isUnknown(element) && element !== SECRET_IN_PREVIEWS;
}
