/** Workspaces: `/workspaces`. Read only: they identify the account of a management key, and have names. */
import * as z from "zod";
import type { Api } from "./call";
import { PAGE_SIZE, pagesByTotal } from "./pages";
import { nullableString, page } from "./shapes";

const workspace = z.object({
  id: z.string().min(1),
  name: nullableString,
  slug: nullableString,
  description: nullableString,
  /** Applies to all keys and members of the workspace. */
  defaultGuardrailId: nullableString,
  createdAt: nullableString,
});
export type Workspace = z.output<typeof workspace>;
const workspacePage = page(workspace);

/** All workspaces of the account. */
export function listWorkspaces(api: Api): AsyncGenerator<Workspace> {
  return pagesByTotal(api.operation, (offset) =>
    api.request({ method: "GET", path: ["workspaces"], query: { offset, limit: PAGE_SIZE }, result: workspacePage }),
  );
}

/** Compares times rather than strings: the API returns both `Z` and `+00:00`. */
export function oldestFirst<Row extends { createdAt: string | null }>(rows: readonly Row[]): Row[] {
  const age = ({ createdAt }: Row) => Date.parse(createdAt ?? "") || 0;
  return [...rows].sort((a, b) => age(a) - age(b));
}
