/**
 * Which account an object belongs to. "Not found" means gone only in the account that had the object: with another
 * management key every object is not found, and a refresh would empty the state.
 */
import type { Api } from "../api/client";
import { WrongAccount } from "../api/errors";
import { allOf } from "../api/pages";
import { listWorkspaces } from "../api/workspaces";

/** Where an object was written; kept in its outputs. */
export interface Home {
  /** The oldest workspace of the account, which is its default one. Every management key of an account sees it. */
  workspace: string;
  baseUrl: string;
}

/** Ids of the account's workspaces, oldest first. Asked once per process. */
export type Workspaces = (api: Api) => Promise<string[]>;

export function rememberedWorkspaces(): Workspaces {
  let asked: Promise<string[]> | undefined;
  return (api) => {
    asked ??= workspaceIds(api).catch((error) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
}

async function workspaceIds(api: Api): Promise<string[]> {
  const workspaces = await allOf(listWorkspaces(api));
  // Z and +00:00 are both in use, so as instants.
  const age = ({ createdAt }: { createdAt: string | null }) => Date.parse(createdAt ?? "") || 0;
  return workspaces.sort((a, b) => age(a) - age(b)).map(({ id }) => id);
}

/** Undefined for an account without workspaces, of which nothing can be told. */
export async function homeOf(api: Api, workspaces: Workspaces): Promise<Home | undefined> {
  const [oldest] = await workspaces(api);
  return oldest === undefined ? undefined : { workspace: oldest, baseUrl: api.baseUrl };
}

/** Returns if the present management key is of the account that has the object. @throws WrongAccount */
export async function confirmSameAccount(api: Api, home: Home | undefined, workspaces: Workspaces): Promise<void> {
  if (!home) return;
  if (home.baseUrl !== api.baseUrl) {
    throw new WrongAccount(
      api.operation,
      `it is not found at ${api.baseUrl}, and it was written through ${home.baseUrl}`,
      "set OPENROUTER_BASE_URL to the base URL that wrote it. Nothing was removed from the state",
    );
  }
  if (!(await workspaces(api)).includes(home.workspace)) {
    throw new WrongAccount(
      api.operation,
      "it is not found, and this management key belongs to another account than the one that has it",
      "use a management key of that account. Nothing was removed from the state; if the account itself is gone, remove the resource with `pulumi state delete`",
    );
  }
}
