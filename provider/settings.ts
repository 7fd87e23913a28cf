/**
 * Where the management key, or the federation policy that acts as one, and the base URL come from, in order:
 *
 * 1. the inputs of an explicit `Provider` resource,
 * 2. the environment of the provider process, which each command of Pulumi starts anew,
 * 3. the stack configuration, of which Pulumi keeps a copy in the state: `refresh` and `destroy` see the one
 *    stored at the last `up`.
 *
 * An explicit `Provider` with a management key takes nothing from the environment, so that a variable meant for
 * another account can't be used with it. With a federation policy it takes only the token that identifies the job.
 */
import { fixedKey, type Settings } from "./api/credential";
import { federated, POLICIES_HINT } from "./api/oauth";
import { type SubjectTokenSettings, subjectToken } from "./api/subjectToken";
import { InvalidSettingError, MissingCredentialError } from "./errors";
import { isLoopback } from "./loopback";
import { Secret } from "./secret";
import { redact } from "./text";

/** The public API, the only server that its description names. */
export const PUBLIC_BASE_URL = "https://openrouter.ai/api/v1";

/** Variables that may hold the management key; the older names are found in guides and other tools. */
export const KEY_VARIABLES = [
  "OPENROUTER_MANAGEMENT_KEY",
  "OPENROUTER_PROVISIONING_KEY",
  "OPENROUTER_MGMT_KEY",
] as const;

/** With workload identity: the policy under which the token of a CI job or a pod is exchanged. */
export const POLICY_VARIABLE = "OPENROUTER_FEDERATION_POLICY_ID";

export const URL_VARIABLE = "OPENROUTER_BASE_URL";

/** What Pulumi hands to the provider process: the inputs of an explicit `Provider`, or the stack configuration. */
export interface Configuration extends SubjectTokenSettings {
  /** True for an explicit `Provider` resource. */
  explicit: boolean;
  /** True for a `Provider` that was declared with a management key or a federation policy, be it empty. */
  ownKey: boolean;
  managementKey?: Secret;
  federationPolicyId?: string;
  baseUrl?: string;
  /** Ids of the organization or of workspaces of the only account that may be changed, separated by commas. */
  account?: string;
  /** Whether what an interrupted run seems to have left may be deleted. */
  deleteOrphans: boolean;
}

/** Reads the settings from an object like the one Pulumi passes to `configure`. Never throws. */
export function configuration(get: (key: string) => string | undefined): Configuration {
  const managementKey = get("openrouter:managementKey")?.trim();
  const texts = {
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
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text)),
  };
}

/** @throws MissingCredentialError when no place has a key, InvalidSettingError for a key or a base URL that can't be used. */
export function resolveSettings(configured: Configuration, environment: NodeJS.ProcessEnv): Settings {
  const { explicit, ownKey, baseUrl } = configured;
  // An empty key of a Provider must not fall back to another account's.
  const places = ownKey ? [inConfiguration(configured)] : [inEnvironment(environment), inConfiguration(configured)];
  for (const place of places) {
    const authorized = authorization(place, (api) => subjectToken(api, configured, environment));
    if (!authorized) continue;
    const url = ownKey ? baseUrl : (explicit && baseUrl) || environment[URL_VARIABLE] || baseUrl;
    return { ...authorized, baseUrl: checkedUrl(url ?? PUBLIC_BASE_URL) };
  }
  throw new MissingCredentialError(ownKey ? "own key" : explicit ? "mapped variables" : "any", KEY_VARIABLES);
}

/** What one place has, and the names of the two there. */
interface Place {
  source: "provider" | "environment" | "config";
  key: Secret | undefined;
  keyName: string;
  policyId: string | undefined;
  policyName: string;
}

export function inEnvironment(environment: NodeJS.ProcessEnv): Place {
  // Trimmed, because a key that was read from a file often ends in a line break, which no header can hold.
  const [[keyName, key] = [KEY_VARIABLES[0], undefined]] = KEY_VARIABLES.map(
    (name) => [name, environment[name]?.trim()] as const,
  ).filter(([, value]) => value);
  return {
    source: "environment",
    key: key ? new Secret(key) : undefined,
    keyName,
    policyId: environment[POLICY_VARIABLE]?.trim(),
    policyName: POLICY_VARIABLE,
  };
}

function inConfiguration({ ownKey, managementKey, federationPolicyId }: Configuration): Place {
  const place = ownKey ? "the Provider's " : "the stack configuration openrouter:";
  return {
    source: ownKey ? "provider" : "config",
    key: managementKey,
    keyName: `${place}managementKey`,
    policyId: federationPolicyId,
    policyName: `${place}federationPolicyId`,
  };
}

/** Undefined for a place that has neither a key nor a policy. */
function authorization(
  { source, key, keyName, policyId, policyName }: Place,
  subject: Parameters<typeof federated>[1],
): Pick<Settings, "credential" | "source"> | undefined {
  if (key && policyId) {
    throw new InvalidSettingError(
      `there is a management key (${keyName}) and a federation policy (${policyName})`,
      "remove one of them",
    );
  }
  if (key) {
    rejectUnsendable(key, keyName);
    return { credential: fixedKey(key), source };
  }
  if (!policyId) return undefined;
  requirePolicyId(policyId, policyName);
  return { credential: federated(policyId, subject), source: "federation" };
}

/** Sent, such a key would look like a lost connection. */
function rejectUnsendable(key: Secret, name: string): void {
  if (/^[ -~]*$/.test(key.reveal())) return;
  throw new InvalidSettingError(
    `the management key in ${name} has a line break, a control character or a letter outside ASCII, ` +
      "which no HTTP header can carry",
    "copy it again, without quotes and line breaks",
  );
}

/** The id appears in errors and in the state, so that it must not be a key. */
function requirePolicyId(policyId: string, name: string): void {
  if (/^[!-~]+$/.test(policyId) && redact(policyId) === policyId) return;
  throw new InvalidSettingError(`${name} is not an id`, `set it to the id of a federation policy ${POLICIES_HINT}`);
}

/** HTTPS, except to this machine: the key goes with every request. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new InvalidSettingError(
      "the base URL is not a URL",
      `set ${URL_VARIABLE} to a URL such as ${PUBLIC_BASE_URL}`,
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new InvalidSettingError(
      "the base URL holds more than scheme, host, port and path",
      `set ${URL_VARIABLE} to a URL such as ${PUBLIC_BASE_URL}; the key has its own variable`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url)) {
    throw new InvalidSettingError("the base URL is plain http", "use https; http is accepted for this machine only");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
