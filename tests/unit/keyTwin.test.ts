import { AmbiguousCreateError, TimeoutError } from "../../provider/errors";
import { inferenceKey } from "../../provider/resources/inferenceKey";
import { OPERATION, responding } from "./support/fakeApi";
import { checked, contextOf, HASH, KEY, newSession, OTHER_HASH, OTHER_WORKSPACE, wireKey } from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));

const NOW = "2026-11-21T10:30:00Z";
const NAME = "acme/prod/ci";
const unused = { name: NAME, byok_usage: 0, last_used_at: null, created_at: NOW };

/** An account in which the first POST got lost, and which then lists these keys; the second POST is answered. */
function lossy(given: object, ...listed: object[]) {
  let posts = 0;
  const fake = responding(({ method, body, query }) => {
    if (method === "POST" && posts++ === 0) throw new TimeoutError(OPERATION, 20);
    if (method === "POST") return { data: wireKey(body as object), key: KEY };
    const { offset = 0 } = (query ?? {}) as { offset?: number };
    return method === "DELETE" ? { deleted: true } : { data: listed.slice(offset) };
  });
  const session = { ...newSession(), preexisting: new Map() };
  session.preexisting.set("keys ", Promise.resolve([])).set(`keys ${OTHER_WORKSPACE}`, Promise.resolve([]));
  const api = { ...fake.api, serverTime: () => Date.parse(NOW) };
  const inputs = checked(inferenceKey, { name: NAME, __defaultName: true, ...given });
  return { fake, session, create: () => inferenceKey.create(contextOf({ ...fake, api }, session), inputs) };
}
const twin = (settings: object = {}) => wireKey({ ...unused, hash: OTHER_HASH, ...settings });

async function isRemoved(given: object, ...listed: object[]): Promise<boolean> {
  const { fake, create } = lossy(given, ...listed);
  const result = await create().catch((error: unknown) => error);
  const isGone = fake.lines().includes(`DELETE /keys/${OTHER_HASH}`);
  if (!isGone) expect(result).toBeInstanceOf(AmbiguousCreateError);
  if (!isGone)
    expect((result as AmbiguousCreateError).message).toContain(`may have produced: ${OTHER_HASH}, created ${NOW}`);
  expect(fake.lines().filter((line) => line === "POST /keys")).toHaveLength(isGone ? 2 : 1);
  return isGone;
}

test.each<[string, object, object]>([
  ["has the declared settings", {}, {}],
  ["has all of them", { limit: 5, externalUser: "a" }, { limit: 5, external_user: "a" }],
  ["is not disabled yet, which a second request does", { disabled: true }, {}],
  ["is disabled, which a second request has done", {}, { disabled: true }],
  ["has no reset yet, which some servers set by a second request", { limit: 5, limitReset: "daily" }, { limit: 5 }],
  ["does not count BYOK yet, the same", { includeByokInLimit: true }, {}],
  ["has the reset already", { limitReset: "daily" }, { limit_reset: "daily" }],
  [
    "has the same expiry in another form",
    { expiresAt: "2027-01-01T02:00:00+02:00" },
    { expires_at: "2027-01-01T00:00:00.000Z" },
  ],
])("a key of a lost response that was never used and %s is removed", async (_title, given, settings) => {
  expect(await isRemoved(given, twin(settings))).toBe(true);
});

test.each<[string, object, object]>([
  ["was used with credits", {}, { usage: 0.000001 }],
  ["was used with a key of the account's own", {}, { byok_usage: 0.000001 }],
  ["was used without costs", {}, { last_used_at: NOW }],
  ["does not tell its BYOK usage", {}, { byok_usage: null }],
  ["does not tell its usage", {}, { usage: null }],
  ["has another limit", { limit: 5 }, { limit: 6 }],
  ["has a limit where none is declared", {}, { limit: 5 }],
  ["has another reset", { limitReset: "daily" }, { limit_reset: "weekly" }],
  ["has a reset where none is declared", {}, { limit_reset: "weekly" }],
  ["counts BYOK where that is not declared", {}, { include_byok_in_limit: true }],
  ["has another expiry", { expiresAt: "2027-01-01T00:00:00Z" }, { expires_at: "2027-01-02T00:00:00Z" }],
  ["has an expiry where none is declared", {}, { expires_at: "2027-01-02T00:00:00Z" }],
  ["has another creator", { creatorUserId: "user_a" }, { creator_user_id: "user_b" }],
  ["has another external user", { externalUser: "a" }, { external_user: "b" }],
  ["is in another workspace", { workspaceId: OTHER_WORKSPACE }, {}],
])("a key that %s is never removed, but named", async (_title, given, settings) => {
  expect(await isRemoved(given, twin(settings))).toBe(false);
});

test("a key whose name is the user's own is never removed", async () => {
  expect(await isRemoved({ __defaultName: false }, twin())).toBe(false);
  expect(await isRemoved({ __defaultName: undefined }, twin())).toBe(false);
});

test("keys of other names are none of it", async () => {
  const { fake, create } = lossy(
    {},
    twin({ name: "acme/prod/cj" }),
    twin({ name: "acme/prod/ci2", hash: "c".repeat(64) }),
  );
  expect((await create()).id).toBe(HASH);
  expect(fake.lines().filter((line) => line.startsWith("DELETE"))).toEqual([]);
});

test("all of the key's own workspace is looked through, disabled and expired keys too", async () => {
  const { fake, create } = lossy(
    { workspaceId: OTHER_WORKSPACE.toUpperCase() },
    twin({ workspace_id: OTHER_WORKSPACE }),
  );
  await create();
  const query = fake.sent.find(({ method }) => method === "GET")?.query;
  expect(query).toMatchObject({ include_disabled: "true", include_expired: "true", workspace_id: OTHER_WORKSPACE });
});

test("before the first create of a workspace one page of it is read", async () => {
  const { fake, session, create } = lossy({});
  session.preexisting.clear();
  await create();
  expect(fake.lines()[0]).toBe("GET /keys");
  expect(fake.lines()[1]).toBe("POST /keys");
});
