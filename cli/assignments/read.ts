/** Reads which keys and members have which guardrail. The data of `assignments`. */
import type { Assignment } from "../../provider/api/assignments";
import type { Guardrail } from "../../provider/api/guardrails";
import { type AssignedKey, type AssignedMember, assignedKey, assignedMember } from "../guardrails/read";
import { readKnownMembers } from "../members/read";
import type { Account } from "../shared/account";
import { readAllAssignments, readAllGuardrails } from "../shared/inventory";

/** Fields keep their names; new ones may be added. */
export interface AssignmentsData {
  keys: (AssignedKey & OfGuardrail)[];
  members: (AssignedMember & OfGuardrail)[];
}

interface OfGuardrail {
  guardrail: { id: string; name: string | null };
}

/** By guardrail, then by name or id. */
export async function readAssignments(
  account: Account,
): Promise<{ data: AssignmentsData; unreadable: readonly string[] }> {
  const { guardrails, unreadable } = await readAllGuardrails(account);
  const [keys, members, known] = await Promise.all([
    readAllAssignments(account, guardrails, "keys"),
    readAllAssignments(account, guardrails, "members"),
    readKnownMembers(account),
  ]);
  return {
    data: {
      keys: keys.rows
        .map((row) => ({ guardrail: guardrailOf(row, guardrails), ...assignedKey(row) }))
        .sort(byGuardrail),
      members: members.rows
        .map((row) => ({ guardrail: guardrailOf(row, guardrails), ...assignedMember(row, known) }))
        .sort(byGuardrail),
    },
    unreadable: [...unreadable, ...keys.unreadable, ...members.unreadable],
  };
}

function guardrailOf({ guardrailId }: Assignment, guardrails: readonly Guardrail[]): OfGuardrail["guardrail"] {
  return { id: guardrailId ?? "unknown", name: guardrails.find(({ id }) => id === guardrailId)?.name ?? null };
}

function byGuardrail(a: OfGuardrail & { name: string | null }, b: OfGuardrail & { name: string | null }): number {
  const [first, second] = [a, b].map(({ guardrail, name }) => [guardrail.name, guardrail.id, name].join("\n"));
  return (first ?? "") < (second ?? "") ? -1 : 1;
}
