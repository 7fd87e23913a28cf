/** What reading, assigning and removing single pairs takes of the API, shared by all that do it at the same time. */
import {
  type Assignment,
  assign,
  listAllAssignmentsFrom,
  listAssignments,
  listAssignmentsFrom,
  type SubjectKind,
  unassign,
} from "../api/assignments";
import type { Api } from "../api/client";
import { type Page, pageByTotal } from "../api/pages";
import { sleep } from "../api/retry";
import { isFresh, LAG_WAITS_MS, untilVisible } from "./fresh";
import { gathered } from "./gathering";
import { type Context, type Session, unlessGone } from "./lifecycle";
import { type Source, sharedReads } from "./sharedReads";

/** The pair in a list; undefined when it is on none. */
export async function findAssignment(
  api: Api,
  session: Session,
  guardrailId: string,
  kind: SubjectKind,
  subject: string,
): Promise<Assignment | undefined> {
  return sharedReads(session, `assignments of ${kind}`, sources[kind]).read(api, pairOf(guardrailId, subject));
}

function assignmentsOf(kind: SubjectKind): Source<Assignment> {
  return {
    idOf: ({ guardrailId, subject }) => pairOf(guardrailId ?? "", subject),
    groupOf: (id) => id.slice(0, id.indexOf("/")),
    async readGroup(api, guardrailId, offset): Promise<Page<Assignment>> {
      const page = await unlessGone(listAssignmentsFrom(api, guardrailId, kind, offset));
      if (!page) return { rows: [], next: undefined };
      return pageByTotal({ ...page, data: page.data.map((row) => ({ ...row, guardrailId })) }, offset);
    },
    readPage: async (api, offset) => pageByTotal(await listAllAssignmentsFrom(api, kind, offset), offset),
  };
}

const sources = { keys: assignmentsOf("keys"), members: assignmentsOf("members") };

function pairOf(guardrailId: string, subject: string): string {
  return `${guardrailId}/${subject}`;
}

/**
 * Assigned by this request; assigned already, as a list shows; a subject that the API does not know; or not known,
 * because of a failure after it may have been assigned.
 */
export type Outcome = "assigned" | Assignment | "missing" | { undecided: unknown };

/**
 * A new key may be unknown to assignments for a while. It need not be of this process, because each provider has its own;
 * then it is asked for as often as this.
 */
const TRIES_FOR_OTHERS = 3;

export async function assignTogether(
  api: Api,
  session: Session,
  guardrailId: string,
  kind: SubjectKind,
  subject: string,
): Promise<Outcome> {
  const outcome = await gathered<Outcome>(session, `assign ${kind} ${guardrailId}`, (sender, subjects) =>
    assignAll({ api: sender, session }, guardrailId, kind, subjects),
  ).add(api, subject);
  return outcome ?? "missing";
}

/**
 * The answer is only a count. A lower one than sent leaves open whether a subject is unknown, not known yet, or assigned
 * already: a list tells the last.
 */
async function assignAll(
  context: Pick<Context, "api" | "session">,
  guardrailId: string,
  kind: SubjectKind,
  subjects: readonly string[],
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>(subjects.map((subject) => [subject, "missing"]));
  const batch = { ...context, guardrailId, kind, open: new Set(subjects), outcomes };
  const count = await untilVisible(context, { id: guardrailId }, () =>
    assign(context.api, guardrailId, kind, subjects),
  );
  try {
    if (count < subjects.length) await settle(batch);
    else conclude(batch, "assigned");
  } catch (undecided) {
    conclude(batch, { undecided });
  }
  return outcomes;
}

interface Batch {
  api: Api;
  session: Session;
  guardrailId: string;
  kind: SubjectKind;
  /** Subjects of which nothing is known yet. */
  open: Set<string>;
  outcomes: Map<string, Outcome>;
}

/** The same outcome for all that are open. */
function conclude({ open, outcomes }: Batch, outcome: Outcome): void {
  for (const subject of open) outcomes.set(subject, outcome);
}

/** Finds out what became of those that the count leaves open, and assigns again who may have been too new. */
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
  // One of these may have been carried out and its answer lost; the repetition then counted 0.
  if (open.size > 0) await takeListed(batch);
}

/** Moves those that a list shows from `open` to the outcomes. */
async function takeListed({ api, guardrailId, kind, open, outcomes }: Batch): Promise<void> {
  for await (const row of listAssignments(api, guardrailId, kind)) {
    if (open.delete(row.subject)) outcomes.set(row.subject, row);
    if (open.size === 0) return;
  }
}

/** A lower count than sent is fine: the others are not there, which is what was asked for. */
export async function unassignTogether(
  api: Api,
  session: Session,
  guardrailId: string,
  kind: SubjectKind,
  subject: string,
): Promise<void> {
  await gathered(session, `unassign ${kind} ${guardrailId}`, async (sender, subjects) => {
    await unassign(sender, guardrailId, kind, subjects);
    return NOTHING_TO_SAY;
  }).add(api, subject);
}

const NOTHING_TO_SAY = new Map<string, never>();
