/** Stacks without a management key: the token of a CI job is exchanged for an access token, and neither is stored. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jwt } from "../unit/support/tokenServer";
import {
  type Declaration,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  openDeclaredStack,
  writes,
} from "./support/declaredStack";

const SUBJECT = jwt("repo:acme/budgets");
/** The beginning of the simulator's access tokens. */
const ACCESS = Buffer.from(JSON.stringify({ alg: "ES256", typ: "JWT", kid: "simulator" })).toString("base64url");
const EXCHANGE = "POST /oauth/token";

const twoKeys: Declaration = { one: { kind: "InferenceKey" }, two: { kind: "InferenceKey" } };
const twoKeysOneLimited: Declaration = { ...twoKeys, two: { kind: "InferenceKey", args: { limit: 2 } } };

/** A stack without a management key, a policy of its account that trusts the token, and the environment of the job. */
async function openWithPolicy() {
  const s = await openDeclaredStack({ credentials: false });
  s.addSecret(SUBJECT);
  s.addSecret(ACCESS);
  const policyId = s.simulator.dashboard.addFederationPolicy({ subjectTokens: [SUBJECT] }).id;
  const env = { OPENROUTER_FEDERATION_POLICY_ID: policyId, OPENROUTER_SUBJECT_TOKEN: SUBJECT };
  return { s, policyId, env };
}

function tokenFile(): string {
  const file = join(mkdtempSync(join(tmpdir(), "pulumi-openrouter-token-")), "token");
  writeFileSync(file, SUBJECT);
  return file;
}

test("fails with a hint to the policy, and creates nothing, when the token is rejected", async () => {
  const { s, env } = await openWithPolicy();
  const outcome = await s.up(twoKeys, { env: { ...env, OPENROUTER_SUBJECT_TOKEN: jwt("repo:mallory/budgets") } });
  expectFailure(
    outcome,
    /create inference key .*400: invalid_grant: The subject token was rejected\)\. Check that the policy trusts/,
  );
  expect(errorsOf(outcome)).not.toMatch(/eyJ/);
  expect({ writes: new Set(writes(outcome.calls)), keys: s.simulator.account.keys }).toEqual({
    writes: new Set([EXCHANGE]),
    keys: [],
  });
});

test("exchanges the token once per operation that calls the API", async () => {
  const { s, env } = await openWithPolicy();

  const preview = await s.preview(twoKeys, { env });
  expect({ errors: errorsOf(preview), calls: preview.calls }).toEqual({ errors: "", calls: [] });

  const created = await s.up(twoKeys, { env });
  expect({ errors: errorsOf(created), writes: writes(created.calls) }).toEqual({
    errors: "",
    writes: [EXCHANGE, "POST /keys", "POST /keys"],
  });

  const unchanged = await s.up(twoKeys, { env });
  expect({ ...effectsOf(unchanged), calls: unchanged.calls }).toEqual({ ...NO_EFFECTS, calls: [] });

  expect(effectsOf(await s.refresh({ env }))).toEqual({ ...NO_EFFECTS, writes: [EXCHANGE] });

  expect(errorsOf(await s.destroy({ env }))).toBe("");
  expect(s.simulator.account.keys).toEqual([]);
});

test("reads the policy and the token file from the configuration", async () => {
  const { s, policyId } = await openWithPolicy();
  const config = { "openrouter:federationPolicyId": policyId, "openrouter:subjectTokenFile": tokenFile() };
  expect(errorsOf(await s.up(twoKeys, { config }))).toBe("");
  const changed = await s.up(twoKeysOneLimited, { config });
  expect({ errors: errorsOf(changed), writes: writes(changed.calls) }).toEqual({
    errors: "",
    writes: [EXCHANGE, expect.stringMatching(/^PATCH /)],
  });
});

test("takes no key, token or URL from the environment for a Provider that has a policy", async () => {
  const { s, policyId } = await openWithPolicy();
  const args = { federationPolicyId: policyId, subjectTokenFile: tokenFile(), baseUrl: s.simulator.url };
  const env = {
    OPENROUTER_FEDERATION_POLICY_ID: policyId,
    OPENROUTER_SUBJECT_TOKEN: jwt("repo:other/job"),
    OPENROUTER_BASE_URL: "http://127.0.0.1:9",
    OPENROUTER_MANAGEMENT_KEY: "of-another-account",
  };
  const declaration: Declaration = {
    emea: { kind: "Provider", args },
    key: { kind: "InferenceKey", opts: { provider: "emea" } },
  };
  const outcome = await s.up(declaration, { env });
  expect({ errors: errorsOf(outcome), writes: writes(outcome.calls) }).toEqual({
    errors: "",
    writes: [EXCHANGE, "POST /keys"],
  });
});
