/** Assignments that a set does not remove: those of other resources, and of keys that the run replaces or deletes. */
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
const claiming = (session: Session, guardrail: string, ...assignees: string[]) => {
  for (const assignee of assignees) session.claimedIds.add(`${guardrail}/${assignee}`);
  return session;
};

describe("a key that is no longer listed", () => {
  const olds = set([a, b]);
  const drop = (session: Session, fake = assignments({ keys: [a, b] })) => ({
    fake,
    outputs: update(contextOf(fake, session), SET_ID, olds, set([a])),
  });

  test("is removed when the run manages it", async () => {
    const { fake, outputs } = drop(sessionWith({ keys: [a, b] }));
    expect(await outputs).toEqual(set([a]));
    expect(fake.writes()).toEqual([["-", [b]]]);
  });

  test.each([
    ["to another guardrail", OTHER_GUARDRAIL],
    ["to this guardrail", GUARDRAIL],
  ])("stays when another resource of the run assigns it %s", async (_title, guardrail) => {
    const { fake, outputs } = drop(claiming(sessionWith({ keys: [a, b] }), guardrail, b));
    expect(await outputs).toEqual(set([a]));
    expect(fake.sent).toEqual([]);
  });

  test("stays when the run replaces it, because its own delete removes the assignment", async () => {
    const session = sessionWith({ keys: [a, b] });
    session.replacedIds.add(b);
    const { fake, outputs } = drop(session);
    await outputs;
    expect([fake.sent, [...session.awaitingDelete]]).toEqual([[], [b]]);
  });

  test("stays when the run does not manage it, because the program deletes it", async () => {
    const session = sessionWith({ keys: [a] });
    const { fake, outputs } = drop(session);
    await outputs;
    expect([fake.sent, [...session.awaitingDelete]]).toEqual([[], [b]]);
  });

  test("is removed when it is outside this stack, even when the run has read it", async () => {
    const session = sessionWith({ keys: [a] });
    session.seenIds.add(b);
    const fake = assignments({ keys: [a, b] });
    const outputs = await update(contextOf(fake, session), SET_ID, { ...olds, __foreign: [b] }, set([a]));
    expect(outputs).toEqual(set([a]));
    expect(fake.writes()).toEqual([["-", [b]]]);
  });

  test("stays in a new set when the run replaces it", async () => {
    const session = sessionWith({ keys: [a, b] });
    session.replacedIds.add(b);
    const fake = assignments({ keys: [b] });
    await create(contextOf(fake, session), set([a]));
    expect(fake.writes()).toEqual([["+", [a]]]);
  });
});

describe("__foreign", () => {
  test("records assigned keys that the run neither manages nor creates", async () => {
    const session = sessionWith({ keys: [a] });
    session.createdIds.add(b);
    session.seenIds.add(c);
    const { outputs } = await create(contextOf(assignments(), session), set([a, b, c], { exclusive: false }));
    expect(outputs.__foreign).toEqual([c]);
  });

  test("keeps a key until the stack adopts it", async () => {
    const session = sessionWith({ keys: [a] });
    const olds = { ...set([a, b, c]), __foreign: [b, c] };
    session.adoptedIds.add(c);
    const outputs = await update(contextOf(assignments({ keys: [a, b, c] }), session), SET_ID, olds, set([c, b]));
    expect(outputs).toEqual({ ...set([c, b]), __foreign: [b] });
  });

  test("includes keys that a refresh finds, even of this stack, so that an update removes them", async () => {
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
  const empty = set(undefined, { userIds: [] });

  test.each([
    ["stays in the same workspace, because assigning moves it", WORKSPACE, []],
    ["is removed in another workspace, because it has a guardrail in each", OTHER_WORKSPACE, ["POST"]],
  ])("%s", async (_title, workspace, writes) => {
    const fake = inWorkspaces(workspace);
    const session = claiming(sessionWith(), OTHER_GUARDRAIL, "user_a", "user_b");
    expect(await update(contextOf(fake, session), SET_ID, olds, empty)).toEqual(empty);
    expect(fake.sent.filter(({ method }) => method !== "GET").map(({ method }) => method)).toEqual(writes);
    // Each guardrail is read once, however many members there are.
    expect(fake.sent.filter(({ method }) => method === "GET")).toHaveLength(2);
  });
});

describe("delete", () => {
  test("sends one request per list", async () => {
    const fake = assignments({ keys: [a, b], members: ["user_a"] });
    await remove(contextOf(fake), SET_ID, set([a, b], { userIds: ["user_a"] }));
    expect(fake.writes()).toEqual([
      ["-", [a, b]],
      ["-", ["user_a"]],
    ]);
  });

  test("leaves the assignments of other resources, and sends no request when there are no others", async () => {
    const fake = assignments({ keys: [a, b, c] });
    const session = claiming(claiming(sessionWith(), GUARDRAIL, a), OTHER_GUARDRAIL, b);
    await remove(contextOf(fake, session), SET_ID, set([a, b, c]));
    await remove(contextOf(fake, session), SET_ID, set([a, b]));
    expect(fake.writes()).toEqual([["-", [c]]]);
  });

  test("removes only what the replacing set does not list when that set is exclusive", async () => {
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

  test("removes what the replacing set does not list when that set is not exclusive", async () => {
    const fake = assignments({ keys: [a, b] });
    const context = contextOf(fake, sessionWith({ keys: [a, b] }));
    await create(context, set([a], { exclusive: false }));
    for (const id of guardrailAssignments.claims(SET_ID, set([a]))) context.session.claimedIds.add(id);
    await remove(context, SET_ID, set([a, b]));
    expect(fake.assigned.keys).toEqual([a]);
  });
});

describe("a second set of one guardrail", () => {
  const change = (session: Session, news = set([a])) => ({
    id: SET_ID,
    olds: set([a]),
    news,
    replaces: [],
    account: undefined,
    session,
  });

  test("fails in a create and in a preview", async () => {
    const session = sessionWith({ fresh: true });
    await create(contextOf(assignments(), session), set([a]));
    const second = create(contextOf(assignments(), session), set([b]));
    expect(await failureOf(second)).toBeInstanceOf(PreconditionError);
    expect(() => forbid?.(change(session, set([b])))).toThrow(/another GuardrailAssignments/);
  });

  test("is not assumed when one set is compared twice, or with placeholders of a replacement", () => {
    const session = sessionWith();
    const placeholder = { ...set([]), keyHashes: UNKNOWN_VALUE as unknown as string[] };
    forbid?.(change(session, placeholder));
    forbid?.(change(session));
    expect(() => forbid?.(change(session))).not.toThrow();
  });

  test("is accepted when the first moves to another guardrail", () => {
    const session = sessionWith();
    forbid?.({ ...change(session), replaces: ["guardrailId"] });
    expect(() => forbid?.(change(session, set([b])))).not.toThrow();
  });
});

test("leaves a key that another resource has assigned since when the set is unfinished", async () => {
  const fake = assignments({ keys: [a, b] });
  await update(
    unfinishedContext(fake, claiming(sessionWith({ keys: [a, b] }), OTHER_GUARDRAIL, b)),
    SET_ID,
    set([a, b]),
    set([a]),
  );
  expect(fake.writes()).toEqual([]);
});
