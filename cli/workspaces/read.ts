/** Reads the workspaces of an account. The data of `workspaces`. */
import { allOf } from "../../provider/api/pages";
import { listWorkspaces, oldestFirst, type Workspace } from "../../provider/api/workspaces";
import type { Account } from "../shared/account";

/** Fields keep their names; new ones may be added. */
export interface WorkspacesData {
  workspaces: Workspace[];
}

/** Oldest first. */
export async function readWorkspaces(account: Account): Promise<WorkspacesData> {
  const api = account.start("read", "the list of workspaces");
  return { workspaces: oldestFirst(await allOf(listWorkspaces(api))) };
}
