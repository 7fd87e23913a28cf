/** Workspaces: `/workspaces`. Read only: which account a management key belongs to, and what workspaces are called. */
import * as z from "zod";
import type { Api } from "./call";
import { PAGE_SIZE, pagesByTotal } from "./pages";
import { nullableString, page } from "./shapes";

const workspace = z.object({ id: z.string().min(1), name: nullableString, createdAt: nullableString });
export type Workspace = z.output<typeof workspace>;
const workspacePage = page(workspace);

/** All workspaces of the account. */
export function listWorkspaces(api: Api): AsyncGenerator<Workspace> {
  return pagesByTotal(api.operation, (offset) =>
    api.request({
      method: "GET",
      path: ["workspaces"],
      query: { offset, limit: PAGE_SIZE },
      result: workspacePage,
    }),
  );
}

/** Z and +00:00 are both in use, so the times of creation are compared as timestamps. */
export function oldestFirst<Row extends { createdAt: string | null }>(rows: readonly Row[]): Row[] {
  const age = ({ createdAt }: Row) => Date.parse(createdAt ?? "") || 0;
  return [...rows].sort((a, b) => age(a) - age(b));
}
