/** Reads guardrails with their assignments. The data of `guardrails` and `guardrails show`. */
import type { Assignment } from "../../provider/api/assignments";
import type { Guardrail } from "../../provider/api/guardrails";
import { isUuid } from "../../provider/ids";
import { type MemberData, readKnownMembers } from "../members/read";
import type { Account } from "../shared/account";
import { groupBy } from "../shared/groups";
import { chooseGuardrail, rejectKeyHash } from "../shared/guardrailChoice";
import { isWorkspaceDefault, readAllAssignments, readAllGuardrails, readAssignmentsOf } from "../shared/inventory";

/** All settings, and where the guardrail belongs. Fields keep their names; new ones may be added. */
export interface GuardrailData extends Omit<Guardrail, "workspaceId"> {
  /** Null for a guardrail that is older than workspaces. */
  workspace: { id: string; name: string } | null;
  /** Whether it applies to all keys and members of its workspace, without an assignment. */
  isWorkspaceDefault: boolean;
}

export interface ListedGuardrail extends GuardrailData {
  /** Null if the API refuses to list them. */
  assignedKeys: number | null;
  assignedMembers: number | null;
}

export interface GuardrailsData {
  guardrails: ListedGuardrail[];
}

export interface AssignedKey extends Made {
  hash: string;
  name: string | null;
}

export interface AssignedMember extends Made, Pick<MemberData, "id" | "name" | "email"> {}

interface Made {
  /** Id of the user who assigned it. */
  assignedBy: string | null;
  assignedAt: string | null;
}

export interface GuardrailInFull extends GuardrailData {
  keys: AssignedKey[];
  members: AssignedMember[];
}

/** By name. */
export async function readGuardrails(
  account: Account,
): Promise<{ data: GuardrailsData; severalWorkspaces: boolean; unreadable: readonly string[] }> {
  const { guardrails, workspaceNames, unreadable } = await readAllGuardrails(account);
  const [keys, members] = await Promise.all([
    readAllAssignments(account, guardrails, "keys"),
    readAllAssignments(account, guardrails, "members"),
  ]);
  const [keysOf, membersOf] = [numbersOf(keys), numbersOf(members)];
  const listed = guardrails.map((guardrail) => ({
    ...guardrailData(guardrail, workspaceNames),
    assignedKeys: keysOf(guardrail.id),
    assignedMembers: membersOf(guardrail.id),
  }));
  return {
    data: { guardrails: listed.sort((a, b) => (a.name < b.name ? -1 : 1)) },
    severalWorkspaces: workspaceNames.size > 1,
    unreadable: [...unreadable, ...keys.unreadable, ...members.unreadable],
  };
}

function numbersOf({ rows, refused }: Awaited<ReturnType<typeof readAllAssignments>>): (id: string) => number | null {
  const byGuardrail = groupBy(rows, ({ guardrailId }) => guardrailId ?? "");
  return (id) => (refused.has(id) ? null : (byGuardrail.get(id)?.length ?? 0));
}

/** @param wanted Name, id or prefix of the id. @throws UsageError if no guardrail or several match */
export async function readGuardrail(account: Account, wanted: string): Promise<GuardrailInFull> {
  rejectKeyHash(wanted);
  // Lists omit guardrails that are older than workspaces, but the id finds them.
  const { guardrails, workspaceNames } = await readAllGuardrails(account, isUuid(wanted) ? [wanted] : []);
  const guardrail = chooseGuardrail(guardrails, wanted);
  // A guardrail that is older than workspaces can't have members.
  const [keys, members, known] = await Promise.all([
    readAssignmentsOf(account, guardrail.id, "keys"),
    guardrail.workspaceId === null ? [] : readAssignmentsOf(account, guardrail.id, "members"),
    readKnownMembers(account),
  ]);
  return {
    ...guardrailData(guardrail, workspaceNames),
    keys: keys.map(assignedKey),
    members: members.map((row) => assignedMember(row, known)),
  };
}

function guardrailData({ workspaceId, ...settings }: Guardrail, names: ReadonlyMap<string, string>): GuardrailData {
  return {
    ...settings,
    workspace: workspaceId === null ? null : { id: workspaceId, name: names.get(workspaceId) ?? workspaceId },
    isWorkspaceDefault: isWorkspaceDefault({ name: settings.name, workspaceId }),
  };
}

export function assignedKey({ assignee, name, assignedBy, createdAt }: Assignment): AssignedKey {
  return { hash: assignee, name, assignedBy, assignedAt: createdAt };
}

export function assignedMember(
  { assignee, assignedBy, createdAt }: Assignment,
  known: ReadonlyMap<string, MemberData>,
): AssignedMember {
  const { name, email } = known.get(assignee) ?? { name: null, email: null };
  return { id: assignee, name, email, assignedBy, assignedAt: createdAt };
}
