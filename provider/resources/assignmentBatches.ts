/** Assigns and removes any number of keys or members of a guardrail, in as few requests as possible. */
import { listAssignments, unassign } from "../api/assignments";
import type { Api } from "../api/call";
import { allOf, PAGE_SIZE } from "../api/pages";
import { ApiError, NotAppliedError, PermissionError } from "../errors";
import { type Age, untilFound } from "../reconcile/fresh";
import { type Context, isOutcomeUnknown } from "../reconcile/lifecycle";
import { clean } from "../text";
import { assignBatch, type Failed, isFailed, type Place } from "./assignmentRequests";

/** The result of a request for many. */
export interface Result {
  /** Assignees for which it took effect, or may have. */
  done: string[];
  /** Names the others with the reason. */
  problem?: Error;
}

export async function assignAll(context: Context, place: Place, assignees: readonly string[]): Promise<Result> {
  const failed = new Map<string, Failed>();
  await inBatches(
    assignees,
    async (batch) => {
      for (const [assignee, outcome] of await assignBatch(context, place, batch)) {
        if (outcome === "missing") failed.set(assignee, { failure: MISSING[place.kind], isUncertain: false });
        else if (isFailed(outcome)) failed.set(assignee, outcome);
      }
    },
    (batch, failure) => {
      for (const assignee of batch) failed.set(assignee, failure);
    },
  );
  const done = assignees.filter((assignee) => failed.get(assignee)?.isUncertain ?? true);
  return { done, ...problemOf(context.api, place, assignees.length, failed, "not assigned") };
}

const MISSING = {
  keys: "there is no such key in this account",
  members: "the API did not assign them",
};

/** @param age The time of the set's last change: a list may not show yet what was assigned then. */
export async function unassignAll(
  context: Context,
  place: Place,
  assignees: readonly string[],
  age: Age,
): Promise<Result> {
  const { api, session } = context;
  const { guardrailId, kind } = place;
  const failed = new Map<string, Failed>();
  await inBatches(
    assignees,
    // A count lower than sent is fine: the others are not assigned.
    async (batch) => {
      for (const assignee of batch) session.unassigned.add(assignee);
      await unassign(api, guardrailId, kind, batch);
    },
    (batch, failure) => {
      for (const assignee of batch) failed.set(assignee, failure);
    },
  );
  await settleFailed(context, place, failed, age);
  const done = assignees.filter((assignee) => !failed.has(assignee));
  return { done, ...problemOf(api, place, assignees.length, failed, "still assigned") };
}

/**
 * Lists what is still assigned. The API may reject a member who has left the workspace and is no longer assigned, and the
 * response to a successful removal may have been lost.
 */
async function settleFailed(context: Context, place: Place, failed: Map<string, Failed>, age: Age): Promise<void> {
  const { api } = context;
  const isOpen = ({ failure, isUncertain }: Failed) => isUncertain || canBisect(failure);
  if (![...failed.values()].some(isOpen)) return;
  let left = new Set<string>();
  const isListed = (assignee: string) => left.has(assignee);
  try {
    await untilFound(context, age, async () => {
      const rows = await allOf(listAssignments(api, place.guardrailId, place.kind));
      left = new Set(rows.map(({ assignee }) => assignee));
      return [...failed.keys()].every(isListed) || undefined;
    });
  } catch {
    return;
  }
  for (const [assignee, { failure, isUncertain }] of failed) {
    if (!isListed(assignee)) failed.delete(assignee);
    else if (isUncertain) failed.set(assignee, { failure: reasonOf(api.operation, failure), isUncertain: false });
  }
}

/** The failure itself if it is the same for all and not about the list. */
function problemOf(
  { operation }: Api,
  { kind }: Place,
  sent: number,
  failed: ReadonlyMap<string, Failed>,
  what: string,
): Pick<Result, "problem"> {
  if (failed.size === 0) return {};
  const failures = new Set([...failed.values()].map(({ failure }) => failure));
  const [first] = failures;
  const isSame = (failures.size === 1 && !isAboutTheList(first)) || [...failures].every(isOfTheKey);
  if (failed.size === sent && isSame && first instanceof Error) return { problem: first };
  const names = new Map<string, string[]>();
  for (const [assignee, { failure }] of failed) {
    const reason = reasonOf(operation, failure);
    names.set(reason, [...(names.get(reason) ?? []), clean(assignee)]);
  }
  const groups = [...names].map(([reason, those]) => `${listed(those)} (${reason})`);
  const noun = `${kind === "keys" ? "key" : "member"}${sent === 1 ? "" : "s"}`;
  const verb = failed.size === 1 ? "is" : "are";
  return {
    problem: new NotAppliedError(
      operation,
      `${failed.size} of ${sent} ${noun} ${verb} ${what}: ${groups.join("; ")}`,
      [...failures].some(isAboutTheList)
        ? "correct the list, then run the same command again"
        : "run the same command again",
    ),
  };
}

function isAboutTheList(failure: unknown): boolean {
  return !(failure instanceof Error) || canBisect(failure);
}

function isOfTheKey(failure: unknown): boolean {
  return failure instanceof PermissionError;
}

function reasonOf(operation: string, failure: unknown): string {
  if (failure instanceof ApiError) return `the API rejected the request: ${failure.status}, ${failure.apiMessage}`;
  const text = failure instanceof Error ? failure.message : String(failure);
  return text.startsWith(`${operation}: `) ? text.slice(operation.length + 2) : text;
}

const MAX_NAMED = 10;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** The API documents no limit, so this is the size of its pages. */
const MAX_BATCH_SIZE = PAGE_SIZE;

/** If this many batches were rejected and none accepted, the assignees are not the reason. */
const MAX_REJECTIONS = 8;

/** One bad assignee fails the whole request, so a rejected batch is split until only the bad ones fail. */
async function inBatches(
  assignees: readonly string[],
  send: (batch: readonly string[]) => Promise<void>,
  fail: (batch: readonly string[], failed: Failed) => void,
): Promise<void> {
  let accepted = false;
  let rejected = 0;
  let last: unknown;
  async function sendOrSplit(batch: readonly string[]): Promise<void> {
    // A failure that is not about assignees applies to the rest as well.
    if (last !== undefined) return fail(batch, { failure: last, isUncertain: false });
    try {
      await send(batch);
      accepted = true;
    } catch (failure) {
      const isSplit = batch.length > 1 && canBisect(failure) && (accepted || rejected < MAX_REJECTIONS);
      if (isSplit) {
        const half = Math.ceil(batch.length / 2);
        await sendOrSplit(batch.slice(0, half));
        await sendOrSplit(batch.slice(half));
        return;
      }
      rejected++;
      if (!canBisect(failure)) last = failure;
      fail(batch, { failure, isUncertain: isOutcomeUnknown(failure) });
    }
  }
  for (let at = 0; at < assignees.length; at += MAX_BATCH_SIZE) {
    await sendOrSplit(assignees.slice(at, at + MAX_BATCH_SIZE));
  }
}

/** Whether single assignees may be the reason, rather than the rate, the credential or the guardrail. */
function canBisect(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 403);
}
