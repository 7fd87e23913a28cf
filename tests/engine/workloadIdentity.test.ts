/** Stacks without a management key: the token of a job is exchanged, and none of the tokens is in a state or an output. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jwt } from "../unit/support/tokenServer";
import { type Declaration, type DeclaredStack, errorsOf, openDeclaredStack, writes } from "./support/declaredStack";
import { type IdentityServer, startIdentityServer } from "./support/identityServer";

const POLICY = "fp_1";
const SUBJECT = jwt("repo:acme/budgets");
const ACCESS = jwt("access");

let s: DeclaredStack;
let server: IdentityServer;
let folder: string;
let file: string;
const declaration: Declaration = { one: { kind: "InferenceKey" }, two: { kind: "InferenceKey" } };
const changed: Declaration = { ...declaration, two: { kind: "InferenceKey", args: { limit: 2 } } };

beforeAll(async () => {
  s = await openDeclaredStack({ credentials: false });
  s.isSecret(SUBJECT);
  s.isSecret(ACCESS);
  server = await startIdentityServer(s.simulator, { policyId: POLICY, subjectToken: SUBJECT, accessToken: ACCESS });
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-token-"));
  file = join(folder, "token");
  writeFileSync(file, SUBJECT);
});
afterAll(async () => {
  server.close();
  rmSync(folder, { recursive: true });
  await s.close();
});
beforeEach(() => {
  server.exchanges.length = 0;
});

const job = (more: Record<string, string> = {}) => ({
  OPENROUTER_BASE_URL: server.url,
  OPENROUTER_FEDERATION_POLICY_ID: POLICY,
  OPENROUTER_SUBJECT_TOKEN: SUBJECT,
  ...more,
});

test("a rejected token is an error that says what to check, and creates nothing", async () => {
  const outcome = await s.up(declaration, { env: job({ OPENROUTER_SUBJECT_TOKEN: jwt("repo:mallory/budgets") }) });
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toMatch(
    /create inference key .*400: invalid_grant: The subject token was rejected\)\. Check that the policy trusts/,
  );
  expect(errorsOf(outcome)).not.toMatch(/eyJ/);
  expect(outcome.calls).toEqual([]);
});

test("a preview exchanges nothing, and an up once for all resources", async () => {
  expect(errorsOf(await s.preview(declaration, { env: job() }))).toBe("");
  expect(server.exchanges).toHaveLength(0);
  const made = await s.up(declaration, { env: job() });
  expect(errorsOf(made)).toBe("");
  expect(writes(made.calls)).toEqual(["POST /keys", "POST /keys"]);
  expect(server.exchanges).toHaveLength(1);
});

test("an up without changes exchanges nothing, and a refresh again", async () => {
  expect(errorsOf(await s.up(declaration, { env: job() }))).toBe("");
  expect(server.exchanges).toHaveLength(0);
  expect(errorsOf(await s.refresh({ env: job() }))).toBe("");
  expect(server.exchanges).toHaveLength(1);
});

test("the stack configuration names the policy and the file of the token", async () => {
  const config = { "openrouter:federationPolicyId": POLICY, "openrouter:subjectTokenFile": file };
  const outcome = await s.up(changed, { env: { OPENROUTER_BASE_URL: server.url }, config });
  expect(errorsOf(outcome)).toBe("");
  expect(writes(outcome.calls)).toEqual([expect.stringMatching(/^PATCH /)]);
});

test("a Provider with a policy takes neither key nor policy nor URL from the environment", async () => {
  const args = { federationPolicyId: POLICY, subjectTokenFile: file, baseUrl: server.url };
  const env = job({
    OPENROUTER_BASE_URL: "http://127.0.0.1:9",
    OPENROUTER_MANAGEMENT_KEY: "of-another-account",
    OPENROUTER_SUBJECT_TOKEN: jwt("of another job"),
  });
  const own: Declaration = {
    ...changed,
    emea: { kind: "Provider", args },
    three: { kind: "InferenceKey", opts: { provider: "emea" } },
  };
  const outcome = await s.up(own, { env });
  expect(errorsOf(outcome)).toBe("");
  expect(writes(outcome.calls)).toEqual(["POST /keys"]);
});

test("a destroy works by the token of its own job", async () => {
  expect(errorsOf(await s.destroy({ env: job() }))).toBe("");
  expect(s.simulator.account.keys).toEqual([]);
});
