/** Updates the assignments of a guardrail to match a set: additions first, then removals. */
import { isDeepStrictEqual } from "node:util";
import { PartialFailureError } from "../errors";
import type { Context, Session } from "../reconcile/lifecycle";
import { assignAll, unassignAll } from "./assignmentBatches";
import { claimedElsewhere, isOfThisStack, leftToTheirDelete } from "./assignmentClaims";
import { type Place, serverTimestamp } from "./assignmentRequests";
import {
  type GuardrailAssignmentsInputs,
  type GuardrailAssignmentsOutputs,
  guardrailOf,
  inDeclaredOrder,
  KINDS,
  type ListName,
  type Lists,
  managedBy,
  setId,
  without,
} from "./assignmentSet";

/**
 * Assigns what is missing, then removes what the program does not list.
 * @param unseen Assignees that may be assigned although the API does not show them.
 */
export async function sync(
  context: Context,
  inputs: GuardrailAssignmentsInputs,
  { observed, unseen = {} }: { observed: Lists; unseen?: Lists },
  olds: Partial<GuardrailAssignmentsOutputs> = {},
): Promise<GuardrailAssignmentsOutputs> {
  const live = { ...observed };
  const hasChanged = () => managedBy(inputs).some((name) => !isDeepStrictEqual(live[name], observed[name] ?? []));
  const outputs = () => {
    const updatedAt = hasChanged() ? serverTimestamp(context.api) : undefined;
    return toOutputs(inputs, live, { ...olds, ...(updatedAt ? { updatedAt } : {}) }, context.session);
  };
  try {
    await assignMissing(context, inputs, live);
    await removeUnlisted(context, inputs, live, unseen, olds);
  } catch (cause) {
    throw hasChanged() ? new PartialFailureError(setId(inputs), outputs(), cause) : cause;
  }
  return outputs();
}

const placeOf = (inputs: GuardrailAssignmentsInputs, name: ListName): Place => ({
  guardrailId: guardrailOf(inputs),
  kind: KINDS[name],
});

/** @throws after trying all. Nothing is removed then, so a key to be replaced keeps its guardrail. */
async function assignMissing(context: Context, inputs: GuardrailAssignmentsInputs, live: Lists): Promise<void> {
  const problems: Error[] = [];
  for (const name of managedBy(inputs)) {
    const missing = without(inputs[name], live[name]);
    const { done, problem } = await assignAll(context, placeOf(inputs, name), missing);
    live[name] = [...(live[name] ?? []), ...done];
    if (problem) problems.push(problem);
  }
  if (problems[0]) throw problems[0];
}

async function removeUnlisted(
  context: Context,
  inputs: GuardrailAssignmentsInputs,
  live: Lists,
  unseen: Lists,
  olds: Partial<GuardrailAssignmentsOutputs>,
): Promise<void> {
  for (const name of managedBy(inputs)) {
    const place = placeOf(inputs, name);
    const unlisted = without([...(live[name] ?? []), ...(unseen[name] ?? [])], inputs[name]);
    const own = without(olds.keyHashes, olds.__foreign);
    const left = name === "keyHashes" ? leftToTheirDelete(context.session, unlisted, own) : [];
    const claimed = await claimedElsewhere(context, place, without(unlisted, left));
    const age = { id: setId(inputs), createdAt: olds.updatedAt };
    const { done, problem } = await unassignAll(context, place, without(unlisted, [...left, ...claimed]), age);
    live[name] = without(live[name], [...left, ...claimed, ...done]);
    if (problem) throw problem;
  }
}

/** @param session The session of an update, in which the keys of this stack are known. */
export function toOutputs(
  inputs: GuardrailAssignmentsInputs,
  live: Lists,
  olds: Partial<GuardrailAssignmentsOutputs>,
  session?: Session,
): GuardrailAssignmentsOutputs {
  const lists = Object.fromEntries(managedBy(inputs).map((name) => [name, inDeclaredOrder(live[name], inputs[name])]));
  const foreign = without(lists.keyHashes, without(olds.keyHashes, olds.__foreign)).filter(
    (hash) => !(session && isOfThisStack(session, hash)),
  );
  const { updatedAt } = olds;
  return {
    ...inputs,
    ...lists,
    ...(updatedAt ? { updatedAt } : {}),
    ...(foreign.length > 0 ? { __foreign: foreign } : {}),
  };
}
