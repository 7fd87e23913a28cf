/** Where the token that identifies a job or a pod comes from. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Api } from "../../provider/api/call";
import { type SubjectTokenSettings, subjectToken } from "../../provider/api/subjectToken";
import { failureOf } from "./support/samples";
import { jwt, type Received, type Reply, startTokenServer, type TokenServer } from "./support/tokenServer";

let server: TokenServer;
let replies: Reply[];
let folder: string;

const GITHUBS = jwt("from GitHub");
const reply = (_received: Received) => replies.shift() ?? { json: { count: 1, value: GITHUBS } };

beforeAll(async () => {
  server = await startTokenServer(reply);
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-token-"));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  replies = [];
  server.received.length = 0;
});

/** Only its waits are needed; they take no time and allow three attempts. */
const api = { pause: async (_error, attempts) => attempts < 3 } as Api;

const file = (name: string, content = jwt(name)) => {
  writeFileSync(join(folder, name), `${content}\n`);
  return join(folder, name);
};
const github = (more: object = {}) => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/token?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
  ...more,
});
const settings = (given: Partial<SubjectTokenSettings> = {}) => ({ explicit: false, ...given });
async function tokenOf(given: SubjectTokenSettings, environment: NodeJS.ProcessEnv) {
  const { token, origin } = await subjectToken(api, given, environment);
  return [token.reveal(), origin];
}

test("uses the first source that is set", async () => {
  const variable = { OPENROUTER_SUBJECT_TOKEN: jwt("variable") };
  const named = { OPENROUTER_SUBJECT_TOKEN_FILE: file("named") };
  const own = { subjectTokenFile: file("own") };
  const all = { ...variable, ...named, ...github() };
  expect(await tokenOf(settings({ explicit: true, ...own }), all)).toEqual([jwt("own"), `the file "${folder}/own"`]);
  expect(await tokenOf(settings(own), all)).toEqual([jwt("variable"), "OPENROUTER_SUBJECT_TOKEN"]);
  expect(await tokenOf(settings(own), { ...named, ...github() })).toEqual([jwt("named"), `the file "${folder}/named"`]);
  expect(await tokenOf(settings(own), github())).toEqual([jwt("own"), `the file "${folder}/own"`]);
  expect(server.received).toEqual([]);
  expect(await tokenOf(settings(), github())).toEqual([GITHUBS, "GitHub Actions"]);
});

test("reads the file each time, because Kubernetes renews the token in it", async () => {
  const path = file("rotated");
  expect((await tokenOf(settings({ subjectTokenFile: path }), {}))[0]).toBe(jwt("rotated"));
  file("rotated", jwt("renewed"));
  expect((await tokenOf(settings({ subjectTokenFile: path }), {}))[0]).toBe(jwt("renewed"));
});

test.each([
  ["that is GitHub's default", {}, {}, null],
  ["of the configuration", { subjectTokenAudience: "config" }, {}, "config"],
  [
    "of the environment before the configuration",
    { subjectTokenAudience: "config" },
    { OPENROUTER_SUBJECT_TOKEN_AUDIENCE: "a b" },
    "a b",
  ],
  [
    "of the Provider before all others",
    { explicit: true, subjectTokenAudience: "own" },
    { OPENROUTER_SUBJECT_TOKEN_AUDIENCE: "env" },
    "own",
  ],
])("requests a token from GitHub Actions for the audience %s", async (_title, given, environment, audience) => {
  await tokenOf(settings(given), github(environment));
  const [{ call, headers } = { call: "", headers: {} }] = server.received;
  const [method, path = ""] = call.split(" ");
  const url = new URL(path, server.origin);
  expect([method, url.pathname, url.searchParams.get("api-version")]).toEqual(["GET", "/token", "2.0"]);
  expect(url.searchParams.get("audience")).toBe(audience);
  expect(headers.authorization).toBe("Bearer request-token");
});

test("retries when GitHub Actions fails temporarily", async () => {
  replies = [
    { status: 503, text: "busy" },
    { status: 429, text: "slowly" },
  ];
  expect(await tokenOf(settings(), github())).toEqual([GITHUBS, "GitHub Actions"]);
  expect(server.received).toHaveLength(3);
});

test.each([
  [
    "a job without the permission",
    { status: 403, text: `no ${GITHUBS}` },
    /GitHub did not issue one \(403\)\. Give .*id-token: write/,
  ],
  ["a redirect", { status: 302, headers: { location: "/elsewhere" }, text: "" }, /GitHub did not issue one \(302\)/],
  ["a page", { text: `<html>${GITHUBS}` }, /no token in it/],
  ["JSON without a token", { json: { secret: GITHUBS } }, /no token in it/],
  ["null", { text: "null" }, /no token in it/],
  ["a token of a different kind", { json: { value: "opaque" } }, /GitHub Actions does not contain a JWT/],
])("shows no content in the error when GitHub returns %s", async (_title, answer, problem) => {
  replies = [answer];
  const { message } = await failureOf(tokenOf(settings(), github()));
  expect(message).toMatch(problem);
  expect(message).not.toMatch(/eyJ|opaque|request-token/);
  expect(server.received).toHaveLength(1);
});

test.each(["http://github.example/token", "ftp://127.0.0.1/token", "not a URL"])(
  "does not send GitHub's own token to %s",
  async (ACTIONS_ID_TOKEN_REQUEST_URL) => {
    const { message } = await failureOf(tokenOf(settings(), github({ ACTIONS_ID_TOKEN_REQUEST_URL })));
    expect(message).toMatch(/ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL/);
  },
);

test.each([
  [{}],
  [{ ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x" }],
  [{ ACTIONS_ID_TOKEN_REQUEST_URL: "https://x" }],
  [{ OPENROUTER_SUBJECT_TOKEN: " ", OPENROUTER_SUBJECT_TOKEN_FILE: "" }],
])("names every source when none is set: %j", async (environment) => {
  const { message } = await failureOf(tokenOf(settings(), environment));
  expect(message).toMatch(/OPENROUTER_SUBJECT_TOKEN or OPENROUTER_SUBJECT_TOKEN_FILE, or .*GitHub.*id-token: write/);
});

test.each([
  [
    "in a variable",
    () => ({ OPENROUTER_SUBJECT_TOKEN: "root:x:0:0" }),
    /OPENROUTER_SUBJECT_TOKEN does not contain a JWT/,
  ],
  [
    "in a file",
    () => ({ OPENROUTER_SUBJECT_TOKEN_FILE: file("passwd", "root:x:0:0") }),
    /passwd" does not contain a JWT/,
  ],
  ["of two lines", () => ({ OPENROUTER_SUBJECT_TOKEN: `${jwt("a")}\n${jwt("b")}` }), /does not contain a JWT/],
])("neither sends nor shows a value %s that is not a JWT", async (_title, environment, problem) => {
  const { message } = await failureOf(tokenOf(settings(), environment()));
  expect(message).toMatch(problem);
  expect(message).not.toMatch(/root|eyJ/);
});

test("shows path and reason when the file is unreadable", async () => {
  const { message } = await failureOf(tokenOf(settings({ subjectTokenFile: join(folder, "a\nb") }), {}));
  expect(message).toMatch(/can't read the file ".*a b" with the token to exchange \(ENOENT\)\. Check its path\./);
});
