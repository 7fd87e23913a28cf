/** The exchange of a subject token for access tokens, against a small server. */
import { z } from "zod";
import type { Api } from "../../provider/api/call";
import { startOperation } from "../../provider/api/client";
import { AuthenticationError, type RequestError, ServerError, TokenExchangeError } from "../../provider/errors";
import { resolveSettings } from "../../provider/settings";
import { failureOf } from "./support/samples";
import { jwt, type Received, type Reply, startTokenServer, type TokenServer } from "./support/tokenServer";

const SUBJECT = jwt("repo:acme/budgets");
const MINUTE = 60_000;

let server: TokenServer;
/** Replies of the token endpoint, in order; then tokens that it takes. */
let tokenReplies: Reply[];
let accepts: (bearer: string | undefined) => Reply;
let expiresIn = 900;
let now: number;

function reply({ call, headers }: Received): Reply {
  if (call !== "POST /api/v1/oauth/token") return accepts(headers.authorization);
  return tokenReplies.shift() ?? { json: issued(server.calls("/oauth/token").length) };
}

const access = (number: number) => jwt(`access ${number}`);
function issued(number: number, more: object = {}) {
  return {
    access_token: access(number),
    expires_in: expiresIn,
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    scope: "management",
    token_type: "Bearer",
    ...more,
  };
}

beforeAll(async () => {
  server = await startTokenServer(reply);
});
afterAll(() => server.close());
beforeEach(() => {
  server.received.length = 0;
  tokenReplies = [];
  accepts = () => ({ json: { ok: true } });
  expiresIn = 900;
  now = Date.now();
  jest.spyOn(Date, "now").mockImplementation(() => now);
  // Waits between attempts take no time.
  jest.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => jest.restoreAllMocks());

const environment = () => ({
  OPENROUTER_FEDERATION_POLICY_ID: "fp_1",
  OPENROUTER_SUBJECT_TOKEN: `${SUBJECT}\n`,
  OPENROUTER_BASE_URL: `${server.origin}/api/v1`,
});

const NOT_CONFIGURED = { explicit: false, ownKey: false, deleteOrphans: false };

/** Starts operations that share the settings, as in one provider process. */
function newProcess(given: NodeJS.ProcessEnv = environment()): () => Api {
  const settings = resolveSettings(NOT_CONFIGURED, given);
  const shared = { settings, log: () => undefined, clock: {} };
  return () =>
    startOperation({ ...shared, written: () => undefined }, { verb: "create", object: 'inference key "ci"' });
}

const call = { path: ["keys"], result: z.object({ ok: z.boolean() }) };
const create = (api: Api) => api.request({ ...call, method: "POST", body: {}, isRetryable: false });
const read = (api: Api) => api.request({ ...call, method: "GET" });
const bearers = () => server.calls("/keys").map(({ headers }) => headers.authorization);
const exchanges = () => server.calls("/oauth/token").length;

test("exchanges the subject token by RFC 8693 and sends the access token instead of a key", async () => {
  await create(newProcess()());
  const [exchange, request] = server.received;
  expect(exchange?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  expect(exchange?.headers.authorization).toBeUndefined();
  expect(Object.fromEntries(new URLSearchParams(exchange?.body))).toEqual({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    subject_token: SUBJECT,
    federation_policy_id: "fp_1",
    scope: "management",
  });
  expect(request?.headers.authorization).toBe(`Bearer ${access(1)}`);
});

test("exchanges nothing before the first authenticated request", async () => {
  const start = newProcess();
  start();
  await start().request({ ...call, method: "GET", authenticated: false });
  expect(exchanges()).toBe(0);
  expect(bearers()).toEqual([undefined]);
});

test("exchanges once for requests that start together", async () => {
  const start = newProcess();
  await Promise.all(Array.from({ length: 20 }, () => create(start())));
  expect(exchanges()).toBe(1);
  expect(new Set(bearers())).toEqual(new Set([`Bearer ${access(1)}`]));
});

test.each([
  ["15 minutes", 900, 14 * MINUTE],
  ["more than the 15 minutes that are documented", 3600, 14 * MINUTE],
  ["less than two minutes", 60, MINUTE / 2],
])("renews a token of %s before it expires", async (_title, seconds, renewedAfter) => {
  expiresIn = seconds;
  const start = newProcess();
  await read(start());
  now += renewedAfter - 1;
  await read(start());
  expect(exchanges()).toBe(1);
  now += 1;
  await Promise.all([read(start()), read(start())]);
  expect(exchanges()).toBe(2);
  expect(bearers().slice(-2)).toEqual([`Bearer ${access(2)}`, `Bearer ${access(2)}`]);
});

const UNAUTHORIZED: Reply = { status: 401, json: { error: { code: 401, message: "Token expired" } } };

test("renews a rejected token once for all requests that used it, and retries each", async () => {
  const start = newProcess();
  await read(start());
  accepts = (bearer) => (bearer === `Bearer ${access(1)}` ? UNAUTHORIZED : { json: { ok: true } });
  await Promise.all(Array.from({ length: 10 }, () => create(start())));
  expect(exchanges()).toBe(2);
  expect(bearers()).toHaveLength(1 + 10 + 10);
});

test("keeps a new token when an older one is rejected", async () => {
  const { credential } = resolveSettings(NOT_CONFIGURED, environment());
  const api = newProcess()();
  const old = await credential.bearer(api);
  credential.drop(old);
  const renewed = await credential.bearer(api);
  credential.drop(old);
  expect(await credential.bearer(api)).toBe(renewed);
});

test("fails when the renewed token is rejected too", async () => {
  accepts = () => UNAUTHORIZED;
  const error = await failureOf(create(newProcess()()));
  expect(error).toBeInstanceOf(AuthenticationError);
  expect(error.message).toMatch(/Token expired.*Let the federation policy act as a management key/);
  expect([exchanges(), bearers().length]).toEqual([2, 2]);
});

test("does not renew a token after a 403, because a new one has the same rights", async () => {
  accepts = () => ({ status: 403, json: { error: { code: 403, message: "Only management keys" } } });
  expect(await failureOf(create(newProcess()()))).toBeInstanceOf(AuthenticationError);
  expect([exchanges(), bearers().length]).toEqual([1, 1]);
});

const oauthError = (error: string, description = "no."): Reply => ({
  status: 400,
  json: { error, error_description: `${description}` },
});

test.each([
  ["invalid_grant", oauthError("invalid_grant"), /400: invalid_grant: no\)\. Check that the policy trusts the issuer/],
  ["invalid_request", oauthError("invalid_request"), /invalid_request: no\)\. Check the federation policy id/],
  ["invalid_scope", oauthError("invalid_scope"), /invalid_scope: no\)\. Let the policy act as a management key/],
  ["unsupported_grant_type", oauthError("unsupported_grant_type"), /this server exchanges no tokens/],
  ["an unknown error", oauthError("unheard_of"), /400: unheard_of: no\)/],
  ["an error without a description", { status: 401, json: { error: "invalid_grant" } }, /\(401: invalid_grant\)/],
  ["an inference key", { json: issued(1, { scope: "inference" }) }, /acts as an inference key\. Let the policy act as/],
  [
    "a server without the endpoint",
    { status: 404, text: "<html>Not Found" },
    /404, not an OAuth error.*Check the base URL/,
  ],
  ["a page with status 200", { text: "<html>" }, /no access token in it.*Check the base URL/],
  ["a response without a token", { json: { expires_in: 900, scope: "management" } }, /no access token in it/],
  ["a token with a line break", { json: issued(1, { access_token: "a\nb" }) }, /no access token in it/],
  ["a token that has expired", { json: issued(1, { expires_in: 0 }) }, /no access token in it/],
])("fails the operation before it sends anything when the exchange returns %s", async (_title, tokenReply, problem) => {
  tokenReplies = [tokenReply];
  const error = await failureOf(create(newProcess()()));
  expect(error.constructor).toBe(TokenExchangeError);
  expect((error as unknown as RequestError).outcome).toBe("unsent");
  expect(error.message).toMatch(/^create inference key "ci": exchange the token from OPENROUTER_SUBJECT_TOKEN under /);
  expect(error.message).toMatch(/federation policy fp_1: /);
  expect(error.message).toMatch(problem);
  expect([exchanges(), bearers().length]).toEqual([1, 0]);
});

test.each([
  ["429", { status: 429, json: { error: "temporarily_unavailable" }, headers: { "retry-after": "0" } }],
  ["500", { status: 500, json: { error: "server_error", error_description: "oops" } }],
  ["503 of a proxy", { status: 503, text: "<html>" }],
])("retries the exchange once for all waiting requests after %s", async (_title, tokenReply) => {
  tokenReplies = [tokenReply, tokenReply];
  const start = newProcess();
  await Promise.all([create(start()), create(start())]);
  expect([exchanges(), bearers().length]).toEqual([3, 2]);
});

test("fails the create as unsent when the exchange keeps failing", async () => {
  tokenReplies = Array.from({ length: 20 }, () => ({ status: 503, json: { error: "temporarily_unavailable" } }));
  const error = await failureOf(create(newProcess()()));
  expect((error as unknown as RequestError).outcome).toBe("unsent");
  expect(error.cause).toBeInstanceOf(ServerError);
  expect(error.message).toMatch(/the API failed \(503: temporarily_unavailable\)/);
  expect([exchanges(), bearers().length]).toEqual([6, 0]);
});

test("names each operation when requests share a failed exchange, and exchanges again for the next", async () => {
  tokenReplies = [oauthError("invalid_grant")];
  const start = newProcess();
  const failures = await Promise.all([failureOf(create(start())), failureOf(read(start()))]);
  expect(failures.every((error) => error instanceof TokenExchangeError)).toBe(true);
  expect(exchanges()).toBe(1);
  await read(start());
  expect(bearers()).toEqual([`Bearer ${access(2)}`]);
});

test("does not follow a redirect of the exchange", async () => {
  tokenReplies = [{ status: 307, headers: { location: `${server.origin}/elsewhere` }, text: "" }];
  expect((await failureOf(create(newProcess()()))).message).toMatch(/307, not an OAuth error/);
  expect(server.received).toHaveLength(1);
});

test("shows neither token in an error whatever the server returns", async () => {
  const opaque = "opaque-access-token";
  tokenReplies = [
    oauthError("invalid_grant", `bad ${SUBJECT}\u001b[2J`),
    { json: issued(1, { access_token: opaque }) },
  ];
  accepts = () => ({ status: 400, json: { error: { code: 400, message: `bad ${opaque} of ${SUBJECT}` } } });
  const start = newProcess();
  const errors = [await failureOf(create(start())), await failureOf(create(start()))];
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringContaining("bad [secret]"),
    expect.stringContaining("bad [secret] of [secret]"),
  ]);
  for (const { message, stack } of errors) {
    for (const text of [message, stack]) {
      expect(text).not.toContain(opaque);
      expect(text).not.toContain(SUBJECT);
      expect(text).not.toContain("\u001b");
    }
  }
});

test("shows no subject token of an unusual format in an error", async () => {
  const odd = "odd.subject.token";
  accepts = () => ({ status: 400, json: { error: { code: 400, message: `bad ${odd}` } } });
  const start = newProcess({ ...environment(), OPENROUTER_SUBJECT_TOKEN: odd });
  const { message } = await failureOf(create(start()));
  expect(message).toContain("bad [secret]");
});

test("sends no token to a base URL that is plain HTTP and not on loopback", () => {
  const given = { ...environment(), OPENROUTER_BASE_URL: "http://openrouter.example/api/v1" };
  expect(() => newProcess(given)).toThrow(/plain HTTP/);
});
