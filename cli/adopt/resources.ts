/** The resources of the program: named, and referring to each other. Pure. */
import type { Adoptable } from "./adoptable";
import { type Identity, newNames } from "./identifiers";
import type { Selection } from "./selection";
import { Code } from "./source";

export interface Resource extends Adoptable {
  /** Name of the resource in Pulumi. */
  name: string;
  /** Name of its constant in the program, if another resource refers to it. */
  identifier?: string;
  /** What the program passes: the inputs, with references to other resources. */
  args: Readonly<Record<string, unknown>>;
}

/** Each resource comes after those that it refers to. */
export function resourcesOf({ guardrails, keys, sets }: Selection): Resource[] {
  const nameFor = newNames();
  const identities = new Map<unknown, Identity>();
  for (const { id, inputs } of keys) identities.set(id, nameFor("key", String(inputs.name)));
  for (const { id, inputs, isPermanent } of guardrails) {
    identities.set(id, nameFor("guardrail", isPermanent ? "workspace default" : String(inputs.name)));
  }
  const references = new Set(sets.flatMap(({ inputs }) => [inputs.guardrailId, ...listIn(inputs.keyHashes)]));
  const objects = [...guardrails, ...keys].map((object): Resource => {
    const { name, identifier } = identities.get(object.id) as Identity;
    return { ...object, name, ...(references.has(object.id) && { identifier }), args: object.inputs };
  });
  return [...objects, ...sets.map((set) => setResource(set, identities))];
}

/** Named like its guardrail, which has only this set. */
function setResource(set: Adoptable, identities: ReadonlyMap<unknown, Identity>): Resource {
  const { guardrailId, keyHashes, ...others } = set.inputs;
  const { name, identifier } = identities.get(guardrailId) as Identity;
  const ids = listIn(keyHashes).map((hash) => {
    const key = identities.get(hash);
    return key ? new Code(`${key.identifier}.id`) : hash;
  });
  const args = { guardrail: new Code(identifier), ...(keyHashes !== undefined && { keyHashes: ids }), ...others };
  return { ...set, name, args };
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
