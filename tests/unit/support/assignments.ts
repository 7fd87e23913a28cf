/** A guardrail with its assignments, behind a fake API. */
import { ApiError } from "../../../provider/errors";
import type { Context, Session } from "../../../provider/reconcile/lifecycle";
import type { GuardrailAssignmentsInputs } from "../../../provider/resources/assignmentSet";
import { type FakeApi, OPERATION, responding, type SentRequest } from "./fakeApi";
import { contextOf, GUARDRAIL, newSession } from "./samples";

export const SET_ID = `${GUARDRAIL}/assignments`;
export const KEYS = `/guardrails/${GUARDRAIL}/assignments/keys`;
export const MEMBERS = `/guardrails/${GUARDRAIL}/assignments/members`;

/** The n-th of many hashes. */
export const hash = (n: number) => n.toString(16).padStart(64, "0");
export const hashes = (count: number, from = 0) => Array.from({ length: count }, (_, at) => hash(from + at));

export const set = (
  keyHashes: string[] | undefined,
  more: Partial<GuardrailAssignmentsInputs> = {},
): GuardrailAssignmentsInputs => ({ guardrailId: GUARDRAIL, ...(keyHashes ? { keyHashes } : {}), ...more });

interface Given {
  keys?: string[];
  members?: string[];
  /** The API rejects a whole request that contains one of these. */
  rejected?: string[];
  /** The API skips these without an error. */
  unknown?: string[];
  /** The count in a response omits assignments that existed before. */
  countsNew?: boolean;
  /** An error instead of the response; the request takes effect. */
  lost?: (request: SentRequest) => Error | undefined;
  /** An error or a response instead of the effect. */
  fails?: (request: SentRequest) => Error | object | undefined;
}

export interface Assignments extends FakeApi {
  assigned: { keys: string[]; members: string[] };
  /** The assignees of each write: `+` to assign, `-` to remove. */
  writes(): [string, string[]][];
}

export function assignments(given: Given = {}): Assignments {
  const { rejected = [], unknown = [], countsNew = false } = given;
  const assigned = { keys: [...(given.keys ?? [])], members: [...(given.members ?? [])] };
  const collectionOf = ({ path }: SentRequest) => (path.includes("/members") ? "members" : "keys");
  const assigneesIn = ({ body }: SentRequest) => Object.values(body as Record<string, string[]>)[0] ?? [];

  function listed(call: SentRequest): object {
    const kind = collectionOf(call);
    const { offset } = call.query as { offset: number };
    const rows = assigned[kind].map((assignee) => ({
      guardrail_id: GUARDRAIL,
      ...(kind === "keys" ? { key_hash: assignee } : { user_id: assignee }),
    }));
    return { data: rows.slice(offset, offset + 100), total_count: rows.length };
  }

  function written(call: SentRequest): object {
    const kind = collectionOf(call);
    const assignees = assigneesIn(call);
    if (assignees.some((each) => rejected.includes(each))) return new ApiError(OPERATION, 400, "not of the workspace");
    const before = assigned[kind];
    if (call.path.endsWith("/remove")) {
      assigned[kind] = before.filter((each) => !assignees.includes(each));
      return { unassigned_count: before.length - assigned[kind].length };
    }
    const known = assignees.filter((each) => !unknown.includes(each));
    const fresh = known.filter((each) => !before.includes(each));
    assigned[kind] = [...before, ...fresh];
    return { assigned_count: countsNew ? fresh.length : known.length };
  }

  const fake = responding((call) => {
    const failure = given.fails?.(call);
    if (failure) return failure;
    const response = call.method === "GET" ? listed(call) : written(call);
    return given.lost?.(call) ?? response;
  });
  return {
    ...fake,
    assigned,
    writes: () =>
      fake.sent
        .filter(({ method }) => method === "POST")
        .map((call) => [call.path.endsWith("/remove") ? "-" : "+", assigneesIn(call)]),
  };
}

/** A session that knows these keys as managed by the stack, and with `fresh` has created the guardrail. */
export function sessionWith({ keys = [], fresh = false }: { keys?: string[]; fresh?: boolean } = {}): Session {
  const session = newSession();
  for (const key of keys) session.managed.set(key, {});
  if (fresh) session.createdIds.add(GUARDRAIL);
  return session;
}

export const unfinishedContext = (fake: FakeApi, session?: Session): Context => ({
  ...contextOf(fake, session),
  unfinished: true,
});

/** The same API with this time on the server's clock. */
export function withServerTime<Fake extends FakeApi>(fake: Fake, time: string): Fake {
  return { ...fake, api: { ...fake.api, serverTime: () => Date.parse(time) } };
}
