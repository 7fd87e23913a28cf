/**
 * What assignments of keys and of members have in common: one guardrail, one subject, nothing to change in place.
 *
 * A key has one guardrail at most (a member one per workspace), so assigning moves it. That is what makes a change of
 * guardrail safe: Pulumi assigns to the new one first and removes the old pair afterwards, and a removal names its own
 * guardrail only, so no key is unguarded in between.
 */
import type { z } from "zod";
import { type Assignment, assign, listAssignments, type SubjectKind, unassign } from "../api/assignments";
import type { Api } from "../api/client";
import { NotAsDeclared } from "../api/errors";
import { checkInputs } from "./inputs";
import { type Lifecycle, mayBeDone, PartialFailure, unlessGone } from "./lifecycle";

export interface AssignmentInputs {
  guardrailId: string;
}

/**
 * The answer to an assignment is only a count, so who made it and when are known after the next refresh: a listing for
 * each assignment would double the calls.
 */
export interface AssignmentOutputs {
  assignedBy?: string;
  createdAt?: string;
}

interface Kind<Inputs extends AssignmentInputs> {
  title: string;
  subjects: SubjectKind;
  schema: z.ZodType<Inputs>;
  subjectOf(inputs: Inputs): string;
  inputsOf(guardrailId: string, subject: string): Inputs;
  /** What to say of a subject that the API does not know: the problem, and what to do. */
  missing: [problem: string, advice: string];
}

/** A new key may be unknown to assignments for a moment. */
const WAITS_FOR_A_NEW_SUBJECT_MS = [250, 500, 1_000];

export function guardrailAssignment<Inputs extends AssignmentInputs>(
  kind: Kind<Inputs>,
): Lifecycle<Inputs, Inputs & AssignmentOutputs> {
  type Outputs = Inputs & AssignmentOutputs;

  const replacing = ["guardrailId", kind.subjects === "keys" ? "keyHash" : "userId"];

  const toOutputs = (inputs: Inputs, row?: Assignment): Outputs => ({
    ...inputs,
    ...(row?.assignedBy ? { assignedBy: row.assignedBy } : {}),
    ...(row?.createdAt ? { createdAt: row.createdAt } : {}),
  });

  async function ensureAssigned(api: Api, inputs: Inputs): Promise<Assignment | undefined> {
    const { guardrailId } = inputs;
    const subject = kind.subjectOf(inputs);
    if ((await assign(api, guardrailId, kind.subjects, [subject])) > 0) return undefined;
    // A count of 0 is a subject that is unknown, not known yet, or assigned already: the list tells the last.
    const row = await findAssignment(api, guardrailId, kind.subjects, subject);
    if (row) return row;
    for (const wait of WAITS_FOR_A_NEW_SUBJECT_MS) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if ((await assign(api, guardrailId, kind.subjects, [subject])) > 0) return undefined;
    }
    // One of these may have been carried out and its answer lost; the repetition then counted 0.
    const late = await findAssignment(api, guardrailId, kind.subjects, subject);
    if (late) return late;
    throw new NotAsDeclared(api.operation, ...kind.missing);
  }

  return {
    title: kind.title,
    secretOutputs: [],

    holds: () => true,

    nameOf: (properties) => {
      const subject = kind.subjectOf(properties as Inputs);
      return subject && properties.guardrailId ? `${properties.guardrailId}/${subject}` : "";
    },

    check: (news) => checkInputs(kind.schema, news),

    diff(olds, news) {
      const replaces = replacing.filter((name) => olds[name as keyof Inputs] !== news[name as keyof Inputs]);
      return { changed: replaces.length > 0, replaces };
    },

    async create({ api }, inputs) {
      const id = `${inputs.guardrailId}/${kind.subjectOf(inputs)}`;
      try {
        return { id, outputs: toOutputs(inputs, await ensureAssigned(api, inputs)) };
      } catch (error) {
        // An assignment that may exist belongs into the state; to repeat it or to remove it does no harm.
        throw mayBeDone(error) ? new PartialFailure(id, toOutputs(inputs), error) : error;
      }
    },

    async read({ api }, id) {
      const [guardrailId, subject] = partsOf(id);
      const row = await unlessGone(findAssignment(api, guardrailId, kind.subjects, subject));
      if (!row) return undefined;
      const inputs = kind.inputsOf(guardrailId, subject);
      return { inputs, outputs: toOutputs(inputs, row) };
    },

    /** Comes after a failure only: both inputs replace. */
    async update({ api }, _id, _olds, news) {
      return toOutputs(news, await ensureAssigned(api, news));
    },

    async delete({ api }, id) {
      const [guardrailId, subject] = partsOf(id);
      // A count of 0 is fine: the pair is not there, which is what was asked for.
      await unassign(api, guardrailId, kind.subjects, [subject]);
    },
  };
}

/** `<guardrail id>/<subject>`; only the guardrail's id, a UUID, is known to hold no slash. */
function partsOf(id: string): [guardrailId: string, subject: string] {
  const slash = id.indexOf("/");
  return slash < 0 ? [id, ""] : [id.slice(0, slash), id.slice(slash + 1)];
}

async function findAssignment(
  api: Api,
  guardrailId: string,
  kind: SubjectKind,
  subject: string,
): Promise<Assignment | undefined> {
  for await (const row of listAssignments(api, guardrailId, kind)) {
    if (row.subject === subject) return row;
  }
  return undefined;
}
