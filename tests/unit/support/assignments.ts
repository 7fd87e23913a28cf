/** A guardrail with its assignments, behind the calls of the API. */
import { ApiError } from "../../../provider/errors";
import type { Context, Session } from "../../../provider/reconcile/lifecycle";
import type { GuardrailAssignmentsInputs } from "../../../provider/resources/guardrailAssignments";
import { answering, type FakeApi, OPERATION, type Sent } from "./fakeApi";
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
  /** A request with one of these is refused as a whole. */
  refused?: string[];
  /** Skipped without an error. */
  unknown?: string[];
  /** An assignment that is there already does not count. */
  countsNew?: boolean;
  /** In place of an answer, and after the request has had its effect. */
  lost?: (sent: Sent) => Error | undefined;
  /** In place of the effect. */
  fails?: (sent: Sent) => Error | object | undefined;
}

export interface Assignments extends FakeApi {
  assigned: { keys: string[]; members: string[] };
  /** What was sent with each write: `+` to assign, `-` to remove. */
  writes(): [string, string[]][];
}

export function assignments(given: Given = {}): Assignments {
  const { refused = [], unknown = [], countsNew = false } = given;
  const assigned = { keys: [...(given.keys ?? [])], members: [...(given.members ?? [])] };
  const kindOf = ({ path }: Sent) => (path.includes("/members") ? "members" : "keys");
  const namedIn = ({ body }: Sent) => Object.values(body as Record<string, string[]>)[0] ?? [];

  function listed(call: Sent): object {
    const kind = kindOf(call);
    const { offset } = call.query as { offset: number };
    const rows = assigned[kind].map((assignee) => ({
      guardrail_id: GUARDRAIL,
      ...(kind === "keys" ? { key_hash: assignee } : { user_id: assignee }),
    }));
    return { data: rows.slice(offset, offset + 100), total_count: rows.length };
  }

  function written(call: Sent): object {
    const kind = kindOf(call);
    const named = namedIn(call);
    if (named.some((each) => refused.includes(each))) return new ApiError(OPERATION, 400, "not of the workspace");
    const before = assigned[kind];
    if (call.path.endsWith("/remove")) {
      assigned[kind] = before.filter((each) => !named.includes(each));
      return { unassigned_count: before.length - assigned[kind].length };
    }
    const known = named.filter((each) => !unknown.includes(each));
    const fresh = known.filter((each) => !before.includes(each));
    assigned[kind] = [...before, ...fresh];
    return { assigned_count: countsNew ? fresh.length : known.length };
  }

  const fake = answering((call) => {
    const failure = given.fails?.(call);
    if (failure) return failure;
    const answer = call.method === "GET" ? listed(call) : written(call);
    return given.lost?.(call) ?? answer;
  });
  return {
    ...fake,
    assigned,
    writes: () =>
      fake.sent
        .filter(({ method }) => method === "POST")
        .map((call) => [call.path.endsWith("/remove") ? "-" : "+", namedIn(call)]),
  };
}

/** A process that has met these keys of its stack, and created the guardrail if asked for. */
export function meeting({ keys = [], fresh = false }: { keys?: string[]; fresh?: boolean } = {}): Session {
  const session = newSession();
  for (const key of keys) session.managed.set(key, {});
  if (fresh) session.createdIds.add(GUARDRAIL);
  return session;
}

export const unfinished = (fake: FakeApi, session?: Session): Context => ({
  ...contextOf(fake, session),
  unfinished: true,
});

/** With a clock of the server. */
export function at<Fake extends FakeApi>(fake: Fake, time: string): Fake {
  return { ...fake, api: { ...fake.api, serverTime: () => Date.parse(time) } };
}
