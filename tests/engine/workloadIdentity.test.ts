/** Stacks without a management key: the token of a job is exchanged, and none of the tokens is in a state or an output. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jwt } from "../unit/support/tokenServer";
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  type Outcome,
  openDeclaredStack,
  writes,
} from "./support/declaredStack";

const SUBJECT = jwt("repo:acme/budgets");
/** The simulator's access tokens start like this. */
const ACCESS = Buffer.from(JSON.stringify({ alg: "ES256", typ: "JWT", kid: "simulator" })).toString("base64url");
const EXCHANGE = "POST /oauth/token";

let s: DeclaredStack;
let policyId: string;
let folder: string;
let file: string;
const declaration: Declaration = { one: { kind: "InferenceKey" }, two: { kind: "InferenceKey" } };
const changed: Declaration = { ...declaration, two: { kind: "InferenceKey", args: { limit: 2 } } };

beforeAll(async () => {
  s = await openDeclaredStack({ credentials: false });
  s.isSecret(SUBJECT);
  s.isSecret(ACCESS);
  policyId = s.simulator.dashboard.addFederationPolicy({ subjectTokens: [SUBJECT] }).id;
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-token-"));
  file = join(folder, "token");
  writeFileSync(file, SUBJECT);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await s.close();
});
const job = (more: Record<string, string> = {}) => ({
  OPENROUTER_FEDERATION_POLICY_ID: policyId,
  OPENROUTER_SUBJECT_TOKEN: SUBJECT,
  ...more,
});
const exchanges = ({ calls }: Outcome) => calls.filter(({ path }) => path === "/oauth/token").length;

test("a rejected token is an error that says what to check, and creates nothing", async () => {
  const outcome = await s.up(declaration, { env: job({ OPENROUTER_SUBJECT_TOKEN: jwt("repo:mallory/budgets") }) });
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toMatch(
    /create inference key .*400: invalid_grant: The subject token was rejected\)\. Check that the policy trusts/,
  );
  expect(errorsOf(outcome)).not.toMatch(/eyJ/);
  expect(new Set(writes(outcome.calls))).toEqual(new Set([EXCHANGE]));
  expect(s.simulator.account.keys).toEqual([]);
});

test("a preview exchanges nothing, and an up once for all resources", async () => {
  const previewed = await s.preview(declaration, { env: job() });
  expect([errorsOf(previewed), previewed.calls]).toEqual(["", []]);
  const made = await s.up(declaration, { env: job() });
  expect(errorsOf(made)).toBe("");
  expect(writes(made.calls)).toEqual([EXCHANGE, "POST /keys", "POST /keys"]);
});

test("an up without changes exchanges nothing, and a refresh again", async () => {
  const same = await s.up(declaration, { env: job() });
  expect([errorsOf(same), same.calls]).toEqual(["", []]);
  const refreshed = await s.refresh({ env: job() });
  expect([errorsOf(refreshed), exchanges(refreshed)]).toEqual(["", 1]);
});

test("the stack configuration names the policy and the file of the token", async () => {
  const config = { "openrouter:federationPolicyId": policyId, "openrouter:subjectTokenFile": file };
  const outcome = await s.up(changed, { config });
  expect(errorsOf(outcome)).toBe("");
  expect(writes(outcome.calls)).toEqual([EXCHANGE, expect.stringMatching(/^PATCH /)]);
});

test("a Provider with a policy takes neither key nor policy nor URL from the environment", async () => {
  const args = { federationPolicyId: policyId, subjectTokenFile: file, baseUrl: s.simulator.url };
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
  expect(writes(outcome.calls)).toEqual([EXCHANGE, "POST /keys"]);
});

test("a destroy works by the token of its own job", async () => {
  expect(errorsOf(await s.destroy({ env: job() }))).toBe("");
  expect(s.simulator.account.keys).toEqual([]);
});
