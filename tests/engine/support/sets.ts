/** Parts of programs with keys, guardrails and their assignments. */
import type { Simulator } from "../../../testing/index";
import { type Declaration, type DeclaredStack, errorsOf, type Outcome, touched, writes } from "./declaredStack";

export const keys = (...names: string[]): Declaration =>
  Object.fromEntries(names.map((name) => [name, { kind: "InferenceKey" as const }]));
export const guardrails = (...names: string[]): Declaration =>
  Object.fromEntries(names.map((name) => [name, { kind: "Guardrail" as const }]));
export const ids = (names: string[]) => names.map((name) => ({ idOf: name }));

interface SetOptions {
  guardrail?: string;
  args?: Record<string, unknown>;
  opts?: Record<string, unknown>;
}
export const set = (names: string[], { guardrail = "safe", args = {}, opts = {} }: SetOptions = {}) =>
  ({
    kind: "GuardrailAssignments",
    args: { guardrail: { resource: guardrail }, keyHashes: ids(names), ...args },
    opts,
  }) as const;
export const pair = (key: string, guardrail = "safe") =>
  ({ kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: guardrail }, keyHash: { idOf: key } } }) as const;

/** Names of the keys that each guardrail is assigned to, by the names of the guardrails. */
export function assignedIn({ account }: Simulator): Record<string, string[]> {
  const { keyAssignments, keys, guardrails } = account;
  const name = (object: { name: string } | undefined) => object?.name.split("/").at(-1) ?? "?";
  const found: Record<string, string[]> = {};
  for (const { guardrail_id, key_hash } of keyAssignments) {
    const guardrail = name(guardrails.find(({ id }) => id === guardrail_id));
    const key = keys.find(({ hash }) => hash === key_hash);
    if (key) found[guardrail] = [...(found[guardrail] ?? []), name(key)].sort();
  }
  return found;
}

/** Another `up` has nothing to do, and neither has one that refreshes first. What is only read is read again. */
export async function expectSettled(s: DeclaredStack, isRead: (name: string) => boolean = () => false): Promise<void> {
  for (const how of [{}, { refresh: true }]) {
    const again = await s.up(undefined, how);
    const changed = touched(again).filter((name) => !isRead(name));
    expect([errorsOf(again), changed, writes(again.calls)]).toEqual(["", [], []]);
  }
}

export async function idIn(s: DeclaredStack, name: string): Promise<string> {
  return String((await s.resource(name))?.id);
}

/** Calls that leave a key without a guardrail for a moment. */
export function removals({ calls }: Outcome): string[] {
  return writes(calls).filter((call) => call.endsWith("/remove"));
}
