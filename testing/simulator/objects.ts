/** Finds the objects that a request names, and checks access to them. */
import type { Account, Guardrail, Key, Workspace } from "./account";
import { badRequest, forbidden, notFound } from "./errors";
import { isTooNew } from "./lag";
import type { ManagementRequest } from "./route";

type Lookup = Pick<ManagementRequest, "state" | "account" | "scope">;

export function findKey(lookup: Lookup, hash: string): Key {
  const { state, account } = lookup;
  const matches = (key: Key) => key.hash === hash && !isTooNew(state, account, hash);
  const key = find(lookup, (each) => each.keys, matches, "API key not found");
  checkScope(lookup, key.workspace_id);
  return key;
}

export function findGuardrail(lookup: Lookup, id: string): Guardrail {
  const { state, account } = lookup;
  const matches = (guardrail: Guardrail) => guardrail.id === id && !isTooNew(state, account, id);
  const guardrail = find(lookup, (each) => each.guardrails, matches, "Guardrail not found");
  checkScope(lookup, guardrail.workspace_id);
  return guardrail;
}

/** By UUID or slug, which all workspace paths accept. */
export function findWorkspace(lookup: Lookup, reference: string): Workspace {
  const own = lookup.account.workspaces.find(({ id, slug }) => id === reference || slug === reference);
  const hasId = ({ id }: Workspace) => id === reference;
  const workspace = own ?? find(lookup, (each) => each.workspaces, hasId, "Workspace not found");
  checkScope(lookup, workspace.id);
  return workspace;
}

/** The workspace that a body or a filter names by UUID, else the caller's own or the default one. */
export function chosenWorkspace(lookup: Lookup, id: string | undefined): Workspace {
  const { account, scope } = lookup;
  const chosen = id ?? scope ?? account.default_workspace_id;
  if (chosen === null) throw badRequest("The default workspace was deleted: workspace_id is required");
  checkScope(lookup, chosen);
  const workspace = account.workspaces.find((each) => each.id === chosen);
  if (workspace) return workspace;
  // `/keys` and `/guardrails` declare no 404 for their lists and creates.
  throw badRequest("Workspace not found");
}

/** Rejects a management key that is scoped to a different workspace. */
export function checkScope({ scope }: Pick<Lookup, "scope">, workspaceId: string | null): void {
  if (scope !== null && workspaceId !== scope) throw forbidden("This management key is scoped to another workspace");
}

function find<Row>(
  { state, account }: Lookup,
  rows: (account: Account) => readonly Row[],
  matches: (row: Row) => boolean,
  message: string,
): Row {
  const own = rows(account).find(matches);
  if (own) return own;
  const isInOtherAccount = state.accounts.some((each) => rows(each).some(matches));
  if (isInOtherAccount && state.switches.otherAccountsObject === 403) throw forbidden("Access denied");
  throw notFound(message);
}

export function isDefaultGuardrail(account: Account, id: string): boolean {
  return account.workspaces.some((workspace) => workspace.default_guardrail_id === id);
}

/** All members of the account belong to the default workspace; other workspaces list theirs. */
export function isWorkspaceMember(account: Account, workspaceId: string, userId: string): boolean {
  if (!account.members.some((member) => member.id === userId)) return false;
  if (workspaceId === account.default_workspace_id) return true;
  const workspace = account.workspaces.find((each) => each.id === workspaceId);
  return workspace?.member_user_ids.includes(userId) ?? false;
}
