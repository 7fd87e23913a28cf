/** The options that choose what to adopt. */
import { allOf } from "../../provider/api/pages";
import { listWorkspaces } from "../../provider/api/workspaces";
import { clean } from "../../provider/text";
import type { Account } from "../shared/account";
import { UsageError } from "../shared/terminal";

export interface Filter {
  /** Id or name. */
  workspace?: string;
  /** Pattern in which `*` matches any characters. */
  name?: string;
}

type Predicate = (object: { name: string; workspaceId: string | null }) => boolean;

export async function predicateOf({ workspace, name = "*" }: Filter, account: Account): Promise<Predicate> {
  const id = workspace === undefined ? undefined : await workspaceId(workspace, account);
  const literals = name.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const pattern = new RegExp(`^${literals.join(".*")}$`, "s");
  return (object) => pattern.test(object.name) && (id === undefined || object.workspaceId === id);
}

async function workspaceId(wanted: string, account: Account): Promise<string> {
  const workspaces = await allOf(listWorkspaces(account.start("read", "the list of workspaces")));
  const [match, another] = workspaces.filter(({ id, name }) => id === wanted || name === wanted);
  if (match && !another) return match.id;
  const list = workspaces.map(({ id, name }) => `${clean(name ?? "a workspace")} (${id})`).join(", ");
  throw new UsageError(
    another
      ? `several workspaces have the name ${clean(wanted)}; pass the id of one: ${list}`
      : `the account has no workspace ${clean(wanted)}; it has ${list}`,
  );
}
