/** Finding the objects that a request names, and whose they are. */
import type { Account, Guardrail, Key, State, Workspace } from "./account";
import { ApiError, badRequest, forbidden, notFound } from "./errors";
import { isTooNew } from "./lag";

export function findKey(state: State, account: Account, hash: string): Key {
  return find(
    state,
    account,
    (each) => each.keys,
    (key) => key.hash === hash && !isTooNew(state, account, hash),
    "API key not found",
  );
}

export function findGuardrail(state: State, account: Account, id: string): Guardrail {
  return find(
    state,
    account,
    (each) => each.guardrails,
    (guardrail) => guardrail.id === id && !isTooNew(state, account, id),
    "Guardrail not found",
  );
}

/** By uuid or slug, as all paths of workspaces take. */
export function findWorkspace(state: State, account: Account, reference: string): Workspace {
  const own = account.workspaces.find(({ id, slug }) => id === reference || slug === reference);
  return (
    own ??
    find(
      state,
      account,
      (each) => each.workspaces,
      ({ id }) => id === reference,
      "Workspace not found",
    )
  );
}

/** The workspace that a body or a filter names by its uuid, or the default one. */
export function chosenWorkspace(state: State, account: Account, id: string | undefined): Workspace {
  const chosen = id ?? account.default_workspace_id;
  if (chosen === null) throw badRequest("The default workspace was deleted: workspace_id is required");
  const workspace = account.workspaces.find((each) => each.id === chosen);
  if (workspace) return workspace;
  throw new ApiError(state.switches.unknownWorkspace, "Workspace not found");
}

function find<Row>(
  state: State,
  account: Account,
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
