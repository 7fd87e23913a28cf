/**
 * What assignments of keys and of members have in common: one guardrail, one subject, nothing to change in place.
 *
 * A key has one guardrail at most (a member one per workspace), so assigning moves it. That is what makes a change of
 * guardrail safe: Pulumi assigns to the new one first and removes the old pair afterwards, and a removal names its own
 * guardrail only, so no key is unguarded in between.
 */
import type { Assignment, SubjectKind } from "../api/assignments";
import type { Api } from "../api/client";
import { failureOf, NotAsDeclared } from "../api/errors";
import { assignTogether, findAssignment, unassignTogether } from "./assignmentRequests";
import { untilFound } from "./fresh";
import { checkInputs, lowerCase, type Rules, utcSeconds, uuid } from "./inputs";
import { type Context, type Lifecycle, mayBeDone, PartialFailure } from "./lifecycle";

export interface AssignmentInputs {
  guardrailId: string;
}

/**
 * An assignment returns only a count, so who assigned it is known after the next refresh: a listing for each assignment
 * would double the calls. Until then `createdAt` is from the server's clock.
 */
export interface AssignmentOutputs {
  assignedBy?: string;
  createdAt?: string;
}

interface Kind<Inputs extends AssignmentInputs> {
  title: string;
  subjects: SubjectKind;
  rules: Rules<Inputs>;
  isSubject(text: string): boolean;
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

  const idOf = (inputs: Inputs) => `${lowerCase(inputs.guardrailId)}/${kind.subjectOf(inputs)}`;

  const toOutputs = (inputs: Inputs, row?: Partial<Assignment>): Outputs => ({
    ...inputs,
    ...(row?.assignedBy ? { assignedBy: row.assignedBy } : {}),
    ...(row?.createdAt ? { createdAt: row.createdAt } : {}),
  });

  /** The pair as the account has it. */
  async function ensureAssigned(context: Context, inputs: Inputs): Promise<Outputs> {
    const { api, session } = context;
    const [guardrailId, subject] = partsOf(idOf(inputs));
    // Of what was adopted both sides may be assigned already, and taking over writes nothing.
    const present = session.held.has(guardrailId) && (kind.subjects === "members" || session.held.has(subject));
    const row = present ? await findAssignment(api, session, guardrailId, kind.subjects, subject) : undefined;
    if (row) return toOutputs(inputs, row);
    const outcome = await assignTogether(api, session, guardrailId, kind.subjects, subject);
    if (outcome === "missing") throw new NotAsDeclared(api.operation, ...kind.missing);
    if (typeof outcome === "object" && "undecided" in outcome) {
      throw new PartialFailure(idOf(inputs), toOutputs(inputs), failureOf(api.operation, outcome.undecided));
    }
    session.created.add(idOf(inputs));
    return toOutputs(inputs, outcome === "assigned" ? { createdAt: serverTimestamp(api) } : outcome);
  }

  return {
    title: kind.title,
    secretOutputs: [],

    holds: () => true,

    nameOf: (properties) => {
      const subject = kind.subjectOf(properties as Inputs);
      return subject && properties.guardrailId ? `${properties.guardrailId}/${subject}` : "";
    },

    isId: (id) => {
      const [guardrailId, subject] = partsOf(id);
      return uuid().safeParse(guardrailId).success && kind.isSubject(subject);
    },

    check: (news, olds) => checkInputs(kind.rules, news, olds),

    diff(olds, news) {
      const [before, after] = [partsOf(idOf(olds)), partsOf(idOf(news))];
      const replaces = replacing.filter((_name, at) => before[at] !== after[at]);
      return { changed: replaces.length > 0, replaces };
    },

    async create(context, inputs) {
      const id = idOf(inputs);
      try {
        return { id, outputs: await ensureAssigned(context, inputs) };
      } catch (error) {
        // An assignment that may exist belongs into the state; to repeat it or to remove it does no harm.
        throw mayBeDone(error) ? new PartialFailure(id, toOutputs(inputs), error) : error;
      }
    },

    async read(context, id, olds) {
      const { api, session } = context;
      const [guardrailId, subject] = partsOf(id);
      const row = await untilFound(context, { id }, () =>
        findAssignment(api, session, guardrailId, kind.subjects, subject),
      );
      if (!row) return undefined;
      const inputs = kind.inputsOf(olds?.guardrailId ?? guardrailId, subject);
      return { inputs, outputs: toOutputs(inputs, row) };
    },

    /** Comes after a failure only: both inputs replace. */
    update: (context, _id, _olds, news) => ensureAssigned(context, news),

    async delete({ api, session }, id) {
      const [guardrailId, subject] = partsOf(id);
      await unassignTogether(api, session, guardrailId, kind.subjects, subject);
    },
  };
}

function serverTimestamp(api: Api): string | null {
  const now = api.serverTime();
  return now === undefined ? null : utcSeconds(new Date(now).toISOString());
}

/** `<guardrail id>/<subject>`; only the guardrail's id, a UUID, is known to hold no slash. */
function partsOf(id: string): [guardrailId: string, subject: string] {
  const slash = id.indexOf("/");
  return slash < 0 ? [id, ""] : [id.slice(0, slash), id.slice(slash + 1)];
}
