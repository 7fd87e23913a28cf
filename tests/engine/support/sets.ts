/** Parts of programs with keys, guardrails and their assignments, and what to expect of them. */
import type { Simulator } from "../../../testing/index";
import { type Declaration, type DeclaredStack, effectsOf, NO_EFFECTS, type Outcome, writes } from "./declaredStack";

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

/** The names of each guardrail's keys, by the name of the guardrail. */
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

/** Expects that another `up` changes nothing, with or without a refresh. Resources that are only read are read again. */
export async function expectSettled(s: DeclaredStack, { read = [] }: { read?: string[] } = {}): Promise<void> {
  const effects = async (refresh: boolean) => {
    const { touched, ...others } = effectsOf(await s.up(undefined, { refresh }));
    return { ...others, touched: touched.filter((name) => !read.includes(name)) };
  };
  const found = { anotherUp: await effects(false), anotherUpWithRefresh: await effects(true) };
  expect(found).toEqual({ anotherUp: NO_EFFECTS, anotherUpWithRefresh: NO_EFFECTS });
}

/** The call that assigns keys to a guardrail of the stack. */
export async function assignCall(s: DeclaredStack, guardrail = "safe"): Promise<string> {
  return `POST /guardrails/${await s.idOf(guardrail)}/assignments/keys`;
}

/** Calls that remove a key from its guardrail, if only for a moment. */
export function removals({ calls }: Outcome): string[] {
  return writes(calls).filter((call) => call.endsWith("/remove"));
}
