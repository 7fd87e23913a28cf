/** The lists of a set of assignments, and what can be said of two of them. */
import type { AssigneeKind } from "../api/assignments";

/** Who is assigned, by the name of the input. An undefined list is not managed. */
export interface Lists {
  keyHashes?: string[];
  userIds?: string[];
}

export type ListName = keyof Lists;

export const KINDS: Record<ListName, AssigneeKind> = { keyHashes: "keys", userIds: "members" };
export const LIST_NAMES = Object.keys(KINDS) as ListName[];

export const managedBy = (lists: Lists) => LIST_NAMES.filter((name) => lists[name] !== undefined);

export function without(list: readonly string[] = [], excluded: readonly string[] = []): string[] {
  const gone = new Set(excluded);
  return [...new Set(list)].filter((item) => !gone.has(item));
}

export function common(list: readonly string[] = [], other: readonly string[] = []): string[] {
  return without(list, without(list, other));
}

/** In the order of the program, so that an index path of `ignoreChanges` finds what it found before; the others last. */
export function inDeclaredOrder(live: readonly string[] = [], declared: readonly string[] = []): string[] {
  const shown = new Set(live);
  return [...declared.filter((item) => shown.has(item)), ...without(live, declared).sort()];
}
