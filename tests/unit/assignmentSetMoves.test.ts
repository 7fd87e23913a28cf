/** Which assignments a set leaves: what other resources assign, and keys that the run replaces or deletes. */
import { PreconditionError } from "../../provider/errors";
import type { Session } from "../../provider/reconcile/lifecycle";
import { guardrailAssignments } from "../../provider/resources/guardrailAssignments";
import { assignments, hashes, SET_ID, sessionWith, set, unfinishedContext } from "./support/assignments";
import type { SentRequest } from "./support/fakeApi";
import {
  contextOf,
  failureOf,
  GUARDRAIL,
  OTHER_GUARDRAIL,
  OTHER_WORKSPACE,
  UNKNOWN_VALUE,
  WORKSPACE,
  wireGuardrail,
} from "./support/samples";

const { create, update, delete: remove, forbid } = guardrailAssignments;
const [a, b, c] = hashes(3) as [string, string, string];
const holding = (session: Session, guardrail: string, ...assignees: string[]) => {
  for (const assignee of assignees) session.claimedIds.add(`${guardrail}/${assignee}`);
  return session;
};

describe("a key that is no longer listed", () => {
  const olds = set([a, b]);
  const drop = (session: Session, fake = assignments({ keys: [a, b] })) => ({
    fake,
    outputs: update(contextOf(fake, session), SET_ID, olds, set([a])),
  });

  test("is removed when the run keeps it", async () => {
    const { fake, outputs } = drop(sessionWith({ keys: [a, b] }));
    expect(await outputs).toEqual(set([a]));
    expect(fake.writes()).toEqual([["-", [b]]]);
  });

  test.each([
    ["of another guardrail", OTHER_GUARDRAIL],
    ["of this guardrail: the pair that takes it over", GUARDRAIL],
  ])("stays when the run has met a resource that assigns it, %s", async (_title, guardrail) => {
    const { fake, outputs } = drop(holding(sessionWith({ keys: [a, b] }), guardrail, b));
    expect(await outputs).toEqual(set([a]));
    expect(fake.sent).toEqual([]);
  });

  test("stays when the run replaces it, and its own delete removes the assignment", async () => {
    const session = sessionWith({ keys: [a, b] });
    session.replacedIds.add(b);
    const { fake, outputs } = drop(session);
    await outputs;
    expect([fake.sent, [...session.left]]).toEqual([[], [b]]);
  });

  test("stays when the run has not met it, because it was removed from the program", async () => {
    const session = sessionWith({ keys: [a] });
    const { fake, outputs } = drop(session);
    await outputs;
    expect([fake.sent, [...session.left]]).toEqual([[], [b]]);
  });

  test("is removed when it is not a key of this stack, also when the run has read it", async () => {
    const session = sessionWith({ keys: [a] });
    session.seenIds.add(b);
    const fake = assignments({ keys: [a, b] });
    const outputs = await update(contextOf(fake, session), SET_ID, { ...olds, __foreign: [b] }, set([a]));
    expect(outputs).toEqual(set([a]));
    expect(fake.writes()).toEqual([["-", [b]]]);
  });

  test("stays when the run replaces it and the set is new", async () => {
    const session = sessionWith({ keys: [a, b] });
    session.replacedIds.add(b);
    const fake = assignments({ keys: [b] });
    await create(contextOf(fake, session), set([a]));
    expect(fake.writes()).toEqual([["+", [a]]]);
  });
});

describe("keys that are not of this stack", () => {
  test("are marked when they are assigned, those that the run manages or creates are not", async () => {
    const session = sessionWith({ keys: [a] });
    session.createdIds.add(b);
    session.seenIds.add(c);
    const { outputs } = await create(contextOf(assignments(), session), set([a, b, c], { exclusive: false }));
    expect(outputs.__foreign).toEqual([c]);
  });

  test("stay marked, and one that the stack has adopted since is not", async () => {
    const session = sessionWith({ keys: [a] });
    const olds = { ...set([a, b, c]), __foreign: [b, c] };
    session.adoptedIds.add(c);
    const outputs = await update(contextOf(assignments({ keys: [a, b, c] }), session), SET_ID, olds, set([c, b]));
    expect(outputs).toEqual({ ...set([c, b]), __foreign: [b] });
  });

  test("are what a refresh finds, also a key of this stack: the set removes it at once", async () => {
    const session = sessionWith();
    session.seenIds.add(b);
    const found = await guardrailAssignments.read(contextOf(assignments({ keys: [a, b] }), session), SET_ID, set([a]));
    expect(found?.outputs).toEqual({ ...set([a, b]), __foreign: [b] });
    const fake = assignments({ keys: [a, b] });
    await update(contextOf(fake, sessionWith({ keys: [a] })), SET_ID, found?.outputs ?? set([]), set([a]));
    expect(fake.writes()).toEqual([["-", [b]]]);
  });
});

describe("a member that another set lists", () => {
  /** The assignments of one guardrail, and the workspaces of both. */
  function inWorkspaces(other: string) {
    const workspaceOf = ({ path }: SentRequest) => (path.endsWith(OTHER_GUARDRAIL) ? other : WORKSPACE);
    return assignments({
      members: ["user_a", "user_b"],
      fails: (sent) =>
        /guardrails\/[^/]*$/.test(sent.path) ? { data: wireGuardrail({ workspace_id: workspaceOf(sent) }) } : undefined,
    });
  }
  const olds = set(undefined, { userIds: ["user_a", "user_b"] });
  const none = set(undefined, { userIds: [] });

  test.each([
    ["of the same workspace stays: assigning moves it", WORKSPACE, []],
    ["of another workspace is removed: it has a guardrail in each", OTHER_WORKSPACE, ["POST"]],
  ])("%s", async (_title, workspace, writes) => {
    const fake = inWorkspaces(workspace);
    const session = holding(sessionWith(), OTHER_GUARDRAIL, "user_a", "user_b");
    expect(await update(contextOf(fake, session), SET_ID, olds, none)).toEqual(none);
    expect(fake.sent.filter(({ method }) => method !== "GET").map(({ method }) => method)).toEqual(writes);
    // Each guardrail is read once, however many members there are.
    expect(fake.sent.filter(({ method }) => method === "GET")).toHaveLength(2);
  });
});

describe("delete", () => {
  test("is one call for each list", async () => {
    const fake = assignments({ keys: [a, b], members: ["user_a"] });
    await remove(contextOf(fake), SET_ID, set([a, b], { userIds: ["user_a"] }));
    expect(fake.writes()).toEqual([
      ["-", [a, b]],
      ["-", ["user_a"]],
    ]);
  });

  test("leaves what other resources assign, and makes no call when that is all", async () => {
    const fake = assignments({ keys: [a, b, c] });
    const session = holding(holding(sessionWith(), GUARDRAIL, a), OTHER_GUARDRAIL, b);
    await remove(contextOf(fake, session), SET_ID, set([a, b, c]));
    await remove(contextOf(fake, session), SET_ID, set([a, b]));
    expect(fake.writes()).toEqual([["-", [c]]]);
  });

  test("of a set that a new exclusive one of the guardrail replaces leaves the lists that the new one manages", async () => {
    const olds = set([a, b], { userIds: ["user_a"] });
    const fake = assignments({ keys: [a, b], members: ["user_a"] });
    const context = contextOf(fake, sessionWith({ keys: [a, b] }));
    await create(context, set([a]));
    await remove(context, SET_ID, olds);
    expect(fake.writes()).toEqual([
      ["-", [b]],
      ["-", ["user_a"]],
    ]);
  });

  test("of a set that one which is not exclusive replaces removes what that one does not list", async () => {
    const fake = assignments({ keys: [a, b] });
    const context = contextOf(fake, sessionWith({ keys: [a, b] }));
    await create(context, set([a], { exclusive: false }));
    for (const id of guardrailAssignments.claims(SET_ID, set([a]))) context.session.claimedIds.add(id);
    await remove(context, SET_ID, set([a, b]));
    expect(fake.assigned.keys).toEqual([a]);
  });
});

describe("two sets of one guardrail", () => {
  const change = (session: Session, news = set([a])) => ({
    id: SET_ID,
    olds: set([a]),
    news,
    replaces: [],
    account: undefined,
    session,
  });

  test("are refused, whichever comes first", async () => {
    const session = sessionWith({ fresh: true });
    await create(contextOf(assignments(), session), set([a]));
    const second = create(contextOf(assignments(), session), set([b]));
    expect(await failureOf(second)).toBeInstanceOf(PreconditionError);
    expect(() => forbid?.(change(session, set([b])))).toThrow(/another GuardrailAssignments/);
  });

  test("are not what one is that is compared twice, or with values that the engine makes up for a replacement", () => {
    const session = sessionWith();
    const madeUp = { ...set([]), keyHashes: UNKNOWN_VALUE as unknown as string[] };
    forbid?.(change(session, madeUp));
    forbid?.(change(session));
    expect(() => forbid?.(change(session))).not.toThrow();
  });

  test("are not one that goes to another guardrail and one that comes", () => {
    const session = sessionWith();
    forbid?.({ ...change(session), replaces: ["guardrailId"] });
    expect(() => forbid?.(change(session, set([b])))).not.toThrow();
  });
});

test("an unfinished set does not remove what another resource has taken over", async () => {
  const fake = assignments({ keys: [a, b] });
  await update(
    unfinishedContext(fake, holding(sessionWith({ keys: [a, b] }), OTHER_GUARDRAIL, b)),
    SET_ID,
    set([a, b]),
    set([a]),
  );
  expect(fake.writes()).toEqual([]);
});
