/**
 * What assignments of keys and of members have in common: one guardrail, one subject, nothing to change in place.
 *
 * A key has one guardrail at most (a member one per workspace), so assigning moves it. That is what makes a change of
 * guardrail safe: Pulumi assigns to the new one first and removes the old pair afterwards, and a removal names its own
 * guardrail only, so no key is unguarded in between.
 */
import type { Assignment, SubjectKind } from "../api/assignments";
import { failureOf, NotAsDeclared } from "../api/errors";
import { assignTogether, findAssignment, unassignTogether } from "./assignmentRequests";
import { checkInputs, type Rules } from "./inputs";
import { type Context, type Lifecycle, mayBeDone, PartialFailure } from "./lifecycle";

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
  rules: Rules<Inputs>;
  subjectOf(inputs: Inputs): string;
  inputsOf(guardrailId: string, subject: string): Inputs;
  /** What to say of a subject that the API does not know: the problem, and what to do. */
  missing: [problem: string, advice: string];
}

export function guardrailAssignment<Inputs extends AssignmentInputs>(
  kind: Kind<Inputs>,
): Lifecycle<Inputs, Inputs & AssignmentOutputs> {
  type Outputs = Inputs & AssignmentOutputs;

  const replacing = ["guardrailId", kind.subjects === "keys" ? "keyHash" : "userId"];

  const idOf = (inputs: Inputs) => `${inputs.guardrailId}/${kind.subjectOf(inputs)}`;

  const toOutputs = (inputs: Inputs, row?: Assignment): Outputs => ({
    ...inputs,
    ...(row?.assignedBy ? { assignedBy: row.assignedBy } : {}),
    ...(row?.createdAt ? { createdAt: row.createdAt } : {}),
  });

  /** The pair as the account has it, with or without a row that tells more of it. */
  async function ensureAssigned({ api, session }: Context, inputs: Inputs): Promise<Assignment | undefined> {
    const { guardrailId } = inputs;
    const subject = kind.subjectOf(inputs);
    // Of what was adopted both sides may be assigned already, and taking over writes nothing.
    const present = session.held.has(guardrailId) && (kind.subjects === "members" || session.held.has(subject));
    const row = present ? await findAssignment(api, session, guardrailId, kind.subjects, subject) : undefined;
    if (row) return row;
    const outcome = await assignTogether(api, session, guardrailId, kind.subjects, subject);
    if (outcome === "missing") throw new NotAsDeclared(api.operation, ...kind.missing);
    if (typeof outcome === "object" && "undecided" in outcome) {
      throw new PartialFailure(idOf(inputs), toOutputs(inputs), failureOf(api.operation, outcome.undecided));
    }
    return outcome === "assigned" ? undefined : outcome;
  }

  return {
    title: kind.title,
    secretOutputs: [],

    holds: () => true,

    nameOf: (properties) => {
      const subject = kind.subjectOf(properties as Inputs);
      return subject && properties.guardrailId ? `${properties.guardrailId}/${subject}` : "";
    },

    check: (news) => checkInputs(kind.rules, news),

    diff(olds, news) {
      const replaces = replacing.filter((name) => olds[name as keyof Inputs] !== news[name as keyof Inputs]);
      return { changed: replaces.length > 0, replaces };
    },

    async create(context, inputs) {
      const id = idOf(inputs);
      try {
        return { id, outputs: toOutputs(inputs, await ensureAssigned(context, inputs)) };
      } catch (error) {
        // An assignment that may exist belongs into the state; to repeat it or to remove it does no harm.
        throw mayBeDone(error) ? new PartialFailure(id, toOutputs(inputs), error) : error;
      }
    },

    async read({ api, session }, id) {
      const [guardrailId, subject] = partsOf(id);
      const row = await findAssignment(api, session, guardrailId, kind.subjects, subject);
      if (!row) return undefined;
      const inputs = kind.inputsOf(guardrailId, subject);
      return { inputs, outputs: toOutputs(inputs, row) };
    },

    /** Comes after a failure only: both inputs replace. */
    async update(context, _id, _olds, news) {
      return toOutputs(news, await ensureAssigned(context, news));
    },

    async delete({ api, session }, id) {
      const [guardrailId, subject] = partsOf(id);
      await unassignTogether(api, session, guardrailId, kind.subjects, subject);
    },
  };
}

/** `<guardrail id>/<subject>`; only the guardrail's id, a UUID, is known to hold no slash. */
function partsOf(id: string): [guardrailId: string, subject: string] {
  const slash = id.indexOf("/");
  return slash < 0 ? [id, ""] : [id.slice(0, slash), id.slice(slash + 1)];
}
