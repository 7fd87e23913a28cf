import type { Secret } from "../secret";
import type { Api } from "./call";

/** The authorization of requests: a management key, or an access token that expires and is renewed. */
export interface Credential {
  /** The key or token for the next request. Rejects with a `RequestError` whose outcome is "unsent". */
  bearer(api: Api): Promise<Secret>;
  /** Drops a token that the API rejected. Returns whether the next `bearer` may be different. */
  drop(rejected: Secret): boolean;
  /** Every value that must not be printed. */
  secrets(): readonly Secret[];
}

export interface Settings {
  credential: Credential;
  baseUrl: string;
  /** Where the credential comes from, for the next step in an error. */
  source: "provider" | "environment" | "config" | "federation" | "inference key";
}

export function fixedKey(key: Secret): Credential {
  return { bearer: async () => key, drop: () => false, secrets: () => [key] };
}
