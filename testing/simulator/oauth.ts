/** Access tokens: made for a token of an issuer that a federation policy trusts, and good for a quarter of an hour. */
import { generateKeyPairSync, sign } from "node:crypto";
import type { Account, FederationPolicy, State } from "./account";
import { hashOf, newUuid } from "./ids";

const LONGEST_LIFE_S = 15 * 60;

/** Signs with a key of this simulator's own. */
export interface Signer {
  sign(claims: object): string;
  /** The public key, as `/oauth/jwks` shows it. */
  publicKey: object;
}

export function createSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const kid = "simulator";
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    sign: (claims) => {
      const text = `${part({ alg: "ES256", typ: "JWT", kid })}.${part(claims)}`;
      const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${text}.${signature.toString("base64url")}`;
    },
    publicKey: { ...publicKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid },
  };
}

/** A new access token, and its life in seconds: it never outlives the token that it was made for. */
export function exchange(
  state: State,
  account: Account,
  policy: FederationPolicy,
  subjectToken: string,
): { token: string; expiresIn: number } | undefined {
  const now = Math.floor(state.clock.now().getTime() / 1000);
  const expiresIn = Math.min(LONGEST_LIFE_S, (expiryOf(subjectToken) ?? Number.POSITIVE_INFINITY) - now);
  if (!policy.accepts(subjectToken) || expiresIn <= 0) return undefined;
  const claims = { sub: policy.id, scope: "management", jti: newUuid(state.random), iat: now, exp: now + expiresIn };
  const token = state.signer.sign(claims);
  account.accessTokens.push({
    hash: hashOf(token),
    policy_id: policy.id,
    expires_at: new Date((now + expiresIn) * 1000),
  });
  return { token, expiresIn };
}

/** Of a JWT, in seconds since 1970. A text that is none, as in most tests, has no end. */
function expiryOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const { exp } = claims as { exp?: unknown };
    return typeof exp === "number" ? exp : undefined;
  } catch {
    return undefined;
  }
}
