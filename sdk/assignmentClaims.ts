/**
 * Assignments that contradict each other, found while the program runs. Two resources that assign one key would take it
 * from each other at every `up`, and an exclusive set would remove what another resource assigns to its guardrail.
 *
 * What isn't known in a preview is compared in the update.
 */
import * as pulumi from "@pulumi/pulumi";
import { rejection } from "./texts";

/** Of each run of a program: the Automation API runs several in one process. */
interface Claims {
  /** Which resource assigns a key. */
  keys: Map<string, string>;
  /** Which set a guardrail has, by the guardrail's id, and by the resource where the id isn't known yet. */
  sets: Map<string, SetClaim>;
  setsOf: Map<pulumi.Resource, string>;
  /** Guardrails with single assignments, and one of these. */
  pairs: Map<string, string>;
}

interface SetClaim {
  owner: string;
  /** Kinds of pairs that the set would remove: `GuardrailKeyAssignment`, `GuardrailMemberAssignment`. */
  removes: readonly string[];
}

const claimsOf = new WeakMap<object, Claims>();
const noStack = {};

function claims(): Claims {
  const run = pulumi.runtime.getStackResource() ?? noStack;
  const known = claimsOf.get(run) ?? { keys: new Map(), sets: new Map(), setsOf: new Map(), pairs: new Map() };
  claimsOf.set(run, known);
  return known;
}

/** The hash, once no other resource of the program assigns the key. */
export function claimKey(kind: string, name: string, keyHash: pulumi.Input<string>): pulumi.Output<string> {
  const { keys } = claims();
  return pulumi.output(keyHash).apply((hash) => {
    if (hash === undefined) return hash;
    const owner = `${kind} "${name}"`;
    const other = keys.get(hash) ?? owner;
    if (other !== owner) {
      throw rejection(
        `${both(other, owner)} assign the same key. ` +
          "A key has one guardrail at most, so they would take it from each other: keep one of them.",
      );
    }
    keys.set(hash, owner);
    return hash;
  });
}

/** `GuardrailKeyAssignment "a" and "b"`: the kind once if it is the same. */
function both(one: string, other: string): string {
  const kind = one.slice(0, one.indexOf('"'));
  return `${one} and ${other.startsWith(kind) ? other.slice(kind.length) : other}`;
}

/** The guardrail of a single assignment, once no set would remove it. */
export function claimPair(kind: string, name: string, guardrailId: pulumi.Input<string>): pulumi.Output<string> {
  const { sets, pairs } = claims();
  return pulumi.output(guardrailId).apply((id) => {
    const set = sets.get(id);
    if (set?.removes.includes(kind)) throw removedBy(set.owner, `${kind} "${name}"`);
    pairs.set(`${kind} ${id}`, `${kind} "${name}"`);
    return id;
  });
}

/** @throws if another set of the program has the guardrail. */
export function claimGuardrail(name: string, guardrail: pulumi.Resource): void {
  const { setsOf } = claims();
  const owner = `GuardrailAssignments "${name}"`;
  const other = setsOf.get(guardrail);
  if (other !== undefined) throw twoSets(other, owner);
  setsOf.set(guardrail, owner);
}

function twoSets(one: string, other: string): pulumi.RunError {
  return rejection(`${both(one, other)} manage the same guardrail. Merge them into one.`);
}

/** The guardrail of a set, once no other resource of the program contradicts it. */
export function claimSet(
  name: string,
  guardrailId: pulumi.Input<string>,
  exclusive: pulumi.Input<boolean | undefined> | undefined,
  manages: { keys: boolean; members: boolean },
): pulumi.Output<string> {
  const { sets, pairs } = claims();
  const owner = `GuardrailAssignments "${name}"`;
  return pulumi.all([guardrailId, exclusive]).apply(([id, isExclusive]) => {
    const other = sets.get(id);
    if (other && other.owner !== owner) throw twoSets(other.owner, owner);
    const managed = [
      ...(manages.keys ? ["GuardrailKeyAssignment"] : []),
      ...(manages.members ? ["GuardrailMemberAssignment"] : []),
    ];
    const removes = (isExclusive ?? true) ? managed : [];
    for (const kind of removes) {
      const pair = pairs.get(`${kind} ${id}`);
      if (pair) throw removedBy(owner, pair);
    }
    sets.set(id, { owner, removes });
    return id;
  });
}

function removedBy(set: string, pair: string): pulumi.RunError {
  return rejection(
    `${set} and ${pair} are for the same guardrail, and the set would remove what it does not list. ` +
      "List it in the set and remove the single assignment, or declare the set with `exclusive: false`.",
  );
}
