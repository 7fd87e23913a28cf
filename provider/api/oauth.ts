/**
 * Workload identity (RFC 8693): exchanges the token of a CI job or pod (the subject token) for an access token that acts
 * as the management key of a federation policy. No management key is stored anywhere.
 */
import * as z from "zod";
import { ApiError, InvalidResponseError, PreconditionError, TokenExchangeError } from "../errors";
import { Secret } from "../secret";
import type { Api } from "./call";
import type { Credential } from "./credential";
import { excerpt, parseJson, printable } from "./response";
import { sendWithRetries } from "./sendWithRetries";
import type { SubjectToken } from "./subjectToken";

interface AccessToken {
  secret: Secret;
  /** By the local clock, counted from before the request: the server's clock does not matter. */
  renewAt: number;
}

const MAX_LIFE_MS = 15 * 60_000;
const RENEW_BEFORE_EXPIRY_MS = 60_000;

/** Exchanges at the first request, and again before the token expires. Concurrent requests share one exchange. */
export function federated(policyId: string, subjectToken: (api: Api) => Promise<SubjectToken>): Credential {
  const secrets: Secret[] = [];
  let current: AccessToken | undefined;
  let exchanging: Promise<AccessToken> | undefined;

  async function renew(api: Api): Promise<AccessToken> {
    const subject = await subjectToken(api);
    secrets.push(subject.token);
    current = await exchange(api, policyId, subject);
    secrets.push(current.secret);
    return current;
  }

  return {
    async bearer(api) {
      if (current && Date.now() < current.renewAt) return current.secret;
      exchanging ??= renew(api).finally(() => {
        exchanging = undefined;
      });
      try {
        return (await exchanging).secret;
      } catch (error) {
        throw new TokenExchangeError(api.operation, error);
      }
    },
    drop(rejected) {
      if (current?.secret === rejected) current = undefined;
      return true;
    },
    secrets: () => secrets,
  };
}

async function exchange(api: Api, policyId: string, { token, origin }: SubjectToken): Promise<AccessToken> {
  const operation = `exchange the token from ${origin} under federation policy ${policyId}`;
  const describe = (text: string) => oauthError(text, token)?.message ?? excerpt(text, [token]);
  const sentAt = Date.now();
  const { status, text } = await sendWithRetries(
    api,
    {
      operation,
      method: "POST",
      url: new URL(`${api.baseUrl}/oauth/token`),
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        subject_token: token.reveal(),
        federation_policy_id: policyId,
        scope: "management",
      }).toString(),
    },
    describe,
  );
  if (status >= 200 && status < 300) return accessToken(operation, status, text, sentAt);
  const refusal = oauthError(text, token);
  if (!refusal) throw new InvalidResponseError(operation, status, "not an OAuth error", describe(text));
  throw new ApiError(operation, status, refusal.message, ADVICE[refusal.code]);
}

const TOKEN = z.object({
  access_token: z.string().regex(/^[!-~]+$/),
  expires_in: z.number().positive(),
  scope: z.string(),
});

function accessToken(operation: string, status: number, text: string, sentAt: number): AccessToken {
  const { data } = TOKEN.safeParse(parseJson(text));
  // The body is not shown: it may contain the token.
  if (!data) throw new InvalidResponseError(operation, status, "no access token in it");
  if (data.scope !== "management") {
    throw new PreconditionError(operation, "the policy acts as an inference key", AS_MANAGEMENT_KEY);
  }
  const life = Math.min(data.expires_in * 1000, MAX_LIFE_MS);
  return { secret: new Secret(data.access_token), renewAt: sentAt + life - Math.min(RENEW_BEFORE_EXPIRY_MS, life / 2) };
}

const OAUTH_ERROR = z.object({ error: z.string(), error_description: z.string().nullish() });

/** An error in the format of RFC 6749. All other errors of the API have a different one. */
function oauthError(text: string, token: Secret): { code: string; message: string } | undefined {
  const { data } = OAUTH_ERROR.safeParse(parseJson(text));
  if (!data) return undefined;
  const message = [data.error, data.error_description].filter(Boolean).join(": ").replace(/\.$/, "");
  return { code: data.error, message: printable(message, [token]) };
}

export const POLICIES_HINT = "(OpenRouter, Settings → Workload identity)";

const AS_MANAGEMENT_KEY = `let the policy act as a management key ${POLICIES_HINT}`;

const ADVICE: Readonly<Record<string, string>> = {
  invalid_request: `check the federation policy id ${POLICIES_HINT}`,
  invalid_grant:
    `check that the policy trusts the issuer, audience and subject of the token ${POLICIES_HINT}, ` +
    "and that the token has not expired. A token in a variable can't be renewed; a file or GitHub Actions can",
  invalid_scope: AS_MANAGEMENT_KEY,
  unsupported_grant_type: "check the base URL: this server exchanges no tokens",
};
