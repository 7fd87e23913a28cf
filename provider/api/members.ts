/** Members of the organization, and of a workspace: `/organization/members`, `/workspaces/{id}/members`. Read only. */
import * as z from "zod";
import type { Api } from "./call";
import { PAGE_SIZE, pagesByTotal } from "./pages";
import { nullableString, page } from "./shapes";

const member = z.object({
  id: z.string().min(1),
  email: nullableString,
  firstName: nullableString,
  lastName: nullableString,
  /** `org:admin` or `org:member`. */
  role: nullableString,
});
export type Member = z.output<typeof member>;
const memberPage = page(member);

const workspaceMember = z.object({
  userId: z.string().min(1),
  /** `admin` or `member`: not the words of the organization. */
  role: nullableString,
});
export type WorkspaceMember = z.output<typeof workspaceMember>;
const workspaceMemberPage = page(workspaceMember);

/** @throws NotFoundError if the account has no organization */
export function listMembers(api: Api): AsyncGenerator<Member> {
  const path = ["organization", "members"];
  return pagesByTotal(api.operation, (offset) =>
    api.request({ method: "GET", path, query: { offset, limit: PAGE_SIZE }, result: memberPage }),
  );
}

/** @param workspace Its id or slug. @throws NotFoundError */
export function listWorkspaceMembers(api: Api, workspace: string): AsyncGenerator<WorkspaceMember> {
  const path = ["workspaces", workspace, "members"];
  return pagesByTotal(api.operation, (offset) =>
    api.request({ method: "GET", path, query: { offset, limit: PAGE_SIZE }, result: workspaceMemberPage }),
  );
}
