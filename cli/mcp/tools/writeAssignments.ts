/** Tools that assign guardrails to keys and members, and remove assignments, where no stack manages any of them. */
import { z } from "zod";
import { type AssigneeKind, assign, unassign } from "../../../provider/api/assignments";
import { readAssigned, readInventory, readMembers } from "../../shared/inventory";
import { mapConcurrently } from "../../shared/mapConcurrently";
import { readExistingGuardrail, readExistingKey } from "../../shared/oneObject";
import { UsageError } from "../../shared/terminal";
import type { Session } from "../session";
import type { Tool } from "../tool";
import { guardrailId, keyHash, userId } from "../writes/inputs";
import type { DefineWrite, Plan } from "../writes/write";

const MAX_ASSIGNEES = 100;
const hashes = z.array(keyHash).min(1).max(MAX_ASSIGNEES);
const users = z.array(userId).min(1).max(MAX_ASSIGNEES);

export function writeAssignmentTools(session: Session, define: DefineWrite): Tool[] {
  return [
    define({
      name: "assign_keys",
      title: "Assign a guardrail to keys",
      description: "Assigns a guardrail to keys. A key has one guardrail at most, so it leaves its former one.",
      input: z.object({ guardrailId, keyHashes: hashes }),
      plan: ({ guardrailId, keyHashes }) => planAssign(session, guardrailId, "keys", keyHashes),
    }),
    define({
      name: "unassign_keys",
      title: "Take a guardrail from keys",
      description: "Removes assignments of a guardrail to keys. Its budget and allowlist no longer apply to them.",
      input: z.object({ guardrailId, keyHashes: hashes }),
      isDestructive: true,
      plan: ({ guardrailId, keyHashes }) => planUnassign(session, guardrailId, "keys", keyHashes),
    }),
    define({
      name: "assign_members",
      title: "Assign a guardrail to members",
      description: "Assigns a guardrail to members of its workspace.",
      input: z.object({ guardrailId, userIds: users }),
      plan: ({ guardrailId, userIds }) => planAssign(session, guardrailId, "members", userIds),
    }),
    define({
      name: "unassign_members",
      title: "Take a guardrail from members",
      description: "Removes assignments of a guardrail to members. Its budget and allowlist no longer apply to them.",
      input: z.object({ guardrailId, userIds: users }),
      isDestructive: true,
      plan: ({ guardrailId, userIds }) => planUnassign(session, guardrailId, "members", userIds),
    }),
  ];
}

async function planAssign(session: Session, id: string, kind: AssigneeKind, wanted: string[]): Promise<Plan> {
  const guardrail = await readExistingGuardrail(session.account(), id);
  const assignees = [...new Set(wanted)].sort();
  // The API skips an unknown key without an error.
  if (kind === "keys") await requireKeys(session, assignees);
  const former = await guardrailsOf(session, kind, assignees);
  return {
    targets: targetsOf(id, kind, assignees, former),
    observed: { guardrail, former },
    before: { guardrailOf: former },
    after: { guardrailOf: Object.fromEntries(assignees.map((each) => [each, [id]])) },
    apply: async () => {
      const api = session.account().start("update", `the ${kind} of guardrail ${id}`);
      await assign(api, id, kind, assignees);
      return assignedNow(session, id, kind, assignees, true);
    },
  };
}

async function planUnassign(session: Session, id: string, kind: AssigneeKind, wanted: string[]): Promise<Plan> {
  const guardrail = await readExistingGuardrail(session.account(), id);
  const assignees = [...new Set(wanted)].sort();
  const present = await readAssigned(session.account(), id, kind);
  const absent = assignees.filter((each) => !present.includes(each));
  if (absent.length > 0) {
    throw new UsageError(`nothing was changed: these ${kind} don't have this guardrail:`, absent);
  }
  return {
    targets: targetsOf(id, kind, assignees),
    observed: { guardrail, assignees },
    before: { guardrailOf: Object.fromEntries(assignees.map((each) => [each, [id]])) },
    after: { guardrailOf: Object.fromEntries(assignees.map((each) => [each, []])) },
    apply: async () => {
      const api = session.account().start("update", `the ${kind} of guardrail ${id}`);
      await unassign(api, id, kind, assignees);
      return assignedNow(session, id, kind, assignees, false);
    },
  };
}

/** Of the former guardrails too: an assignment that moves leaves one of them. */
function targetsOf(id: string, kind: AssigneeKind, assignees: readonly string[], former: Former = {}) {
  return { guardrails: [id, ...Object.values(former).flat()], [kind]: assignees };
}

/** Guardrails by assignee. */
type Former = Record<string, string[]>;

async function guardrailsOf({ account }: Session, kind: AssigneeKind, assignees: readonly string[]): Promise<Former> {
  const inventory = await readInventory(account());
  if (inventory.unreadable.length > 0) {
    throw new UsageError("nothing was changed: not all assignments can be read:", inventory.unreadable);
  }
  if (kind === "keys") {
    return Object.fromEntries(assignees.map((hash) => [hash, [inventory.guardrailOf.get(hash)?.id ?? []].flat()]));
  }
  // Guardrails that are older than workspaces can't have members.
  const ids = inventory.guardrails.filter(({ workspaceId }) => workspaceId !== null).map(({ id }) => id);
  const { of } = await readMembers(account(), ids);
  return Object.fromEntries(assignees.map((user) => [user, ids.filter((id) => of.get(id)?.includes(user)).sort()]));
}

async function requireKeys({ account }: Session, hashes: readonly string[]): Promise<void> {
  await mapConcurrently(hashes, (hash) => readExistingKey(account(), hash));
}

/** A read may show a write a moment later only, so a difference is reported and not an error. */
async function assignedNow(
  { account }: Session,
  guardrailId: string,
  kind: AssigneeKind,
  assignees: readonly string[],
  isAssigned: boolean,
): Promise<object> {
  const present = new Set(await readAssigned(account(), guardrailId, kind));
  const notShownYet = assignees.filter((each) => present.has(each) !== isAssigned);
  return { guardrailId, [kind]: assignees, isAssigned, notShownYet };
}
