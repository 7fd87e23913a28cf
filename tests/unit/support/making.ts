import { TimeoutError } from "../../../provider/errors";
import type { CreateTask, SameNameObject } from "../../../provider/reconcile/createOnce";
import type { Context } from "../../../provider/reconcile/lifecycle";
import { OPERATION } from "./fakeApi";
import { ACCOUNT, newSession } from "./samples";

export const NOW = Date.parse("2026-11-21T10:30:00Z");
export const lost = new TimeoutError(OPERATION, 20);
export const at = (ms: number) => new Date(NOW + ms).toISOString();
export const twin = (more: Partial<SameNameObject> = {}): SameNameObject => ({
  id: "left",
  createdAt: at(0),
  asDeclared: true,
  ...more,
});

export interface Given {
  /** What each POST comes to. */
  posts?: (string | Error)[];
  /** What the account has when it is looked at, in turn; the last stays. */
  lists?: (SameNameObject[] | Error)[];
  newest?: SameNameObject[];
  nameIsDefault?: boolean;
  known?: string[];
  clock?: number | undefined;
  deleteOrphans?: boolean;
}

/** A making of which a test says what the API does, and which remembers what was done. */
export function making({ posts = ["made"], lists = [[]], newest = [], known = [], ...given }: Given) {
  const [did, said]: [string[], string[]] = [[], []];
  const clock = "clock" in given ? given.clock : NOW;
  const turn = <Value>(values: (Value | Error)[]): Value => {
    const value = values.length > 1 ? values.shift() : values[0];
    if (value instanceof Error) throw value;
    return value as Value;
  };
  const task: CreateTask<string, SameNameObject> = {
    collection: "keys",
    name: "acme/prod/ci",
    nameIsDefault: given.nameIsDefault ?? true,
    workspaceId: undefined,
    post: async () => {
      did.push("post");
      return turn(posts);
    },
    idOf: (id) => id,
    idIn: ({ id }) => id,
    list: async () => {
      did.push("list");
      return turn(lists);
    },
    newest: async () => {
      did.push("newest");
      return newest;
    },
    namesakesIn: async (list) => list,
    remove: async (id) => void did.push(`remove ${id}`),
  };
  const session = {
    ...newSession(),
    preexisting: new Map(),
    seenIds: new Set(known),
    deleteOrphans: given.deleteOrphans ?? false,
  };
  const api = {
    request: () => Promise.reject(new Error("must not be called")),
    pause: async () => true,
    serverTime: () => clock,
    operation: OPERATION,
    baseUrl: "https://openrouter.ai/api/v1",
  };
  const context: Context = { api, session, account: ACCOUNT, unfinished: false, log: (line) => said.push(line) };
  return { task, context, did, said };
}
