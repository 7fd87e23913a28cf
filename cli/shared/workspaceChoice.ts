/** Finds the workspace that the user means. */
import type { Workspace } from "../../provider/api/workspaces";
import { clean } from "../../provider/text";
import { printable } from "./output";
import { UsageError } from "./terminal";

/** The help of an option that names a workspace. */
export const WORKSPACE_CHOICE = "name, slug or id";

/** By id, or else by slug or full name. @throws UsageError, with the candidates if several match */
export function chooseWorkspace(workspaces: readonly Workspace[], wanted: string): Workspace {
  const byId = workspaces.filter(({ id }) => id === wanted.toLowerCase());
  const matches = byId.length > 0 ? byId : workspaces.filter(({ name, slug }) => name === wanted || slug === wanted);
  const [only] = matches;
  if (only && matches.length === 1) return only;
  const candidates = matches.length > 0 ? matches : workspaces;
  const problem = only
    ? `"${clean(wanted)}" means ${matches.length} workspaces; pass an id:`
    : `no workspace of this account has the name, slug or id "${clean(wanted)}"; it has:`;
  throw new UsageError(
    problem,
    candidates.map(({ id, slug, name }) => printable(`${id}  ${slug ?? "none"}  ${name ?? "none"}`)),
  );
}
