/** Workload identity: `/oauth/token`, in the terms of RFC 6749 and RFC 8693. */
import { z } from "zod";
import type { Account, FederationPolicy, State } from "../account";
import { oauthErrorBody } from "../errors";
import { hashOf, newUuid } from "../ids";
import type { ApiRequest, ApiResponse, Route } from "../route";
import { ok } from "../route";

const MAX_LIFETIME_S = 15 * 60;
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

const tokenRequest = z.object({
  grant_type: z.string(),
  subject_token: z.string().min(1),
  subject_token_type: z.literal("urn:ietf:params:oauth:token-type:jwt"),
  federation_policy_id: z.string().min(1),
  requested_token_type: z.literal(ACCESS_TOKEN).optional(),
  scope: z.enum(["inference", "management"]).optional(),
});

function token({ state, body }: ApiRequest): ApiResponse {
  const parsed = tokenRequest.safeParse(body);
  if (!parsed.success) {
    return rejection("invalid_request", `${parsed.error.issues[0]?.path.join(".")} is missing or wrong`);
  }
  const { grant_type, subject_token, federation_policy_id, scope } = parsed.data;
  if (grant_type !== "urn:ietf:params:oauth:grant-type:token-exchange") {
    return rejection("unsupported_grant_type", "grant_type must be token-exchange");
  }
  const found = findPolicy(state, federation_policy_id);
  if (!found) return rejection("invalid_grant", "Unknown federation policy");
  if (scope === "inference") return rejection("invalid_scope", "The policy's key is a management key");
  const exchanged = exchange(state, found.account, found.policy, subject_token);
  if (!exchanged) return rejection("invalid_grant", "The subject token was rejected");
  return ok({
    access_token: exchanged.token,
    issued_token_type: ACCESS_TOKEN,
    token_type: "Bearer",
    expires_in: exchanged.expiresIn,
    scope: "management",
  });
}

function findPolicy({ accounts }: State, policyId: string) {
  for (const account of accounts) {
    const policy = account.federationPolicies.find(({ id }) => id === policyId);
    if (policy) return { account, policy };
  }
  return undefined;
}

/** A new access token and its lifetime in seconds. It never outlives the subject token. */
function exchange(state: State, account: Account, policy: FederationPolicy, subjectToken: string) {
  const now = Math.floor(state.clock.now().getTime() / 1000);
  const expiresIn = Math.min(MAX_LIFETIME_S, (expiryOf(subjectToken) ?? Number.POSITIVE_INFINITY) - now);
  if (!policy.accepts(subjectToken) || expiresIn <= 0) return undefined;
  const expires = now + expiresIn;
  // Looks like a JWT, but clients may only pass it on, so it has no signature to verify.
  const parts = [{ alg: "none" }, { sub: policy.id, jti: newUuid(state.random), exp: expires }];
  const token = `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;
  account.accessTokens.push({ hash: hashOf(token), policy_id: policy.id, expires_at: new Date(expires * 1000) });
  return { token, expiresIn };
}

/** The expiry of a JWT in seconds since 1970. A string that is not a JWT, as in most tests, has none. */
function expiryOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const { exp } = claims as { exp?: unknown };
    return typeof exp === "number" ? exp : undefined;
  } catch {
    return undefined;
  }
}

function rejection(error: string, description: string): ApiResponse {
  return { status: 400, body: oauthErrorBody(error, description) };
}

export const oauthRoutes: readonly Route[] = [
  { method: "POST", path: "/oauth/token", needs: "nothing", takesForm: true, handle: token },
];
