/**
 * A pair of a guardrail and a key or member. Nothing changes in place.
 *
 * A key has at most one guardrail (a member one per workspace), so assigning moves it. Changing the guardrail is safe:
 * Pulumi assigns the new one first and then removes the old pair, which leaves the new one alone.
 */
import { type AssigneeKind, type Assignment, unassign } from "../api/assignments";
import { NotAppliedError, PartialFailureError } from "../errors";
import { untilFound } from "../reconcile/fresh";
import { checkInputs, lowerCase, type Rules, uuid } from "../reconcile/inputs";
import type { Context, Lifecycle } from "../reconcile/lifecycle";
import { assignOne, findAssignment, isFailed, pairId, partsOf, serverTimestamp } from "./assignmentRequests";

export interface AssignmentInputs {
  guardrailId: string;
}

/**
 * An assignment returns only a count, and listing after each would double the calls. So `assignedBy` is known after the next
 * refresh, and `createdAt` is from the server's clock until then.
 */
export interface AssignmentOutputs {
  assignedBy?: string;
  createdAt?: string;
}

interface Kind<Inputs extends AssignmentInputs> {
  title: string;
  assignees: AssigneeKind;
  rules: Rules<Inputs>;
  isAssignee(text: string): boolean;
  assigneeOf(inputs: Inputs): string;
  inputsOf(guardrailId: string, assignee: string): Inputs;
  /** The error for an assignee that the API does not know: the problem and the next step. */
  missing: [problem: string, advice: string];
}

export function assignmentPair<Inputs extends AssignmentInputs>(
  kind: Kind<Inputs>,
): Lifecycle<Inputs, Inputs & AssignmentOutputs> {
  type Outputs = Inputs & AssignmentOutputs;

  const replacing = ["guardrailId", kind.assignees === "keys" ? "keyHash" : "userId"];

  const idOf = (inputs: Inputs) => pairId(lowerCase(inputs.guardrailId), kind.assigneeOf(inputs));

  const toOutputs = (inputs: Inputs, row?: Partial<Assignment>): Outputs => ({
    ...inputs,
    ...(row?.assignedBy ? { assignedBy: row.assignedBy } : {}),
    ...(row?.createdAt ? { createdAt: row.createdAt } : {}),
  });

  /** Assigns the pair unless it is assigned. */
  async function ensureAssigned(context: Context, inputs: Inputs): Promise<Outputs> {
    const { api, session } = context;
    const [guardrailId, assignee] = partsOf(idOf(inputs));
    const place = { guardrailId, kind: kind.assignees };
    // An adopted key and guardrail may be assigned already, and adopting writes nothing.
    const present =
      session.claimedIds.has(guardrailId) && (kind.assignees === "members" || session.claimedIds.has(assignee));
    const row = present ? await findAssignment(context, place, assignee) : undefined;
    if (row) return toOutputs(inputs, row);
    session.claimedIds.add(idOf(inputs));
    const outcome = await assignOne(context, place, assignee);
    if (outcome === "missing") throw new NotAppliedError(api.operation, ...kind.missing);
    if (isFailed(outcome)) {
      // A pair that may be assigned must be in the state. Assigning it again or removing it does no harm.
      throw outcome.isUncertain
        ? new PartialFailureError(idOf(inputs), toOutputs(inputs), outcome.failure)
        : outcome.failure;
    }
    session.createdIds.add(idOf(inputs));
    return toOutputs(inputs, outcome === "assigned" ? { createdAt: serverTimestamp(api) } : outcome);
  }

  return {
    title: kind.title,
    secretOutputs: [],
    computedOutputs: ["assignedBy", "createdAt"],
    hasDefaultName: false,

    claims: (id) => [id],

    nameOf: (properties) => {
      const assignee = kind.assigneeOf(properties as Inputs);
      return assignee && properties.guardrailId ? `${properties.guardrailId}/${assignee}` : "";
    },

    isId: (id) => {
      const [guardrailId, assignee] = partsOf(id);
      return uuid().safeParse(guardrailId).success && kind.isAssignee(assignee);
    },
    idForm:
      kind.assignees === "keys"
        ? "GUARDRAIL/HASH, with the UUID of the guardrail and the hash of the key"
        : "GUARDRAIL/USER, with the UUID of the guardrail and the id of the member",

    check: (news, olds) => checkInputs(kind.rules, news, olds),

    diff(olds, news) {
      const [before, after] = [partsOf(idOf(olds)), partsOf(idOf(news))];
      const replaces = replacing.filter((_name, at) => before[at] !== after[at]);
      return { changed: replaces.length > 0, replaces };
    },

    isUndone: (session, inputs) => session.unassigned.has(kind.assigneeOf(inputs)),

    create: async (context, inputs) => ({ id: idOf(inputs), outputs: await ensureAssigned(context, inputs) }),

    async read(context, id, olds) {
      const [guardrailId, assignee] = partsOf(id);
      const row = await untilFound(context, { id }, () =>
        findAssignment(context, { guardrailId, kind: kind.assignees }, assignee),
      );
      if (!row) return undefined;
      const inputs = kind.inputsOf(olds?.guardrailId ?? guardrailId, assignee);
      return { inputs, outputs: toOutputs(inputs, row) };
    },

    /** Only after a failure, or if this run has removed the pair: changing an input replaces the resource. */
    update: (context, _id, _olds, news) => ensureAssigned(context, news),

    /** A count of 0 is fine: the pair is not assigned. */
    async delete({ api, session }, id) {
      const [guardrailId, assignee] = partsOf(id);
      session.unassigned.add(assignee);
      await unassign(api, guardrailId, kind.assignees, [assignee]);
    },
  };
}
