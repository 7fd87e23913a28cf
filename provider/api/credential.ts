import type { Secret } from "../secret";
import type { Api } from "./call";

/** The authorization of requests: a management key, or an access token that expires and is renewed. */
export interface Credential {
  /** The key or token for the next request. Fails with a `RequestError` whose outcome is "unsent". */
  bearer(api: Api): Promise<Secret>;
  /** Drops a token that the API refused. Returns true if the next `bearer` may be another one. */
  drop(refused: Secret): boolean;
  /** Every value that must not appear in a text. */
  secrets(): readonly Secret[];
}

export interface Settings {
  credential: Credential;
  baseUrl: string;
  /** Which of the places the key came from; decides what an error about a refused key advises. */
  source: "provider" | "environment" | "config" | "federation";
}

export function fixedKey(key: Secret): Credential {
  return { bearer: async () => key, drop: () => false, secrets: () => [key] };
}
