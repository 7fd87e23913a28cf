import { ApiError } from "../../../provider/errors";
import { BASE_URL, type FakeApi, OPERATION, responding } from "./fakeApi";

/** What distinguishes one account from another. */
export interface AccountTraits {
  /** Ids of the workspaces that the management key sees, oldest first. */
  workspaces?: string[];
  organization?: string;
  /** The management key is limited to this workspace. */
  limitedTo?: string;
  defaultWorkspaceIsGone?: boolean;
  baseUrl?: string;
}

/** An API that shows its account. Any other request fails the test. */
export function accountApi(traits: AccountTraits = {}): FakeApi {
  const { workspaces = [], organization = null, limitedTo = null, defaultWorkspaceIsGone = false } = traits;
  return responding(({ path }) => {
    if (path === "/workspaces") return pageOf(workspaces);
    if (path === "/key") return { data: { organization_id: organization, workspace_id: limitedTo } };
    if (path === "/keys" && defaultWorkspaceIsGone) return new ApiError(OPERATION, 400, "no default workspace");
    if (path === "/keys") return { data: [] };
    throw new Error(`expected no request but for the account, got: ${path}`);
  }, traits.baseUrl ?? BASE_URL);
}

function pageOf(workspaces: readonly string[]): object {
  const rows = workspaces.map((id, index) => ({ id, created_at: `2025-01-0${index + 1}T00:00:00Z` }));
  return { data: rows.reverse(), total_count: rows.length };
}
