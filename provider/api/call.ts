/** One call of the management API, and what the functions of this folder make calls with. */
import type * as z from "zod";
import type { RequestError } from "../errors";

export interface Call<Result> {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Parts of the path below the base URL; each is encoded, so an id can't leave its place. */
  path: readonly string[];
  query?: Readonly<Record<string, string | number | undefined>>;
  /** With camelCase names. */
  body?: object;
  /** What the answer has to be, with camelCase names. Fields that are not named are dropped. */
  result: z.ZodType<Result>;
  /** False for a POST that creates: it is not sent again unless it certainly never arrived. */
  isRetryable?: boolean;
  /** False for the model catalogue, which an account's filters would shorten. */
  authenticated?: boolean;
}

export interface Api {
  request<Result>(call: Call<Result>): Promise<Result>;
  /**
   * Waits as the retry rules say after a failure of something that may be tried again; false if it may not.
   * @param attempts How many times it has been tried.
   */
  pause(error: RequestError, attempts: number): Promise<boolean>;
  /** Milliseconds by the server's clock; undefined before its first answer. */
  serverTime(): number | undefined;
  /** What is being done, for errors: `update inference key "ci" (02413ce9…)`. */
  readonly operation: string;
  readonly baseUrl: string;
}
