/** Reads the members of the organization or of a workspace. The data of `members`. */
import { listMembers, listWorkspaceMembers, type Member } from "../../provider/api/members";
import { allOf } from "../../provider/api/pages";
import { listWorkspaces } from "../../provider/api/workspaces";
import { ApiError, NotFoundError } from "../../provider/errors";
import type { Account } from "../shared/account";
import { chooseWorkspace } from "../shared/workspaceChoice";

/** Fields keep their names; new ones may be added. */
export interface MembersData {
  /** Null for the whole organization. */
  workspace: { id: string; name: string | null; slug: string | null } | null;
  members: MemberData[];
}

export interface MemberData {
  id: string;
  /** First and last name. */
  name: string | null;
  email: string | null;
  /** `admin` or `member`. */
  role: string | null;
}

/** @param workspace Name, slug or id. @throws UsageError if no workspace or several match */
export async function readMembers(account: Account, workspace?: string): Promise<MembersData> {
  return workspace === undefined
    ? { workspace: null, members: await readOrganization(account) }
    : readWorkspace(account, workspace);
}

async function readOrganization(account: Account): Promise<MemberData[]> {
  try {
    return (await readAll(account)).map(memberData);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new Error("there are no members to list: this account has no organization (404)");
  }
}

async function readWorkspace(account: Account, wanted: string): Promise<MembersData> {
  const workspaces = await allOf(listWorkspaces(account.start("read", "the list of workspaces")));
  const { id, name, slug } = chooseWorkspace(workspaces, wanted);
  const [rows, known] = await Promise.all([
    allOf(listWorkspaceMembers(account.start("read", `the members of workspace ${id}`), id)),
    readKnownMembers(account),
  ]);
  const members = rows.map(({ userId, role }) => {
    const { name, email } = known.get(userId) ?? { name: null, email: null };
    return { id: userId, name, email, role };
  });
  return { workspace: { id, name, slug }, members };
}

/** By id, for names and emails of users. Empty if the account has no organization or the key may not read it. */
export async function readKnownMembers(account: Account): Promise<ReadonlyMap<string, MemberData>> {
  try {
    return new Map((await readAll(account)).map((member) => [member.id, memberData(member)]));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return new Map();
  }
}

function readAll(account: Account): Promise<Member[]> {
  return allOf(listMembers(account.start("read", "the members of the organization")));
}

/** The organization's roles are `org:admin` and `org:member`, those of a workspace `admin` and `member`. */
function memberData({ id, firstName, lastName, email, role }: Member): MemberData {
  const name = [firstName, lastName].filter((part) => part !== null).join(" ");
  return { id, name: name || null, email, role: role?.replace(/^org:/, "") ?? null };
}
