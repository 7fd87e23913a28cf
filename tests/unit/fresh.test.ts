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

function scope(made: string[] = [], clock: number | undefined = NOW) {
  const session = newSession();
  for (const id of made) session.createdIds.add(id);
  return { api: { ...responding(() => ({})).api, serverTime: (): number | undefined => clock }, session };
}

/** What shows the object from a certain look on. */
function lagging<Hidden>(looks: number, hidden: () => Hidden) {
  const state = { asked: 0 };
  const ask = async (): Promise<string | Hidden> => (state.asked++ < looks ? hidden() : "seen");
  return { state, ask };
}
const notFound = (): never => {
  throw gone;
};

test("it is waited for 15 s in all", () => {
  expect(LAG_WAITS_MS.reduce((sum, wait) => sum + wait)).toBe(15_000);
});

const FRESH: [string, string[], Age][] = [
  ["created by this process", ["id"], { id: "id" }],
  ["created by this process, although its time is long ago", ["id"], { id: "id", createdAt: ago(3_600_000) }],
  ["created just under a minute ago by the server's clock", [], { id: "id", createdAt: ago(59_999) }],
  ["created in the server's future", [], { id: "id", createdAt: ago(-5_000) }],
];
const OLD: [string, string[], Age, number | undefined][] = [
  ["created a minute ago", [], { id: "id", createdAt: ago(60_000) }, NOW],
  ["of no known time", [], { id: "id" }, NOW],
  ["of a time that can't be read", [], { id: "id", createdAt: "today" }, NOW],
  ["of no time", [], { id: "id", createdAt: null }, NOW],
  ["recent, without a clock of the server", [], { id: "id", createdAt: ago(0) }, undefined],
  ["other than the one that this process has created", ["other"], { id: "id" }, NOW],
];

describe.each(FRESH)("an object %s", (_title, made, age) => {
  test("is asked for again until it is visible", async () => {
    const { state, ask } = lagging(3, notFound);
    expect(await untilVisible(scope(made), age, ask)).toBe("seen");
    expect(state.asked).toBe(4);
    expect(slept()).toEqual(LAG_WAITS_MS.slice(0, 3));
  });

  test("is gone after all waits and a last look", async () => {
    const { state, ask } = lagging(Number.POSITIVE_INFINITY, notFound);
    expect(await failureOf(untilVisible(scope(made), age, ask))).toBe(gone);
    expect(state.asked).toBe(LAG_WAITS_MS.length + 1);
    expect(slept()).toEqual(LAG_WAITS_MS);
  });

  test("is read again until there is something, and nothing after a last look", async () => {
    const seen = lagging(LAG_WAITS_MS.length, () => undefined);
    expect(await untilFound(scope(made), age, seen.ask)).toBe("seen");
    const never = lagging(Number.POSITIVE_INFINITY, () => undefined);
    expect(await untilFound(scope(made), age, never.ask)).toBeUndefined();
    expect(never.state.asked).toBe(LAG_WAITS_MS.length + 1);
  });
});

describe.each(OLD)("an object %s", (_title, made, age, clock) => {
  test("is gone at once", async () => {
    const { state, ask } = lagging(1, notFound);
    const context = scope(made);
    context.api.serverTime = () => clock;
    expect(await failureOf(untilVisible(context, age, ask))).toBe(gone);
    const read = lagging(1, () => undefined);
    expect(await untilFound(context, age, read.ask)).toBeUndefined();
    expect([state.asked, read.state.asked]).toEqual([1, 1]);
    expect(slept()).toEqual([]);
  });
});

test("any other failure is one at once", async () => {
  const broken = new ServerError(OPERATION, 500, "oops");
  const work = () => Promise.reject(broken);
  expect(await failureOf(untilVisible(scope(["id"]), { id: "id" }, work))).toBe(broken);
  expect(await failureOf(untilFound(scope(["id"]), { id: "id" }, work))).toBe(broken);
  expect(slept()).toEqual([]);
});

test("what is visible waits for nothing", async () => {
  expect(await untilVisible(scope(["id"]), { id: "id" }, async () => "seen")).toBe("seen");
  expect(await untilFound(scope(["id"]), { id: "id" }, async () => "seen")).toBe("seen");
  expect(slept()).toEqual([]);
});

describe("an API that shows a new object late", () => {
  /** Hides what is asked for by its id for two looks; each request counts. */
  function late() {
    let looks = 0;
    return responding(({ method, path }) => {
      if (method === "POST" && path === "/keys") return { data: wireKey(), key: KEY };
      if (method === "POST" && path === "/guardrails") return { data: wireGuardrail() };
      if (looks++ < 2) return gone;
      if (path.endsWith("/remove")) return { unassigned_count: 1 };
      if (path.endsWith("/keys")) return method === "GET" ? { data: [], total_count: 0 } : { assigned_count: 1 };
      if (method === "DELETE") return { deleted: true };
      return { data: path.startsWith("/keys") ? wireKey({ disabled: true }) : wireGuardrail() };
    });
  }
  const inputs = checked(inferenceKey, { name: "ci", disabled: true });

  test("gets the PATCH after the POST again: a disabled key does not stay enabled", async () => {
    const fake = late();
    const { outputs } = await inferenceKey.create(contextOf(fake), inputs);
    expect(outputs.disabled).toBe(true);
    expect(fake.lines()).toEqual(["POST /keys", ...Array(3).fill(`PATCH /keys/${HASH}`)]);
  });

  test("gets a DELETE again, and a refresh finds what it does not show yet", async () => {
    const state = { name: "ci", key: new Secret(KEY), label: "", createdAt: ago(30_000) };
    for (const work of ["delete", "read"] as const) {
      const fake = late();
      const context = contextOf({ ...fake, api: { ...fake.api, serverTime: () => NOW } }, newSession());
      // What the host has met in the state.
      context.session.creationTimes.set(HASH, state.createdAt);
      if (work === "delete") await inferenceKey.delete(context, HASH, state);
      else expect(await inferenceKey.read(context, HASH, state)).toBeDefined();
      expect(fake.sent).toHaveLength(3);
    }
  });

  test("gets an assignment to a new guardrail again", async () => {
    const fake = late();
    const session = newSession();
    await guardrail.create(contextOf(fake, session), checked(guardrail, { name: "safe" }));
    await guardrailKeyAssignment.create(contextOf(fake, session), { guardrailId: GUARDRAIL, keyHash: HASH });
    const posts = fake.lines().filter((line) => line.endsWith("/assignments/keys"));
    expect(posts).toHaveLength(3);
  });
});
