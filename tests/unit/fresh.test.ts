import { sleep } from "../../provider/api/retry";
import { NotFoundError, ServerError } from "../../provider/errors";
import { type Age, LAG_WAITS_MS, untilFound, untilVisible } from "../../provider/reconcile/fresh";
import { guardrail } from "../../provider/resources/guardrail";
import { guardrailKeyAssignment } from "../../provider/resources/guardrailKeyAssignment";
import { inferenceKey } from "../../provider/resources/inferenceKey";
import { Secret } from "../../provider/secret";
import { OPERATION, responding } from "./support/fakeApi";
import {
  checked,
  contextOf,
  failureOf,
  GUARDRAIL,
  HASH,
  KEY,
  newSession,
  wireGuardrail,
  wireKey,
} from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));
beforeEach(() => jest.mocked(sleep).mockClear());
const slept = () => jest.mocked(sleep).mock.calls.map(([ms]) => ms);

const NOW = Date.parse("2026-11-21T10:30:00Z");
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const gone = new NotFoundError(OPERATION, 404, "Resource not found");

function scope(created: string[] = [], clock: number | undefined = NOW) {
  const session = newSession();
  for (const id of created) session.createdIds.add(id);
  return { api: { ...responding(() => ({})).api, serverTime: (): number | undefined => clock }, session };
}

/** A read that succeeds only after this many attempts. */
function lagging<Hidden>(misses: number, hidden: () => Hidden) {
  const state = { reads: 0 };
  const read = async (): Promise<string | Hidden> => (state.reads++ < misses ? hidden() : "seen");
  return { state, read };
}
const notFound = (): never => {
  throw gone;
};

test("waits for at most 15 s in total", () => {
  expect(LAG_WAITS_MS.reduce((sum, wait) => sum + wait)).toBe(15_000);
});

const FRESH: [string, string[], Age][] = [
  ["created by this process", ["id"], { id: "id" }],
  ["created by this process, even if its timestamp is old", ["id"], { id: "id", createdAt: ago(3_600_000) }],
  ["created just under a minute ago by the server's clock", [], { id: "id", createdAt: ago(59_999) }],
  ["created in the future by the server's clock", [], { id: "id", createdAt: ago(-5_000) }],
];
const OLD: [string, string[], Age, number | undefined][] = [
  ["created a minute ago", [], { id: "id", createdAt: ago(60_000) }, NOW],
  ["without a creation time", [], { id: "id" }, NOW],
  ["with an unreadable creation time", [], { id: "id", createdAt: "today" }, NOW],
  ["with null as its creation time", [], { id: "id", createdAt: null }, NOW],
  ["created just now, when the server's clock is unknown", [], { id: "id", createdAt: ago(0) }, undefined],
  ["that is not the one created by this process", ["other"], { id: "id" }, NOW],
];

describe.each(FRESH)("an object %s", (_title, created, age) => {
  test("is retried until it is visible", async () => {
    const { state, read } = lagging(3, notFound);
    expect(await untilVisible(scope(created), age, read)).toBe("seen");
    expect(state.reads).toBe(4);
    expect(slept()).toEqual(LAG_WAITS_MS.slice(0, 3));
  });

  test("counts as deleted after all waits and a last attempt", async () => {
    const { state, read } = lagging(Number.POSITIVE_INFINITY, notFound);
    expect(await failureOf(untilVisible(scope(created), age, read))).toBe(gone);
    expect(state.reads).toBe(LAG_WAITS_MS.length + 1);
    expect(slept()).toEqual(LAG_WAITS_MS);
  });

  test("is read again until it is found, or until the last attempt finds nothing", async () => {
    const visible = lagging(LAG_WAITS_MS.length, () => undefined);
    expect(await untilFound(scope(created), age, visible.read)).toBe("seen");
    const missing = lagging(Number.POSITIVE_INFINITY, () => undefined);
    expect(await untilFound(scope(created), age, missing.read)).toBeUndefined();
    expect(missing.state.reads).toBe(LAG_WAITS_MS.length + 1);
  });
});

describe.each(OLD)("an object %s", (_title, created, age, clock) => {
  test("counts as deleted at once", async () => {
    const { state, read } = lagging(1, notFound);
    const context = scope(created);
    context.api.serverTime = () => clock;
    expect(await failureOf(untilVisible(context, age, read))).toBe(gone);
    const empty = lagging(1, () => undefined);
    expect(await untilFound(context, age, empty.read)).toBeUndefined();
    expect([state.reads, empty.state.reads]).toEqual([1, 1]);
    expect(slept()).toEqual([]);
  });
});

test("passes on any other failure without a wait", async () => {
  const broken = new ServerError(OPERATION, 500, "oops");
  const work = () => Promise.reject(broken);
  expect(await failureOf(untilVisible(scope(["id"]), { id: "id" }, work))).toBe(broken);
  expect(await failureOf(untilFound(scope(["id"]), { id: "id" }, work))).toBe(broken);
  expect(slept()).toEqual([]);
});

test("does not wait for an object that is visible", async () => {
  expect(await untilVisible(scope(["id"]), { id: "id" }, async () => "seen")).toBe("seen");
  expect(await untilFound(scope(["id"]), { id: "id" }, async () => "seen")).toBe("seen");
  expect(slept()).toEqual([]);
});

describe("when the API shows a new object late", () => {
  /** Responds with 404 to the first two requests for an object by its id. */
  function lateApi() {
    let attempts = 0;
    return responding(({ method, path }) => {
      if (method === "POST" && path === "/keys") return { data: wireKey(), key: KEY };
      if (method === "POST" && path === "/guardrails") return { data: wireGuardrail() };
      if (attempts++ < 2) return gone;
      if (path.endsWith("/remove")) return { unassigned_count: 1 };
      if (path.endsWith("/keys")) return method === "GET" ? { data: [], total_count: 0 } : { assigned_count: 1 };
      if (method === "DELETE") return { deleted: true };
      return { data: path.startsWith("/keys") ? wireKey({ disabled: true }) : wireGuardrail() };
    });
  }
  const inputs = checked(inferenceKey, { name: "ci", disabled: true });

  test("retries the PATCH after the POST, so that a disabled key does not stay enabled", async () => {
    const fake = lateApi();
    const { outputs } = await inferenceKey.create(contextOf(fake), inputs);
    expect(outputs.disabled).toBe(true);
    expect(fake.lines()).toEqual(["POST /keys", ...Array(3).fill(`PATCH /keys/${HASH}`)]);
  });

  test("retries a DELETE, and the read of a refresh", async () => {
    const state = { name: "ci", key: new Secret(KEY), label: "", createdAt: ago(30_000) };
    for (const work of ["delete", "read"] as const) {
      const fake = lateApi();
      const context = contextOf({ ...fake, api: { ...fake.api, serverTime: () => NOW } }, newSession());
      // The host takes this time from the state.
      context.session.creationTimes.set(HASH, state.createdAt);
      if (work === "delete") await inferenceKey.delete(context, HASH, state);
      else expect(await inferenceKey.read(context, HASH, state)).toBeDefined();
      expect(fake.sent).toHaveLength(3);
    }
  });

  test("retries an assignment to a new guardrail", async () => {
    const fake = lateApi();
    const session = newSession();
    await guardrail.create(contextOf(fake, session), checked(guardrail, { name: "safe" }));
    await guardrailKeyAssignment.create(contextOf(fake, session), { guardrailId: GUARDRAIL, keyHash: HASH });
    const posts = fake.lines().filter((line) => line.endsWith("/assignments/keys"));
    expect(posts).toHaveLength(3);
  });
});
