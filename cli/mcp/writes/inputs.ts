/** Arguments of several writes. Objects are named by full id only: a name or a prefix could mean another object by then. */
import { z } from "zod";
import { isKeyHash } from "../../../provider/ids";
import { clean, holdsNoKey } from "../../../provider/text";
import { UsageError } from "../../shared/terminal";

export const keyHash = z
  .string()
  .refine(isKeyHash, "must be the full hash of a key, 64 digits; list_keys shows it")
  .describe("Full hash");
export const guardrailId = z.uuid().toLowerCase().describe("Full id");
export const userId = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .describe("User id, such as user_…");
export const name = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.trim() === text && clean(text) === text, "must be one line without control characters")
  .refine(holdsNoKey, "must not contain an API key");
export const usd = z.number().min(0).max(1e9).describe("USD");
export const interval = z.enum(["daily", "weekly", "monthly"]);

/** @throws UsageError with the rules that these inputs of a resource don't meet */
export function requireValid({ failures }: { failures: readonly string[] }): void {
  if (failures.length > 0) throw new UsageError(`nothing was changed: ${failures.join("; ")}`);
}
