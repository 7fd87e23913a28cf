/** A set of assignments: its inputs and outputs, and what follows from them. */
import { isDeepStrictEqual } from "node:util";
import type { AssigneeKind } from "../api/assignments";
import { lowerCase, sortedSet } from "../reconcile/inputs";
import { pairId } from "./assignmentRequests";

/** Assignees by input. An undefined list is not managed. */
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

function common(list: readonly string[] = [], other: readonly string[] = []): string[] {
  return without(list, without(list, other));
}

/** In declared order, so that an index path of `ignoreChanges` finds the same element; the others last. */
export function inDeclaredOrder(live: readonly string[] = [], declared: readonly string[] = []): string[] {
  const shown = new Set(live);
  return [...declared.filter((item) => shown.has(item)), ...without(live, declared).sort()];
}

export interface GuardrailAssignmentsInputs extends Lists {
  guardrailId: string;
  exclusive?: boolean;
}

export interface GuardrailAssignmentsOutputs extends GuardrailAssignmentsInputs {
  /** When the set last changed an assignment, by the server's clock. */
  updatedAt?: string;
  /** Hashes of keys that this stack does not manage, and so never deletes. */
  __foreign?: string[];
}

export const isExclusive = ({ exclusive = true }: Partial<GuardrailAssignmentsInputs>) => exclusive;
export const guardrailOf = (inputs: GuardrailAssignmentsInputs) => lowerCase(inputs.guardrailId);

/** The id of a set has this instead of an assignee: a guardrail has one set. */
export const SET = "assignments";
export const setId = (inputs: GuardrailAssignmentsInputs) => pairId(guardrailOf(inputs), SET);

/** Each pair of the set. */
export function claimsOf(inputs: GuardrailAssignmentsInputs): string[] {
  const assignees = managedBy(inputs).flatMap((name) => inputs[name] ?? []);
  return assignees.map((assignee) => pairId(guardrailOf(inputs), assignee));
}

/** The managed part of live lists: all of it, or only what the set lists or has listed. */
export function managedPart(live: Lists, inputs: GuardrailAssignmentsInputs, olds: Lists = {}): Lists {
  if (isExclusive(inputs)) return live;
  const parts = managedBy(live).map((name) => [
    name,
    common(live[name], [...(inputs[name] ?? []), ...(olds[name] ?? [])]),
  ]);
  return Object.fromEntries(parts);
}

export function differs(olds: GuardrailAssignmentsOutputs, news: GuardrailAssignmentsInputs): boolean {
  const meaning = (inputs: GuardrailAssignmentsInputs) => [
    isExclusive(inputs),
    ...LIST_NAMES.map((name) => inputs[name] && sortedSet(inputs[name])),
  ];
  return !isDeepStrictEqual(meaning(olds), meaning(news));
}
