import { newProcess } from "../../../provider/host/process";
import type { AccountRef } from "../../../provider/reconcile/account";
import type { Context, Lifecycle, Session } from "../../../provider/reconcile/lifecycle";
import { BASE_URL, type FakeApi } from "./fakeApi";

export const HASH = "0123456789abcdef".repeat(4);
export const OTHER_HASH = "fedcba9876543210".repeat(4);
export const KEY = `sk-or-v1-${"5e471e1b".repeat(8)}`;
export const WORKSPACE = "11111111-1111-4111-8111-111111111111";
export const OTHER_WORKSPACE = "22222222-2222-4222-8222-222222222222";
export const GUARDRAIL = "33333333-3333-4333-8333-333333333333";
export const OTHER_GUARDRAIL = "44444444-4444-4444-8444-444444444444";
export const CREATOR = "user_owner";
export const CREATED_AT = "2026-11-21T10:30:00Z";
/** The account of the samples, as a state remembers it. */
export const ACCOUNT: AccountRef = { workspace: WORKSPACE, server: BASE_URL };
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A key with no setting, as the API shows it. */
export function wireKey(settings: object = {}): object {
  return {
    hash: HASH,
    name: "ci",
    label: "sk-or-v1-5e4...e1b",
    disabled: false,
    limit: null,
    limit_remaining: null,
    limit_reset: null,
    include_byok_in_limit: false,
    usage: 0,
    created_at: CREATED_AT,
    updated_at: null,
    expires_at: null,
    creator_user_id: CREATOR,
    workspace_id: WORKSPACE,
    ...settings,
  };
}

/** A guardrail with no setting, as the API shows it: without its unset fields. */
export function wireGuardrail(settings: object = {}): object {
  return {
    id: GUARDRAIL,
    name: "safe",
    include_byok_in_budgets: false,
    created_at: CREATED_AT,
    updated_at: null,
    workspace_id: WORKSPACE,
    ...settings,
  };
}

export function contextOf({ api }: FakeApi, session: Session = newSession()): Context {
  return { api, session, account: ACCOUNT, unfinished: false, log: () => undefined };
}

/** Workspaces that were empty when the process began, without a request. */
class EmptyWorkspaces extends Map<string, Promise<unknown[]>> {
  override get(): Promise<unknown[]> {
    return Promise.resolve([]);
  }
}

export function newSession(): Session {
  return { ...newProcess({}).session, programRuns: true, preexisting: new EmptyWorkspaces() };
}

/** The inputs that the engine passes on after a successful check. */
export function checked<Inputs extends object, Outputs extends object>(
  lifecycle: Lifecycle<Inputs, Outputs>,
  news: Record<string, unknown>,
): Inputs {
  const { inputs, failures } = lifecycle.check(news, {});
  if (inputs === undefined) throw new Error(failures.join("\n"));
  return inputs;
}

/** A value as the state returns it: the engine sorts the property names at every depth. */
export function throughState<Value>(value: Value): Value {
  return sorted(value) as Value;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted((value as Record<string, unknown>)[name])]));
}

/** The error of a promise that must fail, with all its properties. */
export async function failureOf(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("expected the operation to fail, but it succeeded");
}
