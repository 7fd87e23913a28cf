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

/** An account that lists these keys, loses the response to the first POST, and responds to the second. */
function losingFirstPost(given: object, ...listed: object[]) {
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

async function isDeleted(given: object, ...listed: object[]): Promise<boolean> {
  const { fake, create } = losingFirstPost(given, ...listed);
  const result = await create().catch((error: unknown) => error);
  const isGone = fake.lines().includes(`DELETE /keys/${OTHER_HASH}`);
  if (!isGone) expect(result).toBeInstanceOf(AmbiguousCreateError);
  if (!isGone)
    expect((result as AmbiguousCreateError).message).toContain(`may have produced: ${OTHER_HASH}, created ${NOW}`);
  expect(fake.lines().filter((line) => line === "POST /keys")).toHaveLength(isGone ? 2 : 1);
  return isGone;
}

test.each<[string, object, object]>([
  ["has no settings, as declared", {}, {}],
  ["has the declared limit and external user", { limit: 5, externalUser: "a" }, { limit: 5, external_user: "a" }],
  ["is not disabled yet, which needs a second request", { disabled: true }, {}],
  ["is disabled already", {}, { disabled: true }],
  ["has no reset interval yet, which may need a second request", { limit: 5, limitReset: "daily" }, { limit: 5 }],
  ["does not count BYOK yet, which may need a second request", { includeByokInLimit: true }, {}],
  ["has the reset interval already", { limitReset: "daily" }, { limit_reset: "daily" }],
  [
    "has the same expiry in another format",
    { expiresAt: "2027-01-01T02:00:00+02:00" },
    { expires_at: "2027-01-01T00:00:00.000Z" },
  ],
])("deletes an unused orphan of a lost response that %s", async (_title, given, settings) => {
  expect(await isDeleted(given, twin(settings))).toBe(true);
});

test.each<[string, object, object]>([
  ["was used with credits", {}, { usage: 0.000001 }],
  ["was used with BYOK", {}, { byok_usage: 0.000001 }],
  ["was used without costs", {}, { last_used_at: NOW }],
  ["shows no BYOK usage", {}, { byok_usage: null }],
  ["shows no usage", {}, { usage: null }],
  ["has a different limit", { limit: 5 }, { limit: 6 }],
  ["has an undeclared limit", {}, { limit: 5 }],
  ["has a different reset interval", { limitReset: "daily" }, { limit_reset: "weekly" }],
  ["has an undeclared reset interval", {}, { limit_reset: "weekly" }],
  ["counts BYOK, which is not declared", {}, { include_byok_in_limit: true }],
  ["has a different expiry", { expiresAt: "2027-01-01T00:00:00Z" }, { expires_at: "2027-01-02T00:00:00Z" }],
  ["has an undeclared expiry", {}, { expires_at: "2027-01-02T00:00:00Z" }],
  ["has a different creator", { creatorUserId: "user_a" }, { creator_user_id: "user_b" }],
  ["has a different external user", { externalUser: "a" }, { external_user: "b" }],
  ["is in a different workspace", { workspaceId: OTHER_WORKSPACE }, {}],
])("keeps and names a key that %s", async (_title, given, settings) => {
  expect(await isDeleted(given, twin(settings))).toBe(false);
});

test("keeps a key whose name the program chose", async () => {
  expect(await isDeleted({ __defaultName: false }, twin())).toBe(false);
  expect(await isDeleted({ __defaultName: undefined }, twin())).toBe(false);
});

test("ignores keys with different names", async () => {
  const { fake, create } = losingFirstPost(
    {},
    twin({ name: "acme/prod/cj" }),
    twin({ name: "acme/prod/ci2", hash: "c".repeat(64) }),
  );
  expect((await create()).id).toBe(HASH);
  expect(fake.lines().filter((line) => line.startsWith("DELETE"))).toEqual([]);
});

test("lists only the key's workspace, including disabled and expired keys", async () => {
  const { fake, create } = losingFirstPost(
    { workspaceId: OTHER_WORKSPACE.toUpperCase() },
    twin({ workspace_id: OTHER_WORKSPACE }),
  );
  await create();
  const query = fake.sent.find(({ method }) => method === "GET")?.query;
  expect(query).toMatchObject({ include_disabled: "true", include_expired: "true", workspace_id: OTHER_WORKSPACE });
});

test("reads one page of the workspace before its first create", async () => {
  const { fake, session, create } = losingFirstPost({});
  session.preexisting.clear();
  await create();
  expect(fake.lines()[0]).toBe("GET /keys");
  expect(fake.lines()[1]).toBe("POST /keys");
});
