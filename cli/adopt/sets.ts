/** Who each guardrail that is taken over is assigned to: one set for each, of what the program can declare. */
import type { DynamicProvider, Properties } from "../../provider/dynamic/protocol";
import type { Account } from "../shared/account";
import { readAssigned } from "../shared/inventory";
import type { Skipped } from "./selection";

export interface SetPlan {
  id: string;
  declared: Properties;
  /** How many keys and members have the guardrail and can't be in the set. */
  others: number;
  /** How many of these are keys. */
  otherKeys: number;
  skipped: Skipped[];
}

/**
 * An exclusive set would take the guardrail from keys and members that it does not list, so it is exclusive only if it
 * lists all. A list that is empty is not managed. Undefined if nothing is assigned that the program can declare.
 *
 * @param taken Hashes of the keys that are taken over, in the order of the program.
 */
export async function planSet(
  account: Account,
  member: DynamicProvider,
  guardrailId: string,
  hashes: readonly string[],
  taken: readonly string[],
): Promise<SetPlan> {
  const assigned = new Set(hashes);
  const keyHashes = taken.filter((hash) => assigned.has(hash));
  const all = await readAssigned(account, guardrailId, "members");
  const checked = await Promise.all(all.map((userId) => member.check({}, { guardrailId, userId })));
  const userIds = all.filter((_, at) => checked[at]?.inputs);
  const skipped = all.flatMap((userId, at): Skipped[] => {
    const reason = (checked[at]?.failures ?? []).map((failure) => failure.reason).join("; ");
    return reason ? [{ kind: "GuardrailMemberAssignment", id: `${guardrailId}/${userId}`, name: "", reason }] : [];
  });
  const otherKeys = hashes.length - keyHashes.length;
  const others = otherKeys + skipped.length;
  const lists = { ...(keyHashes.length > 0 && { keyHashes }), ...(userIds.length > 0 && { userIds }) };
  const declared = { guardrailId, ...lists, ...(others > 0 && { exclusive: false }) };
  return { id: `${guardrailId}/assignments`, declared, others, otherKeys, skipped };
}

export function isEmpty({ declared }: SetPlan): boolean {
  return declared.keyHashes === undefined && declared.userIds === undefined;
}
