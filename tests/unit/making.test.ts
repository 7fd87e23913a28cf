import { sleep } from "../../provider/api/retry";
import { AmbiguousCreateError, ApiError, NotFoundError, ServerError } from "../../provider/errors";
import { createOnce } from "../../provider/reconcile/createOnce";
import { OPERATION } from "./support/fakeApi";
import { at, type Given, lost, making, NOW, twin } from "./support/making";
import { failureOf } from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));
beforeEach(() => jest.mocked(sleep).mockClear());
const slept = () => jest.mocked(sleep).mock.calls.map(([ms]) => ms);

test("a create that goes well looks for leftovers once per workspace, and posts once", async () => {
  const { task, context, did } = making({});
  await Promise.all([createOnce(context, task), createOnce(context, task)]);
  expect(did.filter((each) => each === "newest")).toHaveLength(1);
  expect(did.filter((each) => each === "post")).toHaveLength(2);
  expect([...context.session.seenIds]).toEqual(["made"]);
});

test("a definite refusal is an error, with no look and no second attempt", async () => {
  const refused = new ApiError(OPERATION, 400, "bad");
  const { task, context, did } = making({ posts: [refused] });
  expect(await failureOf(createOnce(context, task))).toBe(refused);
  expect(did).toEqual(["newest", "post"]);
});

test("a lost answer is tried again once an empty account has been seen for 15 s after it", async () => {
  const { task, context, did } = making({ posts: [lost, "made"] });
  expect((await createOnce(context, task)).live).toBe("made");
  expect(did).toEqual(["newest", "post", "list", "list", "list", "list", "post"]);
  expect(slept()).toEqual([1_000, 4_000, 10_000]);
});

test("what an account shows late is found, and not doubled", async () => {
  const { task, context, did } = making({ posts: [lost, "made"], lists: [[], [], [twin()]] });
  expect((await createOnce(context, task)).live).toBe("made");
  expect(did).toEqual(["newest", "post", "list", "list", "list", "remove left", "post"]);
  expect(slept()).toEqual([1_000, 4_000]);
});

test("what was there before the create is not what the lost one has made", async () => {
  const { task, context, did } = making({ posts: [lost, "made"], newest: [twin()], lists: [[twin()]] });
  expect((await createOnce(context, task)).live).toBe("made");
  expect(did).toEqual(["newest", "post", "list", "list", "list", "list", "post"]);
});

test("after a second attempt one look without a wait is enough", async () => {
  const { task, context, did } = making({ posts: [lost, "made"] });
  const { settleLate } = await createOnce(context, task);
  const [looks, waits] = [did.length, slept().length];
  await settleLate();
  expect(did.slice(looks)).toEqual(["list"]);
  expect(slept()).toHaveLength(waits);
});

test("a first attempt that goes well has nothing to settle late", async () => {
  const { task, context, did } = making({});
  await (await createOnce(context, task)).settleLate();
  expect(did).toEqual(["newest", "post"]);
});

test("a create that goes well, or is refused, waits for nothing", async () => {
  for (const posts of [["made"], [new ApiError(OPERATION, 400, "bad")]]) {
    const { task, context } = making({ posts });
    await createOnce(context, task).then(
      ({ settleLate }) => settleLate(),
      () => undefined,
    );
  }
  expect(slept()).toEqual([]);
});

test("a lost answer that left one of the default name is tried again, without the one that nobody has the secret of", async () => {
  const { task, context, did } = making({ posts: [lost, "made"], lists: [[twin()], []] });
  expect((await createOnce(context, task)).live).toBe("made");
  expect(did).toEqual(["newest", "post", "list", "remove left", "post"]);
});

test.each<[string, Given]>([
  ["of a name that the user chose", { nameIsDefault: false, lists: [[twin()]] }],
  ["that is used or has other settings", { lists: [[twin({ asDeclared: false })]] }],
  ["of which there are two", { lists: [[twin(), twin({ id: "other" })]] }],
  ["when there is no clock of the server to compare with", { clock: undefined, lists: [[twin()]] }],
  ["that does not tell when it was made", { lists: [[twin({ createdAt: null })]] }],
  ["that tells it in no form we know", { lists: [[twin({ createdAt: "today" })]] }],
])(
  "what a lost answer may have left is never deleted, but named with no command that would: one %s",
  async (_title, given) => {
    const { task, context, did } = making({ posts: [lost, "made"], ...given });
    const error = await failureOf(createOnce(context, task));
    expect(error).toBeInstanceOf(AmbiguousCreateError);
    expect(error.message).toMatch(/may have produced: left, created .*pulumi-openrouter audit --stack/);
    expect(error.message).not.toMatch(/pulumi-openrouter remove/);
    expect(did.filter((each) => each === "post")).toHaveLength(1);
    expect(did.filter((each) => each.startsWith("remove"))).toEqual([]);
  },
);

test("who does not tell when it was made is named with that, never with a control character", async () => {
  const times: [string | null, string][] = [
    [null, "left, created at an unknown time"],
    ["to\u001b[31mday\n::error::", "left, created today ::error::"],
  ];
  for (const [createdAt, said] of times) {
    const { task, context } = making({ posts: [lost], lists: [[twin({ createdAt })]] });
    expect((await failureOf(createOnce(context, task))).message).toContain(said);
  }
});

test.each<[string, Given]>([
  ["was made before this call", { lists: [[twin({ createdAt: at(-60_000) })]] }],
  ["was made after it by the server's clock", { lists: [[twin({ createdAt: at(60_000) })]] }],
  ["was made just outside of the window, before it", { lists: [[twin({ createdAt: at(-2_001) })]] }],
  ["was made just outside of the window, after it", { lists: [[twin({ createdAt: at(2_001) })]] }],
  ["this process has made or met", { lists: [[twin()]], known: ["left"] }],
])("what %s is none of it and stays", async (_title, given) => {
  const { task, context, did } = making({ posts: [lost, "made"], ...given });
  expect((await createOnce(context, task)).live).toBe("made");
  expect(did.filter((each) => each.startsWith("remove"))).toEqual([]);
});

test.each([-2_000, 2_000])(
  "what was made %i ms from this call may be of it: the clock has whole seconds",
  async (ms) => {
    const { task, context, did } = making({ posts: [lost, "made"], lists: [[twin({ createdAt: at(ms) })], []] });
    await createOnce(context, task);
    expect(did).toContain("remove left");
  },
);

test("the window begins at the first attempt, whatever the clock says later", async () => {
  const { task, context, did } = making({ posts: [lost, "made"], lists: [[twin({ createdAt: at(100_000) })], []] });
  const times = [NOW, NOW + 120_000];
  context.api.serverTime = () => (times.length > 1 ? times.shift() : times[0]);
  await createOnce(context, task);
  expect(did).toContain("remove left");
});

test("one that is gone when it is to be removed is as good as removed", async () => {
  const { task, context } = making({ posts: [lost, "made"], lists: [[twin()], []] });
  task.remove = () => Promise.reject(new NotFoundError(OPERATION, 404, "gone"));
  expect((await createOnce(context, task)).live).toBe("made");
});

test("one that can't be removed is an error, and no second attempt", async () => {
  const broken = new ServerError(OPERATION, 500, "oops");
  const { task, context, did } = making({ posts: [lost, "made"], lists: [[twin()], []] });
  task.remove = () => Promise.reject(broken);
  expect(await failureOf(createOnce(context, task))).toBe(broken);
  expect(did.filter((each) => each === "post")).toHaveLength(1);
});

test("an account that can't be read after a lost answer is an error, and no second attempt", async () => {
  const { task, context, did } = making({ posts: [lost], lists: [new ServerError(OPERATION, 500, "oops")] });
  expect(await failureOf(createOnce(context, task))).toBeInstanceOf(AmbiguousCreateError);
  expect(did).toEqual(["newest", "post", "list"]);
});

test("an outcome that stays unknown ends after four attempts", async () => {
  const { task, context, did } = making({ posts: [lost] });
  expect(await failureOf(createOnce(context, task))).toBe(lost);
  expect(did.filter((each) => each === "post")).toHaveLength(4);
});

test("what a lost attempt made late is removed once the second one is safe, without a further wait", async () => {
  const { task, context, did } = making({ posts: [lost, "made"], lists: [[], [], [], [], [twin()]] });
  const { settleLate } = await createOnce(context, task);
  expect(did).not.toContain("remove left");
  await settleLate();
  expect(did).toContain("remove left");
  expect(slept()).toEqual([1_000, 4_000, 10_000]);
});

test("a lost answer gives no second attempt when there is no time for one", async () => {
  const { task, context, did } = making({ posts: [lost, "made"] });
  context.api.pause = async () => false;
  expect(await failureOf(createOnce(context, task))).toBe(lost);
  expect(did.filter((each) => each === "post")).toHaveLength(1);
});

test("what was made here is remembered, so that the API may show it late", async () => {
  const { task, context } = making({ posts: [lost, "made"] });
  await createOnce(context, task);
  expect([...context.session.createdIds]).toEqual(["made"]);
});

test("a create follows one of the same name that has failed", async () => {
  const { task, context } = making({ posts: [new ApiError(OPERATION, 400, "bad"), "made"] });
  const [first, second] = await Promise.allSettled([createOnce(context, task), createOnce(context, task)]);
  expect(first.status).toBe("rejected");
  expect(second).toMatchObject({ status: "fulfilled", value: { live: "made" } });
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
  const slow = createOnce({ ...second.context, session }, second.task);
  const fast = createOnce(first.context, first.task).catch(() => undefined);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  answer();
  await Promise.all([slow, fast]);
  expect(first.did).not.toContain("remove second");
});
