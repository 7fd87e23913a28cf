/** The keys and members that have a guardrail, as a set that the program can declare. */
import type { Account } from "../shared/account";
import { readAssigned } from "../shared/inventory";
import { type Adoptable, type Providers, readForAdoption, type Skipped } from "./adoptable";

/**
 * An exclusive set unassigns keys and members that it does not list, so a set is exclusive only if it lists all. It does
 * not manage an empty list. Guardrails without keys and members that the program can declare have no set.
 *
 * @param assigned Hashes of the keys that have the guardrail.
 * @param keys All that are adopted, in the order of the program.
 */
export async function readSet(
  account: Account,
  providers: Providers,
  guardrailId: string,
  assigned: readonly string[],
  keys: readonly Adoptable[],
): Promise<(Adoptable | Skipped)[]> {
  const hashes = new Set(assigned);
  const keyHashes = keys.map(({ id }) => id).filter((hash) => hashes.has(hash));
  const userIds: string[] = [];
  const skipped: Skipped[] = [];
  const kind = "GuardrailMemberAssignment";
  for (const userId of await readAssigned(account, guardrailId, "members")) {
    const { failures } = await providers(kind).check({}, { guardrailId, userId });
    const reason = failures.map((failure) => failure.reason).join("; ");
    if (reason === "") userIds.push(userId);
    else skipped.push({ title: `assignment (${guardrailId}/${userId})`, reason });
  }
  if (keyHashes.length === 0 && userIds.length === 0) return skipped;
  const others = assigned.length - keyHashes.length + skipped.length;
  const lists = { ...(keyHashes.length > 0 && { keyHashes }), ...(userIds.length > 0 && { userIds }) };
  const declared = { guardrailId, ...lists, ...(others > 0 && { exclusive: false }) };
  const set = { id: `${guardrailId}/assignments`, declared, others };
  return [...skipped, ...(await readForAdoption(providers, "GuardrailAssignments", set))];
}
