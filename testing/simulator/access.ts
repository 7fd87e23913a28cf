/** Identifies the caller of a request and checks its permission. */
import type { Account, ManagementKey, State } from "./account";
import { ApiError } from "./errors";
import { hashOf } from "./ids";
import type { LoggedRequest } from "./requestLog";
import type { Caller, Route } from "./route";

export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(header ?? "")?.[1];
}

/** The account of a bearer token and the key itself. Undefined for a key that is disabled, expired or deleted. */
export function callerOf(state: State, bearer: string | undefined): Caller | undefined {
  if (bearer === undefined) return undefined;
  const hash = hashOf(bearer);
  for (const account of state.accounts) {
    const managementKey = managementKeyOf(state, account, hash);
    if (managementKey) return { account, managementKey };
    const key = account.keys.find((each) => each.hash === hash);
    if (key && !key.disabled && !(key.expires_at && key.expires_at <= state.clock.now())) return { account, key };
  }
  return undefined;
}

/** The key itself, or the key that an access token acts as. */
function managementKeyOf({ clock }: State, account: Account, hash: string): ManagementKey | undefined {
  const token = account.accessTokens.find((each) => each.hash === hash && each.expires_at > clock.now());
  const policy = account.federationPolicies.find(({ id }) => id === token?.policy_id);
  return account.managementKeys.find((each) => each.hash === (policy?.key_hash ?? hash));
}

export function kindOfKey(bearer: string | undefined, caller: Caller | undefined): LoggedRequest["authorization"] {
  if (bearer === undefined) return "none";
  if (!caller) return "unknown";
  return caller.key ? "inference" : "management";
}

export function checkAccess(state: State, route: Route, bearer: string | undefined, caller: Caller | undefined): void {
  if (route.needs === "nothing") return;
  if (bearer === undefined) throw new ApiError(401, "Missing Authentication header");
  if (!caller) throw new ApiError(401, "User not found.");
  if (route.needs === "any key" || !caller.key) return;
  throw new ApiError(statusForInferenceKey(state, route), "Only management keys can perform this operation");
}

/** Endpoints whose description declares no 403 for the wrong kind of key; all others do since October 2026. */
const DECLARES_401_ONLY = new Set(["GET /keys", "GET /keys/:hash", "DELETE /keys/:hash"]);

function statusForInferenceKey({ switches }: State, { method, path }: Route): 401 | 403 {
  if (switches.inferenceKeyStatus !== "documented") return switches.inferenceKeyStatus;
  return DECLARES_401_ONLY.has(`${method} ${path}`) ? 401 : 403;
}
