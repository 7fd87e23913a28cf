/**
 * Finds contradicting assignments while the program runs. Two resources that assign one key would move it back and forth at
 * every `up`, and an exclusive set would remove the assignments that other resources declare for its guardrail.
 *
 * Values that are unknown in a preview are compared during the update.
 */
import * as pulumi from "@pulumi/pulumi";
import { rejection } from "./messages";

/** The claims of one program run: a process of the Automation API may run several. */
interface Claims {
  /** Key hash → the resource that assigns it. */
  keys: Map<string, string>;
  /** Guardrail id → its set. */
  sets: Map<string, SetClaim>;
  /** Guardrail → its set, as long as the id is unknown. */
  setsOf: Map<pulumi.Resource, string>;
  /** Kind of single assignment and guardrail id → one of these assignments. */
  pairs: Map<string, string>;
}

interface SetClaim {
  owner: string;
  /** Kinds of single assignments that the set would remove. */
  removes: readonly string[];
}

const claimsOf = new WeakMap<object, Claims>();
const noStack = {};

function claims(): Claims {
  const run = pulumi.runtime.getStackResource() ?? noStack;
  const found = claimsOf.get(run) ?? { keys: new Map(), sets: new Map(), setsOf: new Map(), pairs: new Map() };
  claimsOf.set(run, found);
  return found;
}

/** Returns the hash. @throws if another resource of the program assigns the key */
export function claimKey(kind: string, name: string, keyHash: pulumi.Input<string>): pulumi.Output<string> {
  const { keys } = claims();
  return pulumi.output(keyHash).apply((hash) => {
    if (hash === undefined) return hash;
    const owner = `${kind} "${name}"`;
    const other = keys.get(hash) ?? owner;
    if (other !== owner) {
      throw rejection(`${both(other, owner)} assign the same key. A key has one guardrail at most: keep one of them.`);
    }
    keys.set(hash, owner);
    return hash;
  });
}

/** `GuardrailKeyAssignment "a" and "b"` */
function both(one: string, other: string): string {
  const kind = one.slice(0, one.indexOf('"'));
  return `${one} and ${other.startsWith(kind) ? other.slice(kind.length) : other}`;
}

/** Returns the guardrail of a single assignment. @throws if a set of the program would remove the assignment */
export function claimPair(kind: string, name: string, guardrailId: pulumi.Input<string>): pulumi.Output<string> {
  const { sets, pairs } = claims();
  return pulumi.output(guardrailId).apply((id) => {
    const set = sets.get(id);
    if (set?.removes.includes(kind)) throw removedBy(set.owner, `${kind} "${name}"`);
    pairs.set(`${kind} ${id}`, `${kind} "${name}"`);
    return id;
  });
}

/** @throws if another set of the program manages the guardrail */
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

/** Returns the guardrail of a set. @throws if another resource of the program contradicts the set */
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
    `${set} and ${pair} are for the same guardrail, and the set would remove assignments that it does not list. ` +
      "Either list the assignee in the set and remove the single assignment, or declare the set with `exclusive: false`.",
  );
}
