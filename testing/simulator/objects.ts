/** Finding the objects that a request names, and whose they are. */
import type { Account, Guardrail, Key, Workspace } from "./account";
import { ApiError, badRequest, forbidden, notFound } from "./errors";
import { isTooNew } from "./lag";
import type { ManagedRequest } from "./route";

/** Where a request may look. */
type Sight = Pick<ManagedRequest, "state" | "account" | "scope">;

export function findKey(sight: Sight, hash: string): Key {
  const { state, account } = sight;
  const isIt = (key: Key) => key.hash === hash && !isTooNew(state, account, hash);
  const key = find(sight, (each) => each.keys, isIt, "API key not found");
  checkScope(sight, key.workspace_id);
  return key;
}

export function findGuardrail(sight: Sight, id: string): Guardrail {
  const { state, account } = sight;
  const isIt = (guardrail: Guardrail) => guardrail.id === id && !isTooNew(state, account, id);
  const guardrail = find(sight, (each) => each.guardrails, isIt, "Guardrail not found");
  checkScope(sight, guardrail.workspace_id);
  return guardrail;
}

/** By uuid or slug, as all paths of workspaces take. */
export function findWorkspace(sight: Sight, reference: string): Workspace {
  const own = sight.account.workspaces.find(({ id, slug }) => id === reference || slug === reference);
  const workspace =
    own ??
    find(
      sight,
      (each) => each.workspaces,
      ({ id }) => id === reference,
      "Workspace not found",
    );
  checkScope(sight, workspace.id);
  return workspace;
}

/** The workspace that a body or a filter names by its uuid, or the caller's own or the default one. */
export function chosenWorkspace(sight: Sight, id: string | undefined): Workspace {
  const { state, account, scope } = sight;
  const chosen = id ?? scope ?? account.default_workspace_id;
  if (chosen === null) throw badRequest("The default workspace was deleted: workspace_id is required");
  checkScope(sight, chosen);
  const workspace = account.workspaces.find((each) => each.id === chosen);
  if (workspace) return workspace;
  throw new ApiError(state.switches.unknownWorkspace, "Workspace not found");
}

/** A key that is scoped to a workspace gets nothing of any other. */
export function checkScope({ scope }: Pick<Sight, "scope">, workspaceId: string | null): void {
  if (scope !== null && workspaceId !== scope) throw forbidden("This management key is scoped to another workspace");
}

function find<Row>(
  { state, account }: Sight,
  rows: (account: Account) => readonly Row[],
  isIt: (row: Row) => boolean,
  message: string,
): Row {
  const own = rows(account).find(isIt);
  if (own) return own;
  const anothers = state.accounts.some((each) => rows(each).some(isIt));
  if (anothers && state.switches.otherAccountsObject === 403) throw forbidden("Access denied");
  throw notFound(message);
}

export function isDefaultGuardrail(account: Account, id: string): boolean {
  return account.workspaces.some((workspace) => workspace.default_guardrail_id === id);
}

/** Users of the default workspace are all members of the account; those of another one are listed. */
export function isWorkspaceMember(account: Account, workspaceId: string, userId: string): boolean {
  if (!account.members.some((member) => member.id === userId)) return false;
  if (workspaceId === account.default_workspace_id) return true;
  const workspace = account.workspaces.find((each) => each.id === workspaceId);
  return workspace?.member_user_ids.includes(userId) ?? false;
}
