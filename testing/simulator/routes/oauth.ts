/** Workload identity: `/oauth/token`, which speaks the words of RFC 6749 and 8693, and `/oauth/jwks`. */
import { z } from "zod";
import type { State } from "../account";
import { oauthErrorBody } from "../errors";
import { exchange } from "../oauth";
import type { Answer, Request, Route } from "../route";
import { ok } from "../route";

const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

const tokenRequest = z.object({
  grant_type: z.string(),
  subject_token: z.string().min(1),
  subject_token_type: z.literal("urn:ietf:params:oauth:token-type:jwt"),
  federation_policy_id: z.string().min(1),
  requested_token_type: z.literal(ACCESS_TOKEN).optional(),
  scope: z.enum(["inference", "management"]).optional(),
});

function token({ state, body }: Request): Answer {
  const parsed = tokenRequest.safeParse(body);
  if (!parsed.success)
    return refusal("invalid_request", `${parsed.error.issues[0]?.path.join(".")} is missing or wrong`);
  const { grant_type, subject_token, federation_policy_id, scope } = parsed.data;
  if (grant_type !== "urn:ietf:params:oauth:grant-type:token-exchange") {
    return refusal("unsupported_grant_type", "grant_type must be token-exchange");
  }
  const found = findPolicy(state, federation_policy_id);
  if (!found) return refusal("invalid_grant", "Unknown federation policy");
  if (scope === "inference") return refusal("invalid_scope", "The policy's key is a management key");
  const exchanged = exchange(state, found.account, found.policy, subject_token);
  if (!exchanged) return refusal("invalid_grant", "The subject token was rejected");
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

function refusal(error: string, description: string): Answer {
  return { status: 400, body: oauthErrorBody(error, description) };
}

export const oauthRoutes: readonly Route[] = [
  { method: "POST", path: "/oauth/token", needs: "nothing", takesForm: true, handle: token },
  {
    method: "GET",
    path: "/oauth/jwks",
    needs: "nothing",
    handle: ({ state }) => ok({ keys: [state.signer.publicKey] }),
  },
];
