/** The resources of the program: named, and referring to each other. Pure. */
import { holdsNoKey } from "../../provider/text";
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

type Names = ReturnType<typeof newNames>;
type Identities = ReadonlyMap<unknown, Identity>;

/** Each resource comes after those that it refers to. */
export function resourcesOf({ guardrails, keys, sets, pairs }: Selection): Resource[] {
  const nameFor = newNames();
  const identities = new Map<unknown, Identity>();
  for (const key of keys) identities.set(key.id, nameFor("key", wordsFor(key)));
  for (const guardrail of guardrails) identities.set(guardrail.id, nameFor("guardrail", wordsFor(guardrail)));
  const assigned = [...sets, ...pairs].map(({ inputs }) => inputs);
  const references = new Set(
    assigned.flatMap((inputs) => [inputs.guardrailId, inputs.keyHash, ...listIn(inputs.keyHashes)]),
  );
  const objects = [...guardrails, ...keys].map((object): Resource => {
    const { name, identifier } = identities.get(object.id) as Identity;
    return { ...object, name, ...(references.has(object.id) && { identifier }), args: object.inputs };
  });
  return [
    ...objects,
    ...sets.map((set) => setResource(set, identities)),
    ...pairs.map((pair) => pairResource(pair, identities, nameFor)),
  ];
}

function wordsFor({ path, inputs, isPermanent }: Adoptable): string {
  if (path !== undefined) return holdsNoKey(path) ? path : "";
  return isPermanent ? "workspace default" : String(inputs.name);
}

/** Named like its guardrail, which has only this set. */
function setResource(set: Adoptable, identities: Identities): Resource {
  const { guardrailId, keyHashes, ...others } = set.inputs;
  const { name, identifier } = identities.get(guardrailId) as Identity;
  const ids = listIn(keyHashes).map((hash) => reference(hash, identities));
  const args = { guardrail: new Code(identifier), ...(keyHashes !== undefined && { keyHashes: ids }), ...others };
  return { ...set, name, args };
}

function pairResource(pair: Adoptable, identities: Identities, nameFor: Names): Resource {
  const args = Object.entries(pair.inputs).map(([input, id]) => [input, reference(id, identities)]);
  return { ...pair, name: nameFor("assignment", wordsFor(pair)).name, args: Object.fromEntries(args) };
}

/** The id of a resource of the program; of another object, the id itself. */
function reference(id: unknown, identities: Identities): unknown {
  const identity = identities.get(id);
  return identity ? new Code(`${identity.identifier}.id`) : id;
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
