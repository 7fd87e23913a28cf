/** The resources of a program for what is taken over: named, and referring to each other. Pure. */
import { type Named, newNames } from "./identifiers";
import type { Adoptable, AdoptableSet, Selection } from "./selection";
import { Code } from "./source";

export interface Resource extends Adoptable {
  /** Name of the resource in Pulumi. */
  name: string;
  /** What the program calls it, where another resource refers to it. */
  identifier?: string;
  /** What the program passes: the inputs, with references to other resources. */
  args: Readonly<Record<string, unknown>>;
  /** Of a set, how many more keys and members have its guardrail. */
  others?: number;
}

/** What is referred to comes first. */
export function resourcesOf({ guardrails, keys, sets }: Selection): Resource[] {
  const nameOf = newNames();
  const named = new Map<unknown, Named>();
  for (const { id, inputs } of keys) named.set(id, nameOf("key", String(inputs.name)));
  for (const guardrail of guardrails) {
    named.set(
      guardrail.id,
      nameOf("guardrail", guardrail.isPermanent ? "workspace default" : String(guardrail.inputs.name)),
    );
  }

  const referredTo = new Set(sets.flatMap(({ inputs }) => [inputs.guardrailId, ...listIn(inputs.keyHashes)]));
  const objects = [...guardrails, ...keys].map((taken): Resource => {
    const { name, identifier } = named.get(taken.id) as Named;
    const reference = referredTo.has(taken.id) ? { identifier } : {};
    return { ...taken, name, ...reference, args: taken.inputs };
  });
  return [...objects, ...sets.map((set) => setResource(set, named))];
}

/** Named like its guardrail, which has no other. */
function setResource(set: AdoptableSet, named: ReadonlyMap<unknown, Named>): Resource {
  const { guardrailId, keyHashes, ...others } = set.inputs;
  const { name, identifier } = named.get(guardrailId) as Named;
  const ids = listIn(keyHashes).map((hash) => {
    const key = named.get(hash);
    return key ? new Code(`${key.identifier}.id`) : hash;
  });
  const args = { guardrail: new Code(identifier), ...(keyHashes !== undefined && { keyHashes: ids }), ...others };
  return { ...set, name, args };
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
