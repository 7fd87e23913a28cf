/**
 * Where the management key and the base URL come from, in order:
 *
 * 1. the inputs of an explicit `Provider` resource,
 * 2. the environment of the provider process, which each command of Pulumi starts anew,
 * 3. the stack configuration, of which Pulumi keeps a copy in the state: `refresh` and `destroy` see the one
 *    stored at the last `up`.
 *
 * An explicit `Provider` with a management key takes nothing from the environment, so that a variable meant for
 * another account can't be used with it.
 */
import { MissingCredential, UnusableSetting } from "./api/errors";
import { Secret } from "./secret";

/** The public API, the only server that its description names. */
export const PUBLIC_BASE_URL = "https://openrouter.ai/api/v1";

/** Variables that may hold the management key; the older names are found in guides and other tools. */
export const KEY_VARIABLES = [
  "OPENROUTER_MANAGEMENT_KEY",
  "OPENROUTER_PROVISIONING_KEY",
  "OPENROUTER_MGMT_KEY",
] as const;

export const URL_VARIABLE = "OPENROUTER_BASE_URL";

/** What Pulumi hands to the provider process: the inputs of an explicit `Provider`, or the stack configuration. */
export interface Configuration {
  /** True for an explicit `Provider` resource. */
  explicit: boolean;
  /** True for a `Provider` that was declared with a management key, be it empty. */
  ownKey: boolean;
  managementKey?: Secret;
  baseUrl?: string;
  /** Whether what an interrupted run seems to have left may be deleted. */
  removeInterrupted: boolean;
}

export interface Settings {
  managementKey: Secret;
  baseUrl: string;
  /** Which of the places the key came from; decides what an error about a refused key advises. */
  source: "provider" | "environment" | "config";
}

/** Reads the settings from an object like the one Pulumi passes to `configure`. Never throws. */
export function configuration(get: (key: string) => string | undefined): Configuration {
  const managementKey = get("openrouter:managementKey")?.trim();
  const baseUrl = get("openrouter:baseUrl");
  return {
    explicit: get("openrouter:explicit") === "true",
    ownKey: get("openrouter:ownKey") === "true",
    removeInterrupted: get("openrouter:removeInterrupted") === "true",
    ...(managementKey ? { managementKey: new Secret(managementKey) } : {}),
    ...(baseUrl ? { baseUrl } : {}),
  };
}

/** @throws MissingCredential when no place has a key, UnusableSetting for a base URL that can't be used. */
export function resolveSettings(configured: Configuration, environment: NodeJS.ProcessEnv): Settings {
  const { explicit, ownKey, managementKey, baseUrl } = configured;
  if (ownKey) {
    // An empty key must not fall back to another account's.
    if (!managementKey) throw new MissingCredential("own key", KEY_VARIABLES);
    return { managementKey, baseUrl: checkedUrl(baseUrl ?? PUBLIC_BASE_URL), source: "provider" };
  }
  // Trimmed, because a key that was read from a file often ends in a line break, which no header can hold.
  const fromEnvironment = KEY_VARIABLES.map((name) => environment[name]?.trim()).find(Boolean);
  const url = (explicit && baseUrl) || environment[URL_VARIABLE] || baseUrl || PUBLIC_BASE_URL;
  if (fromEnvironment) {
    return { managementKey: new Secret(fromEnvironment), baseUrl: checkedUrl(url), source: "environment" };
  }
  if (managementKey) return { managementKey, baseUrl: checkedUrl(url), source: "config" };
  throw new MissingCredential(explicit ? "mapped variables" : "any", KEY_VARIABLES);
}

/** HTTPS, except to this machine: the key goes with every request. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new UnusableSetting("the base URL is not a URL", `set ${URL_VARIABLE} to a URL such as ${PUBLIC_BASE_URL}`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UnusableSetting(
      "the base URL holds more than scheme, host, port and path",
      `set ${URL_VARIABLE} to a URL such as ${PUBLIC_BASE_URL}; the key has its own variable`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url)) {
    throw new UnusableSetting("the base URL is plain http", "use https; http is accepted for this machine only");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

export function isLoopback(url: URL): boolean {
  return url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}
