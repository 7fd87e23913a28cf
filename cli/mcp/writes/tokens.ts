/**
 * A write needs the token of a dry run of the very same write: what the user was shown is what is done. A token is for one
 * tool, its exact arguments and the object as the dry run saw it. It works once and expires.
 */
import { createHash, randomBytes } from "node:crypto";
import { UsageError } from "../../shared/terminal";

export interface Subject {
  tool: string;
  args: object;
  /** Settings of the objects that the write changes. */
  observed: object;
}

const VALID_MS = 10 * 60_000;
/** An assistant that only makes dry runs must not fill the memory. */
const MAX_TOKENS = 1_000;

export class Tokens {
  readonly #issued = new Map<string, { request: string; observed: string; expires: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  issue({ tool, args, observed }: Subject): { token: string; expiresAt: string } {
    const [oldest] = this.#issued.keys();
    if (oldest !== undefined && this.#issued.size >= MAX_TOKENS) this.#issued.delete(oldest);
    const token = randomBytes(24).toString("base64url");
    const expires = this.#now() + VALID_MS;
    this.#issued.set(token, { request: digest([tool, args]), observed: digest(observed), expires });
    return { token, expiresAt: new Date(expires).toISOString() };
  }

  /** Uses up the token, whether it fits or not. @throws UsageError if it doesn't */
  redeem(token: string | undefined, { tool, args, observed }: Subject): void {
    const found = token === undefined ? undefined : this.#issued.get(token);
    if (token === undefined) throw refusal("a write needs a token");
    this.#issued.delete(token);
    if (!found) throw refusal("the token is unknown or was used already");
    if (this.#now() >= found.expires) throw refusal("the token has expired");
    if (found.request !== digest([tool, args])) throw refusal("the token is for a different tool or other arguments");
    if (found.observed !== digest(observed)) throw refusal("the object has changed since the dry run");
  }
}

function refusal(problem: string): UsageError {
  return new UsageError(
    `${problem}; nothing was changed. Call the tool with dryRun: true, show the user the change, and pass the new token ` +
      "with dryRun: false and the same arguments",
  );
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
