import { LeftBehind, Refused, ServerFailure, TimedOut } from "../../provider/api/errors";
import type { Context } from "../../provider/resources/lifecycle";
import { type Making, makeOnce, type Namesake } from "../../provider/resources/making";
import { OPERATION } from "./support/fakeApi";
import { failureOf, newSession } from "./support/samples";

const NOW = Date.parse("2026-11-21T10:30:00Z");
const lost = new TimedOut(OPERATION, 20);
const at = (ms: number) => new Date(NOW + ms).toISOString();
const twin = (more: Partial<Namesake> = {}): Namesake => ({ id: "left", createdAt: at(0), asDeclared: true, ...more });

interface Given {
  /** What each POST comes to. */
  posts?: (string | Error)[];
  /** What the account has when it is looked at, in turn; the last stays. */
  lists?: (Namesake[] | Error)[];
  newest?: Namesake[];
  nameIsDefault?: boolean;
  known?: string[];
  clock?: number | undefined;
  removeInterrupted?: boolean;
}

/** A making of which a test says what the API does, and which remembers what was done. */
function making({ posts = ["made"], lists = [[]], newest = [], known = [], ...given }: Given) {
  const [did, said]: [string[], string[]] = [[], []];
  const clock = "clock" in given ? given.clock : NOW;
  const turn = <Value>(values: (Value | Error)[]): Value => {
    const value = values.length > 1 ? values.shift() : values[0];
    if (value instanceof Error) throw value;
    return value as Value;
  };
  const task: Making<string, Namesake> = {
    collection: "keys",
    name: "acme/prod/ci",
    nameIsDefault: given.nameIsDefault ?? true,
    workspaceId: undefined,
    post: async () => {
      did.push("post");
      return turn(posts);
    },
    idOf: (id) => id,
    list: async () => {
      did.push("list");
      return turn(lists);
    },
    newest: async () => {
      did.push("newest");
      return newest;
    },
    namesakesIn: async (list) => list,
    remove: async (id) => void did.push(`remove ${id}`),
  };
  const session = {
    ...newSession(),
    before: new Map(),
    known: new Set(known),
    removeInterrupted: given.removeInterrupted ?? false,
  };
  const api = {
    request: () => Promise.reject(new Error("must not be called")),
    pause: async () => true,
    serverTime: () => clock,
    operation: OPERATION,
    baseUrl: "https://openrouter.ai/api/v1",
  };
  const context: Context = { api, session, log: (line) => said.push(line) };
  return { task, context, did, said };
}

test("a create that goes well looks for leftovers once per workspace, and posts once", async () => {
  const { task, context, did } = making({});
  await Promise.all([makeOnce(context, task), makeOnce(context, task)]);
  expect(did.filter((each) => each === "newest")).toHaveLength(1);
  expect(did.filter((each) => each === "post")).toHaveLength(2);
  expect([...context.session.known]).toEqual(["made"]);
});

test("a definite refusal is an error, with no look and no second attempt", async () => {
  const refused = new Refused(OPERATION, 400, "bad");
  const { task, context, did } = making({ posts: [refused] });
  expect(await failureOf(makeOnce(context, task))).toBe(refused);
  expect(did).toEqual(["newest", "post"]);
});

test("a lost answer that left nothing is tried again, after a look", async () => {
  const { task, context, did } = making({ posts: [lost, "made"] });
  expect((await makeOnce(context, task)).live).toBe("made");
  expect(did).toEqual(["newest", "post", "list", "post"]);
});

test("a lost answer that left one of the default name is tried again, without the one that nobody has the secret of", async () => {
  const { task, context, did } = making({ posts: [lost, "made"], lists: [[twin()], []] });
  expect((await makeOnce(context, task)).live).toBe("made");
  expect(did).toEqual(["newest", "post", "list", "remove left", "post"]);
});

test.each<[string, Given]>([
  ["of a name that the user chose", { nameIsDefault: false, lists: [[twin()]] }],
  ["that is used or has other settings", { lists: [[twin({ asDeclared: false })]] }],
  ["of which there are two", { lists: [[twin(), twin({ id: "other" })]] }],
  ["when there is no clock of the server to compare with", { clock: undefined, lists: [[twin()]] }],
  ["that does not tell when it was made", { lists: [[twin({ createdAt: null })]] }],
  ["that tells it in no form we know", { lists: [[twin({ createdAt: "today" })]] }],
])("what a lost answer may have left is never deleted, but named with the command: one %s", async (_title, given) => {
  const { task, context, did } = making({ posts: [lost, "made"], ...given });
  const error = await failureOf(makeOnce(context, task));
  expect(error).toBeInstanceOf(LeftBehind);
  expect(error.message).toMatch(/left, created .*npx pulumi-openrouter remove key left/);
  expect(did.filter((each) => each === "post")).toHaveLength(1);
  expect(did.filter((each) => each.startsWith("remove"))).toEqual([]);
});

test.each<[string, Given]>([
  ["was made before this call", { lists: [[twin({ createdAt: at(-60_000) })]] }],
  ["was made after it by the server's clock", { lists: [[twin({ createdAt: at(60_000) })]] }],
  ["this process has made or met", { lists: [[twin()]], known: ["left"] }],
])("what %s is none of it and stays", async (_title, given) => {
  const { task, context, did } = making({ posts: [lost, "made"], ...given });
  expect((await makeOnce(context, task)).live).toBe("made");
  expect(did.filter((each) => each.startsWith("remove"))).toEqual([]);
});

test("an account that can't be read after a lost answer is an error, and no second attempt", async () => {
  const { task, context, did } = making({ posts: [lost], lists: [new ServerFailure(OPERATION, 500, "oops")] });
  expect(await failureOf(makeOnce(context, task))).toBeInstanceOf(LeftBehind);
  expect(did).toEqual(["newest", "post", "list"]);
});

test("an outcome that stays unknown ends after four attempts", async () => {
  const { task, context, did } = making({ posts: [lost] });
  expect(await failureOf(makeOnce(context, task))).toBe(lost);
  expect(did.filter((each) => each === "post")).toHaveLength(4);
});

test("what a lost attempt made late is removed once the second one is safe", async () => {
  const { task, context, did } = making({ posts: [lost, "made"], lists: [[], [twin()]] });
  const { settleLate } = await makeOnce(context, task);
  expect(did).not.toContain("remove left");
  await settleLate();
  expect(did).toContain("remove left");
});

test.each<[string, Given, string[], number]>([
  ["is named and stays", {}, [], 1],
  ["is removed if the user has allowed it", { removeInterrupted: true }, ["remove left"], 1],
  ["is none if this process has met it", { removeInterrupted: true, known: ["left"] }, [], 0],
  [
    "is none if it is used or has other settings",
    { newest: [twin({ asDeclared: false })], removeInterrupted: true },
    [],
    0,
  ],
  ["is named and never removed if the name is the user's", { nameIsDefault: false, removeInterrupted: true }, [], 1],
])("what looks like left by a killed run %s", async (_title, given, removed, lines) => {
  const { task, context, did, said } = making({ newest: [twin({ createdAt: at(-3_600_000) })], ...given });
  await makeOnce(context, task);
  expect(did.filter((each) => each.startsWith("remove"))).toEqual(removed);
  expect(said).toHaveLength(lines);
});

test("a create of the same name that is still on its way in this process is not taken for what was lost", async () => {
  // Two components may each have a key "ci": both bear one default name. The second is made, its answer not here yet.
  const first = making({ posts: [lost, "made"], lists: [[twin({ id: "second" })], []] });
  const second = making({});
  let answer: () => void = () => undefined;
  second.task.post = () =>
    new Promise((resolve) => {
      answer = () => resolve("second");
    });
  const session = first.context.session;
  const slow = makeOnce({ ...second.context, session }, second.task);
  const fast = makeOnce(first.context, first.task).catch(() => undefined);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  answer();
  await Promise.all([slow, fast]);
  expect(first.did).not.toContain("remove second");
});
