/**
 * Which account an object belongs to. "Not found" means gone only in the account that had the object: with another
 * management key every object is not found, and a refresh would empty the state.
 */
import { createHash } from "node:crypto";
import type { Api } from "../api/client";
import { failureOf, WrongAccount } from "../api/errors";
import { allOf } from "../api/pages";
import { listWorkspaces } from "../api/workspaces";

/** Where an object was written: marks, short because every state has them. */
export interface Home {
  account: string;
  /** The base URL. */
  server: string;
}

/** By its oldest workspace, the default one, which every management key of the account sees. */
export function accountMark(workspaceId: string | undefined): string {
  return mark(workspaceId ?? "", 5);
}

export function serverMark({ baseUrl }: Pick<Api, "baseUrl">): string {
  return mark(baseUrl, 3);
}

function mark(text: string, length: number): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, length);
}

/** Ids of the account's workspaces, oldest first. Asked once per process. */
export type Workspaces = (api: Api) => Promise<string[]>;

export function rememberedWorkspaces(): Workspaces {
  let asked: Promise<string[]> | undefined;
  return async (api) => {
    asked ??= workspaceIds(api);
    try {
      return await asked;
    } catch (error) {
      asked = undefined;
      throw failureOf(api.operation, error);
    }
  };
}

async function workspaceIds(api: Api): Promise<string[]> {
  const workspaces = await allOf(listWorkspaces(api));
  // Z and +00:00 are both in use, so as instants.
  const age = ({ createdAt }: { createdAt: string | null }) => Date.parse(createdAt ?? "") || 0;
  return workspaces.sort((a, b) => age(a) - age(b)).map(({ id }) => id);
}

export async function homeOf(api: Api, workspaces: Workspaces): Promise<Home> {
  const [oldest] = await workspaces(api);
  return { account: accountMark(oldest), server: serverMark(api) };
}

/** Returns if the present management key is of the account that has the object. @throws WrongAccount */
export async function confirmSameAccount(api: Api, home: Home | undefined, workspaces: Workspaces): Promise<void> {
  if (!home) return;
  if (home.server !== serverMark(api)) {
    throw new WrongAccount(
      api.operation,
      `it is not found at ${api.baseUrl}, and it was written through another base URL`,
      "set OPENROUTER_BASE_URL to the base URL that wrote it. Nothing was removed from the state",
    );
  }
  // Of an account without workspaces nothing can be told.
  const present = [undefined, ...(await workspaces(api))].map(accountMark);
  if (!present.includes(home.account)) {
    throw new WrongAccount(
      api.operation,
      "it is not found, and this management key belongs to another account than the one that has it",
      "use a management key of that account. Nothing was removed from the state; if the account itself is gone, remove the resource with `pulumi state delete`",
    );
  }
}
