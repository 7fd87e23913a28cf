/** One call of the management API, and the interface that sends it. */
import type * as z from "zod";
import type { RequestError } from "../errors";

export interface Call<Result> {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Parts of the path below the base URL. Each is encoded, so an id can't change the path. */
  path: readonly string[];
  query?: Readonly<Record<string, string | number | undefined>>;
  /** With camelCase names. */
  body?: object;
  /** Shape of the response, with camelCase names. Other fields are dropped. */
  result: z.ZodType<Result>;
  /** False for a POST that creates: it is retried only if it certainly had no effect. */
  isRetryable?: boolean;
  /** False for the model catalog, which an account's filters would shorten. */
  authenticated?: boolean;
}

export interface Api {
  request<Result>(call: Call<Result>): Promise<Result>;
  /**
   * Waits before a retry. Returns false, without a wait, if there must be none.
   * @param attempts How many times it has been tried.
   */
  pause(error: RequestError, attempts: number): Promise<boolean>;
  /** Milliseconds by the server's clock; undefined before its first response. */
  serverTime(): number | undefined;
  /** For errors: `update inference key "ci" (02413ce9…)`. */
  readonly operation: string;
  readonly baseUrl: string;
}
