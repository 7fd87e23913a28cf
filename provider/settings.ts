/**
 * Sources of the credential (a management key, or a federation policy that acts as one) and the base URL, in order:
 *
 * 1. the inputs of an explicit `Provider` resource,
 * 2. the environment of the provider process, which starts with each Pulumi command,
 * 3. the stack configuration. `refresh` and `destroy` use the copy that Pulumi stored at the last `up`.
 *
 * An explicit `Provider` with a management key ignores the environment, which may be meant for a different account. With
 * a federation policy it reads only the token that identifies the job.
 */
import { fixedKey, type Settings } from "./api/credential";
import { federated, POLICIES_HINT } from "./api/oauth";
import { type SubjectTokenSettings, subjectToken } from "./api/subjectToken";
import { InvalidSettingError, MissingCredentialError } from "./errors";
import { isLoopback } from "./loopback";
import { Secret } from "./secret";
import { redact } from "./text";

export const PUBLIC_BASE_URL = "https://openrouter.ai/api/v1";

/** Variables of the management key. Guides and other tools use the older names. */
export const KEY_VARIABLES = [
  "OPENROUTER_MANAGEMENT_KEY",
  "OPENROUTER_PROVISIONING_KEY",
  "OPENROUTER_MGMT_KEY",
] as const;

/** For workload identity: the policy that exchanges the token of a CI job or a pod. */
export const POLICY_VARIABLE = "OPENROUTER_FEDERATION_POLICY_ID";

/** For commands that work with an inference key on request. Applications and other tools use it too. */
export const INFERENCE_KEY_VARIABLE = "OPENROUTER_API_KEY";

export const URL_VARIABLE = "OPENROUTER_BASE_URL";

/** What Pulumi passes to `configure`: the inputs of an explicit `Provider`, or the stack configuration. */
export interface Configuration extends SubjectTokenSettings {
  /** Whether this is an explicit `Provider` resource. */
  explicit: boolean;
  /** Whether the `Provider` was declared with a management key or a federation policy, even an empty one. */
  ownKey: boolean;
  managementKey?: Secret;
  federationPolicyId?: string;
  baseUrl?: string;
  /** The only account that may be changed: ids of its organization or workspaces, separated by commas. */
  account?: string;
  /** Whether to delete likely orphans of an interrupted run. */
  deleteOrphans: boolean;
}

/** Never throws. */
export function configuration(get: (key: string) => string | undefined): Configuration {
  const managementKey = get("openrouter:managementKey")?.trim();
  const strings = {
    federationPolicyId: get("openrouter:federationPolicyId")?.trim(),
    subjectTokenFile: get("openrouter:subjectTokenFile"),
    subjectTokenAudience: get("openrouter:subjectTokenAudience"),
    baseUrl: get("openrouter:baseUrl"),
    account: get("openrouter:account")?.trim(),
  };
  return {
    explicit: get("openrouter:explicit") === "true",
    ownKey: get("openrouter:ownKey") === "true",
    deleteOrphans: get("openrouter:deleteOrphans") === "true",
    ...(managementKey ? { managementKey: new Secret(managementKey) } : {}),
    ...Object.fromEntries(Object.entries(strings).filter(([, value]) => value)),
  };
}

/** @throws MissingCredentialError, InvalidSettingError */
export function resolveSettings(configured: Configuration, environment: NodeJS.ProcessEnv): Settings {
  const { explicit, ownKey, baseUrl } = configured;
  // An empty key of a Provider must not fall back to the key of a different account.
  const sources = ownKey ? [inConfiguration(configured)] : [inEnvironment(environment), inConfiguration(configured)];
  for (const source of sources) {
    const authorized = authorization(source, (api) => subjectToken(api, configured, environment));
    if (!authorized) continue;
    const url = ownKey ? baseUrl : (explicit && baseUrl) || environment[URL_VARIABLE] || baseUrl;
    return { ...authorized, baseUrl: checkedUrl(url ?? PUBLIC_BASE_URL) };
  }
  throw new MissingCredentialError(ownKey ? "own key" : explicit ? "mapped variables" : "any", KEY_VARIABLES);
}

/** Undefined without an inference key in the environment. @throws InvalidSettingError */
export function inferenceKeySettings(environment: NodeJS.ProcessEnv): Settings | undefined {
  const key = environment[INFERENCE_KEY_VARIABLE]?.trim();
  if (!key) return undefined;
  const secret = new Secret(key);
  rejectUnsendable(secret, "inference", INFERENCE_KEY_VARIABLE);
  const baseUrl = checkedUrl(environment[URL_VARIABLE] || PUBLIC_BASE_URL);
  return { credential: fixedKey(secret), source: "inference key", baseUrl };
}

/** The credentials in one source, and what they are called there. */
interface Source {
  source: "provider" | "environment" | "config";
  key: Secret | undefined;
  keyName: string;
  policyId: string | undefined;
  policyName: string;
}

export function inEnvironment(environment: NodeJS.ProcessEnv): Source {
  const keyName = KEY_VARIABLES.find((name) => environment[name]?.trim()) ?? KEY_VARIABLES[0];
  // A key from a file often ends with a line break, which no header can contain.
  const key = environment[keyName]?.trim();
  return {
    source: "environment",
    key: key ? new Secret(key) : undefined,
    keyName,
    policyId: environment[POLICY_VARIABLE]?.trim(),
    policyName: POLICY_VARIABLE,
  };
}

function inConfiguration({ ownKey, managementKey, federationPolicyId }: Configuration): Source {
  const prefix = ownKey ? "the Provider's " : "the stack configuration openrouter:";
  return {
    source: ownKey ? "provider" : "config",
    key: managementKey,
    keyName: `${prefix}managementKey`,
    policyId: federationPolicyId,
    policyName: `${prefix}federationPolicyId`,
  };
}

/** Undefined for a source with neither a key nor a policy. */
function authorization(
  { source, key, keyName, policyId, policyName }: Source,
  subject: Parameters<typeof federated>[1],
): Pick<Settings, "credential" | "source"> | undefined {
  if (key && policyId) {
    throw new InvalidSettingError(
      `both a management key (${keyName}) and a federation policy (${policyName}) are set`,
      "remove one of them",
    );
  }
  if (key) {
    rejectUnsendable(key, "management", keyName);
    return { credential: fixedKey(key), source };
  }
  if (!policyId) return undefined;
  requirePolicyId(policyId, policyName);
  return { credential: federated(policyId, subject), source: "federation" };
}

/** Sending such a key would fail like a lost connection. */
function rejectUnsendable(key: Secret, kind: "management" | "inference", name: string): void {
  if (/^[ -~]*$/.test(key.reveal())) return;
  throw new InvalidSettingError(
    `the ${kind} key in ${name} contains a line break, a control character or a character outside ASCII`,
    "copy it again, without quotes and line breaks",
  );
}

/** The id appears in errors and in the state, so it must not be a key. */
function requirePolicyId(policyId: string, name: string): void {
  if (/^[!-~]+$/.test(policyId) && redact(policyId) === policyId) return;
  throw new InvalidSettingError(`${name} is not an id`, `set it to the id of a federation policy ${POLICIES_HINT}`);
}

const USE_A_URL = `set ${URL_VARIABLE}, or the \`baseUrl\` of the configuration or of the Provider, to a URL such as ${PUBLIC_BASE_URL}`;

/** HTTPS except on loopback, because every request has the key. */
function checkedUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new InvalidSettingError("the base URL is not a URL", USE_A_URL);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new InvalidSettingError(
      "the base URL has more than scheme, host, port and path",
      `${USE_A_URL}; the key has its own variable`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url)) {
    throw new InvalidSettingError("the base URL is plain HTTP", "use HTTPS; HTTP is accepted on loopback only");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
