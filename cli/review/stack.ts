/** The keys, guardrails and assignments of one world, with each assignment's ends found. */
import { TYPE_PREFIX } from "../../provider/dynamic/contract";
import { parseUrn } from "../../sdk/testing/engine/urn";
import type { Resource } from "../state";
import { UsageError } from "../terminal";
import { declaredByGuardrail, declaredByKey, type Properties } from "./declared";
import { type Budget, Hidden, type Shown, type Spender } from "./exposure";
import { own, quoted, type Sentence, say } from "./sentence";
import { pathOf, propertiesOf, type Resources } from "./worlds";

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
export interface End {
  /** The URN if the stack has it; something of its own otherwise. */
  identity: string;
  label: Sentence;
  /** Known after apply. */
  unknown: boolean;
}

export interface Member {
  user: Sentence;
  guardrail: End;
}

export interface StackContents {
  /** By URN. */
  keys: ReadonlyMap<string, Key>;
  guardrails: ReadonlyMap<string, Guardrail>;
  /** By identity of the key: its guardrail, with the key's label. */
  assignments: ReadonlyMap<string, { key: End; guardrail: End }>;
  /** By URN of the assignment. */
  members: ReadonlyMap<string, Member>;
}

/** The kind of a resource of ours. */
export function kindOf(type: string): string | undefined {
  return type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : undefined;
}

/**
 * @param urnOf The URN of each object, from both worlds: a preview doesn't repeat the ids of what it changes.
 * @param stateOf The outputs that an object has before the change.
 */
export function contentsOf(
  resources: Resources,
  urnOf: ReadonlyMap<string, string>,
  stateOf: (urn: string) => Properties,
): StackContents {
  const ofKind = (kind: string) => [...resources].filter(([, { type }]) => kindOf(type) === kind);
  const end = (resource: Resource, property: string, kind: string) =>
    findEnd(resource, property, kind, resources, urnOf);
  const links = ofKind("GuardrailKeyAssignment").map(([, resource]) => ({
    key: end(resource, "keyHash", "InferenceKey"),
    guardrail: end(resource, "guardrailId", "Guardrail"),
  }));
  const managedKeys = ofKind("InferenceKey").filter(([, { external }]) => !external);
  return {
    keys: new Map(managedKeys.map(([urn, resource]) => [urn, toKey(urn, resource, stateOf(urn))])),
    guardrails: new Map(ofKind("Guardrail").map(([urn, resource]) => [urn, toGuardrail(urn, resource, stateOf(urn))])),
    assignments: new Map(links.map((link) => [link.key.identity, link])),
    members: new Map(
      ofKind("GuardrailMemberAssignment").map(([urn, resource]) => [
        urn,
        { user: userOf(resource), guardrail: end(resource, "guardrailId", "Guardrail") },
      ]),
    ),
  };
}

export function urnsById(...worlds: readonly Resources[]): Map<string, string> {
  const known = worlds.flatMap((resources) => [...resources]);
  return new Map(known.flatMap(([urn, { id }]) => (id ? [[id, urn] as const] : [])));
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
  return isDefault || given === path ? quoted(path) : say`${path} (${given})`;
}

/**
 * An end that is made by the same change has no id yet: then the URN is what the property depends on. Nothing is known
 * of an end that depends on several.
 */
function findEnd(
  assignment: Resource,
  property: string,
  kind: string,
  resources: Resources,
  urnOf: ReadonlyMap<string, string>,
): End {
  const id = propertiesOf(assignment)[property];
  const candidates = (assignment.propertyDependencies?.[property] ?? []).filter((urn) => {
    return kindOf(parseUrn(urn).type) === kind;
  });
  const urn =
    (typeof id === "string" ? urnOf.get(id) : undefined) ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (urn) {
    const resource = resources.get(urn);
    return { identity: urn, label: resource ? labelOf(urn, resource) : quoted(parseUrn(urn).name), unknown: false };
  }
  if (typeof id === "string") return { identity: id, label: say`${id.slice(0, 12)} of elsewhere`, unknown: false };
  return {
    identity: `${property} of ${assignment.urn}`,
    label: own(id instanceof Hidden ? id.why : "none"),
    unknown: true,
  };
}

function userOf(resource: Resource): Sentence {
  const { userId } = propertiesOf(resource);
  return typeof userId === "string" ? quoted(userId) : own("known after apply");
}
