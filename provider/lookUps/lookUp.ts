import * as z from "zod";
import type { Api } from "../api/call";
import { allOf } from "../api/pages";
import { listWorkspaces, type Workspace } from "../api/workspaces";
import { PreconditionError } from "../errors";
import { clean } from "../text";

export interface Account {
  /** Starts a read of an object or a list, which errors name. */
  read(object: string): Api;
  /** A list that all look-ups of the process share until something is written. */
  share<Rows>(list: string, read: () => Promise<Rows>): Promise<Rows>;
}

export interface LookUp<Args extends z.ZodRawShape = z.ZodRawShape> {
  args: Args;
  run(account: Account, args: z.output<z.ZodObject<Args>>): Promise<object>;
}

/** With the types of its arguments. */
export function lookUpOf<Args extends z.ZodRawShape>(lookUp: LookUp<Args>): LookUp {
  return lookUp as unknown as LookUp;
}

export const text = z.string("must be a string").min(1, "must not be empty");

/** How the arguments choose one object. */
export interface Choice {
  /** For example `a guardrail`. */
  noun: string;
  by: string;
  value: string;
}

/** The one argument that is given. @throws PreconditionError */
export function chosen(noun: string, args: Readonly<Record<string, string | undefined>>): Choice {
  const given = Object.entries(args).flatMap(([by, value]) => (value === undefined ? [] : [{ noun, by, value }]));
  const [choice] = given;
  if (choice && given.length === 1) return choice;
  const names = Object.keys(args).join(" or ");
  const problem = `it needs ${names}, and has ${choice ? "both" : "neither"}`;
  throw new PreconditionError(`look up ${noun}`, problem, "pass one");
}

/** The only object that matches. @throws PreconditionError */
export function only<Found>(
  { noun, by, value }: Choice,
  matches: readonly Found[],
  idOf: (found: Found) => string,
): Found {
  const [first] = matches;
  if (first !== undefined && matches.length === 1) return first;
  const operation = `look up ${noun} with the ${by} "${clean(value)}"`;
  if (first === undefined) throw new PreconditionError(operation, "this account has none", `check the ${by}`);
  const ids = matches.map((each) => clean(idOf(each))).join(", ");
  throw new PreconditionError(operation, `this account has ${matches.length}: ${ids}`, "pass one of these instead");
}

export function workspacesOf(account: Account): Promise<Workspace[]> {
  return account.share("workspaces", () => allOf(listWorkspaces(account.read("the list of workspaces"))));
}

/** Objects of one workspace, or of all. @param name Of the list, such as `guardrails`. */
export async function inWorkspaces<Found>(
  account: Account,
  name: string,
  workspaceId: string | undefined,
  list: (api: Api, workspaceId: string | undefined) => AsyncGenerator<Found>,
): Promise<Found[]> {
  const listed = (id: string | undefined) =>
    account.share(`${name} of ${id}`, () => allOf(list(account.read(`the list of ${name}`), id)));
  if (workspaceId !== undefined) return listed(workspaceId);
  const workspaces = await workspacesOf(account);
  // Without an id the API lists the default workspace, the only one of an account that lists no workspaces.
  const ids = workspaces.length > 0 ? workspaces.map(({ id }) => id) : [undefined];
  return (await Promise.all(ids.map(listed))).flat();
}
