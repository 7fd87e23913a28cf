import { TimeoutError } from "../../../provider/errors";
import type { Collection, Named } from "../../../provider/reconcile/collection";
import { createOnce, type Draft } from "../../../provider/reconcile/createOnce";
import type { Context } from "../../../provider/reconcile/lifecycle";
import { OPERATION } from "./fakeApi";
import { ACCOUNT, newSession } from "./samples";

export const NOW = Date.parse("2026-11-21T10:30:00Z");
export const lost = new TimeoutError(OPERATION, 20);
export const at = (ms: number) => new Date(NOW + ms).toISOString();

export interface Thing extends Named {
  id: string;
  isUnusedMatch: boolean;
}

/** An object like the one that is created, which a lost response may have left. */
export const orphan = (more: Partial<Thing> = {}): Thing => ({
  id: "orphan",
  name: "acme/prod/ci",
  createdAt: at(0),
  isUnusedMatch: true,
  ...more,
});

export interface Given {
  /** The result of each POST: an id or an error. */
  posts?: (string | Error)[];
  /** What each listing of the account shows; the last one stays. */
  lists?: (Thing[] | Error)[];
  newest?: Thing[];
  hasDefaultName?: boolean;
  seen?: string[];
  clock?: number | undefined;
  deleteOrphans?: boolean;
}

/** A create against a scripted API, with its requests and log lines. */
export function creating({ posts = ["created"], lists = [[]], newest = [], seen = [], ...given }: Given = {}) {
  const [requests, messages]: [string[], string[]] = [[], []];
  const clock = "clock" in given ? given.clock : NOW;
  const next = <Value>(values: (Value | Error)[]): Value => {
    const value = values.length > 1 ? values.shift() : values[0];
    if (value instanceof Error) throw value;
    return value as Value;
  };
  const collection: Collection<Thing> = {
    name: "keys",
    noun: "key",
    idOf: ({ id }) => id,
    read: () => Promise.reject(new Error("must not be called")),
    readPage: () => Promise.reject(new Error("must not be called")),
    list: async () => {
      requests.push("list");
      return next(lists);
    },
    listNewest: async () => {
      requests.push("list newest");
      return newest;
    },
    remove: async (_api, id) => void requests.push(`remove ${id}`),
  };
  const draft: Draft<Thing> = {
    name: "acme/prod/ci",
    hasDefaultName: given.hasDefaultName ?? true,
    workspaceId: undefined,
    isUnusedMatch: (thing) => thing.isUnusedMatch,
  };
  const post = async () => {
    requests.push("post");
    return { live: orphan({ id: next(posts) }) };
  };
  const session = {
    ...newSession(),
    preexisting: new Map(),
    seenIds: new Set(seen),
    deleteOrphans: given.deleteOrphans ?? false,
  };
  const api = {
    request: () => Promise.reject(new Error("must not be called")),
    pause: async () => true,
    serverTime: () => clock,
    operation: OPERATION,
    baseUrl: "https://openrouter.ai/api/v1",
  };
  const log = (line: string) => void messages.push(line);
  const context: Context = { api, session, account: ACCOUNT, unfinished: false, log };
  const create = async () => (await createOnce(context, collection, draft, post)).live.id;
  return { create, collection, draft, post, context, requests, messages };
}
