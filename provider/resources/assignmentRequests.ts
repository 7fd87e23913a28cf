/** Reads and assigns pairs of a guardrail, one or a batch. */
import {
  type AssigneeKind,
  type Assignment,
  assign,
  listAllAssignmentsPage,
  listAssignments,
  listAssignmentsPage,
} from "../api/assignments";
import type { Api } from "../api/call";
import { type Page, pageByTotal } from "../api/pages";
import { sleep } from "../api/retry";
import { isFresh, LAG_WAITS_MS, untilVisible } from "../reconcile/fresh";
import { utcSeconds } from "../reconcile/inputs";
import { type Context, ignoreNotFound, isOutcomeUnknown, type Session } from "../reconcile/lifecycle";
import { type Source, sharedReads } from "../reconcile/sharedReads";

/** A guardrail and the kind of its assignees. */
export interface Place {
  guardrailId: string;
  kind: AssigneeKind;
}

export function pairId(guardrailId: string, assignee: string): string {
  return `${guardrailId}/${assignee}`;
}

/** Splits `<guardrail id>/<assignee>` at the first slash: only the guardrail's id, a UUID, can't contain one. */
export function partsOf(id: string): [guardrailId: string, assignee: string] {
  const slash = id.indexOf("/");
  return slash < 0 ? [id, ""] : [id.slice(0, slash), id.slice(slash + 1)];
}

/** Undefined if the pair is not assigned. */
export async function findAssignment(
  { api, session }: Context,
  { guardrailId, kind }: Place,
  assignee: string,
): Promise<Assignment | undefined> {
  const id = pairId(guardrailId, assignee);
  return sharedReads(session, `assignments of ${kind}`, sources[kind]).read(api, id);
}

function assignmentsOf(kind: AssigneeKind): Source<Assignment> {
  return {
    idOf: ({ guardrailId, assignee }) => pairId(guardrailId ?? "", assignee),
    groupOf: (id) => id.slice(0, id.indexOf("/")),
    async readGroup(api, guardrailId, offset): Promise<Page<Assignment>> {
      const page = await ignoreNotFound(listAssignmentsPage(api, guardrailId, kind, offset));
      if (!page) return { rows: [], next: undefined };
      return pageByTotal({ ...page, data: page.data.map((row) => ({ ...row, guardrailId })) }, offset);
    },
    readPage: async (api, offset) => pageByTotal(await listAllAssignmentsPage(api, kind, offset), offset),
  };
}

const sources = { keys: assignmentsOf("keys"), members: assignmentsOf("members") };

/** The result for one assignee: assigned by this request, already assigned (with its row), unknown to the API, or failed. */
export type Outcome = "assigned" | Assignment | "missing" | Failed;

export interface Failed {
  failure: unknown;
  /** The request may have taken effect. */
  isUncertain: boolean;
}

export function isFailed(outcome: Outcome | undefined): outcome is Failed {
  return typeof outcome === "object" && "failure" in outcome;
}

/**
 * The response is only a count. If it is lower than sent, an assignee may be unknown, not known yet, or already assigned;
 * only a list shows which.
 */
export async function assignBatch(
  context: Context,
  place: Place,
  assignees: readonly string[],
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>(assignees.map((assignee) => [assignee, "missing"]));
  const batch: Batch = { ...context, ...place, open: new Set(assignees), outcomes };
  const { api, guardrailId, kind } = batch;
  const count = await untilVisible(context, { id: guardrailId }, () => assign(api, guardrailId, kind, assignees));
  try {
    if (count < assignees.length) await settle(batch);
    else conclude(batch, "assigned");
  } catch (failure) {
    conclude(batch, { failure, isUncertain: true });
  }
  return outcomes;
}

/** Assigns one. */
export async function assignOne(context: Context, place: Place, assignee: string): Promise<Outcome> {
  try {
    return (await assignBatch(context, place, [assignee])).get(assignee) ?? "missing";
  } catch (failure) {
    return { failure, isUncertain: isOutcomeUnknown(failure) };
  }
}

interface Batch extends Place {
  api: Api;
  session: Session;
  /** Assignees without a result yet. */
  open: Set<string>;
  outcomes: Map<string, Outcome>;
}

/** Sets the same outcome for all that are open. */
function conclude({ open, outcomes }: Batch, outcome: Outcome): void {
  for (const assignee of open) outcomes.set(assignee, outcome);
}

/**
 * A new key may be unknown to assignments for a while. The process of another Provider may have created it, so every key is
 * tried this often.
 */
const TRIES_FOR_OTHERS = 3;

/** Finds the outcome of assignees that the count leaves open, and assigns those again that may have been too new. */
async function settle(batch: Batch): Promise<void> {
  const { api, session, guardrailId, kind, open } = batch;
  await takeListed(batch);
  for (const [tries, wait] of LAG_WAITS_MS.entries()) {
    if (open.size === 0) return;
    if (tries >= TRIES_FOR_OTHERS && ![...open].some((id) => isFresh({ api, session }, { id }))) break;
    await sleep(wait);
    const count = await assign(api, guardrailId, kind, [...open]);
    if (count >= open.size) return conclude(batch, "assigned");
    if (count > 0) await takeListed(batch);
  }
  // One of these may have taken effect with a lost response; the retry then counted 0.
  if (open.size > 0) await takeListed(batch);
}

/** Moves listed assignees from `open` to the outcomes. */
async function takeListed({ api, guardrailId, kind, open, outcomes }: Batch): Promise<void> {
  for await (const row of listAssignments(api, guardrailId, kind)) {
    if (open.delete(row.assignee)) outcomes.set(row.assignee, row);
    if (open.size === 0) return;
  }
}

export function serverTimestamp(api: Api): string | null {
  const now = api.serverTime();
  return now === undefined ? null : utcSeconds(new Date(now).toISOString());
}
