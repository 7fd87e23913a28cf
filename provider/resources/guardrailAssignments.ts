/**
 * The assignments of a guardrail as one set: keys, members, or both.
 *
 * An assignment made outside the program is drift, and the next `up` removes it. With `exclusive: false` the set manages
 * only what it lists. An omitted list is not managed. Changing the guardrail replaces the set; everything else changes
 * in place.
 *
 * Additions are sent before removals, and a removal names its own guardrail only. A key is not removed while another
 * resource of the program assigns it, nor if this run replaces or deletes it: its own delete removes the assignment.
 */
import { listAssignments } from "../api/assignments";
import { allOf } from "../api/pages";
import { isUuid } from "../ids";
import { untilFound, untilVisible } from "../reconcile/fresh";
import { bool, checkInputs, keyHash, listOf, lowerCase, type Rules, singleLine, uuid } from "../reconcile/inputs";
import { type Context, ignoreNotFound, type Lifecycle, type Session } from "../reconcile/lifecycle";
import { unassignAll } from "./assignmentBatches";
import { claimedElsewhere, claimGuardrail } from "./assignmentClaims";
import { pairId, partsOf } from "./assignmentRequests";
import {
  claimsOf,
  differs,
  type GuardrailAssignmentsInputs,
  type GuardrailAssignmentsOutputs,
  guardrailOf,
  isExclusive,
  KINDS,
  LIST_NAMES,
  type ListName,
  type Lists,
  managedBy,
  managedPart,
  SET,
  setId,
  without,
} from "./assignmentSet";
import { sync, toOutputs } from "./assignmentSync";

const RULES: Rules<GuardrailAssignmentsInputs> = {
  required: { guardrailId: uuid() },
  optional: { keyHashes: listOf(keyHash()), userIds: listOf(singleLine()), exclusive: bool() },
};

function atLeastOneList({ keyHashes, userIds }: Record<string, unknown>): string[] {
  if (keyHashes !== undefined || userIds !== undefined) return [];
  return ["keyHashes or userIds: one is required; an empty list removes all assignments"];
}

/** @throws NotFoundError when there is no such guardrail. */
async function listAssignees({ api }: Context, guardrailId: string, names: readonly ListName[]): Promise<Lists> {
  const lists = names.map(async (name) => {
    const rows = await allOf(listAssignments(api, guardrailId, KINDS[name]));
    return [name, rows.map(({ assignee }) => assignee)] as const;
  });
  return Object.fromEntries(await Promise.all(lists));
}

/** For an existing guardrail that the API may not show yet. @throws NotFoundError */
function observe(context: Context, inputs: GuardrailAssignmentsInputs): Promise<Lists> {
  const guardrailId = guardrailOf(inputs);
  return untilVisible(context, { id: guardrailId }, () => listAssignees(context, guardrailId, managedBy(inputs)));
}

/** The assignments that the state remembers. Undefined if they must be read. */
function remembered(
  { unfinished, session }: Context,
  olds: GuardrailAssignmentsOutputs,
  news: GuardrailAssignmentsInputs,
): Lists | undefined {
  const widens = isExclusive(news) && (!isExclusive(olds) || managedBy(news).some((name) => olds[name] === undefined));
  const undone = undoneIn(session, news);
  if (unfinished || widens || (!differs(olds, news) && undone.length === 0)) return undefined;
  // Assignments made outside the program are no longer part of the set.
  const drift = isExclusive(olds) && !isExclusive(news) ? without(olds.__foreign, news.keyHashes) : [];
  return { keyHashes: without(olds.keyHashes, [...drift, ...undone]), userIds: without(olds.userIds, undone) };
}

/** Assignees that this run has removed from this or another set, as a move that fails halfway does. */
function undoneIn({ unassigned }: Session, inputs: GuardrailAssignmentsInputs): string[] {
  return managedBy(inputs).flatMap((name) => (inputs[name] ?? []).filter((assignee) => unassigned.has(assignee)));
}

function declaredInputs({ updatedAt, __foreign, ...inputs }: GuardrailAssignmentsOutputs): GuardrailAssignmentsInputs {
  return inputs;
}

export const guardrailAssignments: Lifecycle<GuardrailAssignmentsInputs, GuardrailAssignmentsOutputs> = {
  title: "assignment set",
  secretOutputs: [],
  computedOutputs: ["updatedAt"],
  hasDefaultName: false,

  claims: (_id, inputs) => claimsOf(inputs),
  nameOf: ({ guardrailId }) => (guardrailId ? pairId(lowerCase(guardrailId), SET) : ""),
  isId: (id) => {
    const [guardrailId, set] = partsOf(id);
    return isUuid(guardrailId) && set === SET;
  },
  idForm: "GUARDRAIL/assignments, with the UUID of the guardrail",

  check: (news, olds) => checkInputs(RULES, news, olds, atLeastOneList),

  diff(olds, news) {
    const replaces = guardrailOf(olds) === guardrailOf(news) ? [] : ["guardrailId"];
    return { changed: replaces.length > 0 || differs(olds, news), replaces };
  },

  forbid({ news, replaces, session }) {
    if (replaces.length > 0) return;
    claimGuardrail(session, `compare assignment set "${setId(news)}"`, guardrailOf(news), news);
  },

  isUndone: (session, inputs) => undoneIn(session, inputs).length > 0,

  async create(context, inputs) {
    const { api, session } = context;
    const guardrailId = guardrailOf(inputs);
    claimGuardrail(session, api.operation, guardrailId, inputs);
    for (const id of claimsOf(inputs)) session.claimedIds.add(id);
    // A guardrail that this run has created has no assignments. An adopted one may have all, so that nothing is written.
    // Otherwise assigning again does no harm.
    const isNew = session.createdIds.has(guardrailId);
    const mustLook = isExclusive(inputs) || session.adoptedIds.has(guardrailId);
    const observed = mustLook && !isNew ? managedPart(await observe(context, inputs), inputs) : {};
    return { id: setId(inputs), outputs: await sync(context, inputs, { observed }) };
  },

  async read(context, id, olds) {
    const [guardrailId] = partsOf(id);
    const names = olds ? managedBy(olds) : LIST_NAMES;
    let shown: Lists | undefined;
    // The API may show new assignments late.
    const complete = await untilFound(context, { id, createdAt: olds?.updatedAt }, async () => {
      shown = await ignoreNotFound(listAssignees(context, guardrailId, names));
      return names.some((name) => without(olds?.[name], shown?.[name]).length > 0) ? undefined : shown;
    });
    const live = complete ?? shown;
    if (!live) return undefined;
    if (!olds) {
      // A program need not declare an empty list.
      const lists = Object.entries(live).filter(([, list]) => !context.isImport || list.length > 0);
      const inputs = { guardrailId, ...(lists.length > 0 ? Object.fromEntries(lists) : live) };
      return { inputs, outputs: inputs };
    }
    const outputs = toOutputs(declaredInputs(olds), managedPart(live, olds), olds);
    return { inputs: declaredInputs(outputs), outputs };
  },

  async update(context, _id, olds, news) {
    const known = remembered(context, olds, news);
    if (known) return sync(context, news, { observed: known }, olds);
    // The API may not show yet what the state has.
    const observed = managedPart(await observe(context, news), news, olds);
    return sync(context, news, { observed, unseen: olds }, olds);
  },

  async delete(context, id, olds) {
    const [guardrailId] = partsOf(id);
    const successor: Partial<GuardrailAssignmentsInputs> = context.session.assignmentSets.get(guardrailId) ?? {};
    for (const name of managedBy(olds)) {
      // An exclusive set of the same guardrail has already removed the others.
      if (successor[name] !== undefined && isExclusive(successor)) continue;
      const place = { guardrailId, kind: KINDS[name] };
      const staying = await claimedElsewhere(context, place, olds[name] ?? []);
      const age = { id, createdAt: olds.updatedAt };
      const { problem } = await unassignAll(context, place, without(olds[name], staying), age);
      if (problem) throw problem;
    }
  },
};
