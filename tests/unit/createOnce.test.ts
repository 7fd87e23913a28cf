import { sleep } from "../../provider/api/retry";
import { AmbiguousCreateError, ApiError, NotFoundError, ServerError } from "../../provider/errors";
import { createOnce } from "../../provider/reconcile/createOnce";
import { at, creating, type Given, lost, NOW, orphan } from "./support/createOnce";
import { OPERATION } from "./support/fakeApi";
import { failureOf } from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));
beforeEach(() => jest.mocked(sleep).mockClear());
const waits = () => jest.mocked(sleep).mock.calls.map(([ms]) => ms);
const removals = (requests: string[]) => requests.filter((request) => request.startsWith("remove"));
const posts = (requests: string[]) => requests.filter((request) => request === "post").length;

describe("without a lost response", () => {
  test("lists the newest objects once per workspace, and posts once per create", async () => {
    const { create, requests, context } = creating({ posts: ["created"] });
    await Promise.all([create(), create()]);
    expect(requests).toEqual(["list newest", "post", "post"]);
    expect([...context.session.seenIds]).toEqual(["created"]);
  });

  test("fails at once when the API rejects the create", async () => {
    const rejection = new ApiError(OPERATION, 400, "bad");
    const { create, requests } = creating({ posts: [rejection] });
    expect(await failureOf(create())).toBe(rejection);
    expect({ requests, waits: waits() }).toEqual({ requests: ["list newest", "post"], waits: [] });
  });

  test("remembers the created object, which the API may show late", async () => {
    const { create, context } = creating();
    await create();
    expect([...context.session.createdIds]).toEqual(["created"]);
  });

  test("creates after a create of the same name has failed", async () => {
    const { create } = creating({ posts: [new ApiError(OPERATION, 400, "bad"), "created"] });
    const [first, second] = await Promise.allSettled([create(), create()]);
    expect(first.status).toBe("rejected");
    expect(second).toEqual({ status: "fulfilled", value: "created" });
  });
});

describe("when the response is lost", () => {
  test("tries again after the account has shown nothing for 15 s", async () => {
    const { create, requests } = creating({ posts: [lost, "created"] });
    expect(await create()).toBe("created");
    expect(requests).toEqual(["list newest", "post", "list", "list", "list", "list", "post"]);
    expect(waits()).toEqual([1_000, 4_000, 10_000]);
  });

  test("deletes an unused match of the default name, and tries again", async () => {
    const { create, requests } = creating({ posts: [lost, "created"], lists: [[orphan()], []] });
    expect(await create()).toBe("created");
    expect(requests).toEqual(["list newest", "post", "list", "remove orphan", "post"]);
  });

  test("finds an object that the account shows late", async () => {
    const { create, requests } = creating({ posts: [lost, "created"], lists: [[], [], [orphan()]] });
    expect(await create()).toBe("created");
    expect(requests).toEqual(["list newest", "post", "list", "list", "list", "remove orphan", "post"]);
    expect(waits()).toEqual([1_000, 4_000]);
  });

  test("leaves an object that was there before the create", async () => {
    const { create, requests } = creating({ posts: [lost, "created"], newest: [orphan()], lists: [[orphan()]] });
    expect(await create()).toBe("created");
    expect(removals(requests)).toEqual([]);
  });

  test.each<[string, Given]>([
    ["was created before this call", { lists: [[orphan({ createdAt: at(-60_000) })]] }],
    ["was created after it by the server's clock", { lists: [[orphan({ createdAt: at(60_000) })]] }],
    ["was created just before the window", { lists: [[orphan({ createdAt: at(-2_001) })]] }],
    ["was created just after the window", { lists: [[orphan({ createdAt: at(2_001) })]] }],
    ["has a different name", { lists: [[orphan({ name: "acme/prod/other" })]] }],
    ["this process has created or seen", { lists: [[orphan()]], seen: ["orphan"] }],
  ])("leaves an object that %s", async (_title, given) => {
    const { create, requests } = creating({ posts: [lost, "created"], ...given });
    expect(await create()).toBe("created");
    expect(removals(requests)).toEqual([]);
  });

  test.each([-2_000, 2_000])("allows %i ms, because clocks have whole seconds", async (ms) => {
    const lists = [[orphan({ createdAt: at(ms) })], []];
    const { create, requests } = creating({ posts: [lost, "created"], lists });
    await create();
    expect(requests).toContain("remove orphan");
  });

  test("begins the window at the first attempt, whatever the clock says later", async () => {
    const lists = [[orphan({ createdAt: at(100_000) })], []];
    const { create, requests, context } = creating({ posts: [lost, "created"], lists });
    const times = [NOW, NOW + 120_000];
    context.api.serverTime = () => (times.length > 1 ? times.shift() : times[0]);
    await create();
    expect(requests).toContain("remove orphan");
  });

  test("waits for the orphan of a second lost response while the API still shows the first, deleted one", async () => {
    const first = orphan({ id: "first" });
    const lists = [[first], [first], [first, orphan({ id: "second" })]];
    const { create, requests } = creating({ posts: [lost, lost, "created"], lists });
    expect(await create()).toBe("created");
    expect(removals(requests)).toEqual(["remove first", "remove second"]);
  });

  test.each<[string, Given]>([
    ["its name is not the default one", { hasDefaultName: false, lists: [[orphan()]] }],
    ["it is used or has other settings", { lists: [[orphan({ isUnusedMatch: false })]] }],
    ["there are two", { lists: [[orphan(), orphan({ id: "other" })]] }],
    ["the server's clock is unknown", { clock: undefined, lists: [[orphan()]] }],
    ["its creation time is unknown", { lists: [[orphan({ createdAt: null })]] }],
    ["its creation time is unreadable", { lists: [[orphan({ createdAt: "today" })]] }],
  ])("names an object and deletes nothing when %s", async (_title, given) => {
    const { create, requests } = creating({ posts: [lost, "created"], ...given });
    const error = await failureOf(create());
    expect(error).toBeInstanceOf(AmbiguousCreateError);
    expect(error.message).toMatch(/may have produced: orphan, created .*pulumi-openrouter audit --stack/);
    expect(error.message).not.toMatch(/pulumi-openrouter remove/);
    expect({ posts: posts(requests), removals: removals(requests) }).toEqual({ posts: 1, removals: [] });
  });

  test.each<[string | null, string]>([
    [null, "orphan, created at an unknown time"],
    ["to\u001b[31mday\n::error::", "orphan, created today ::error::"],
  ])("prints the creation time %j without control characters", async (createdAt, described) => {
    const { create } = creating({ posts: [lost], lists: [[orphan({ createdAt })]] });
    expect((await failureOf(create())).message).toContain(described);
  });

  test("goes on when the object to delete is already gone", async () => {
    const { create, collection } = creating({ posts: [lost, "created"], lists: [[orphan()], []] });
    collection.remove = () => Promise.reject(new NotFoundError(OPERATION, 404, "gone"));
    expect(await create()).toBe("created");
  });

  test("fails without a second attempt when the object can't be deleted", async () => {
    const broken = new ServerError(OPERATION, 500, "oops");
    const { create, collection, requests } = creating({ posts: [lost, "created"], lists: [[orphan()], []] });
    collection.remove = () => Promise.reject(broken);
    expect(await failureOf(create())).toBe(broken);
    expect(posts(requests)).toBe(1);
  });

  test("fails without a second attempt when the account can't be listed", async () => {
    const { create, requests } = creating({ posts: [lost], lists: [new ServerError(OPERATION, 500, "oops")] });
    expect(await failureOf(create())).toBeInstanceOf(AmbiguousCreateError);
    expect(requests).toEqual(["list newest", "post", "list"]);
  });

  test("fails without a second attempt when there is no time for one", async () => {
    const { create, context, requests } = creating({ posts: [lost, "created"] });
    context.api.pause = async () => false;
    expect(await failureOf(create())).toBe(lost);
    expect(posts(requests)).toBe(1);
  });

  test("gives up after four attempts", async () => {
    const { create, requests } = creating({ posts: [lost] });
    expect(await failureOf(create())).toBe(lost);
    expect(posts(requests)).toBe(4);
  });

  test("leaves the object of a create of the same name that is in flight in this process", async () => {
    // Two components may each have a key "ci", with one default name. The second exists; its response is not here yet.
    const first = creating({ posts: [lost, "created"], lists: [[orphan({ id: "second" })], []] });
    const second = creating();
    let respond: () => void = () => undefined;
    const slowPost = () =>
      new Promise<{ live: ReturnType<typeof orphan> }>((resolve) => {
        respond = () => resolve({ live: orphan({ id: "second" }) });
      });
    const context = { ...second.context, session: first.context.session };
    const slow = createOnce(context, second.collection, second.draft, slowPost);
    const fast = first.create().catch(() => undefined);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    respond();
    await Promise.all([slow, fast]);
    expect(first.requests).not.toContain("remove second");
  });
});
