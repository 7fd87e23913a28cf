/**
 * The assignment of a guardrail to an inference key.
 *
 * Manages this pair and no other assignment of the guardrail. Changing either side replaces it.
 *
 * Drift: if the pair was removed or the key moved to another guardrail, the next `up` assigns it again.
 */

import { keyHash, uuid } from "../reconcile/inputs";
import { type AssignmentInputs, assignmentPair } from "./assignmentPair";

export interface GuardrailKeyAssignmentInputs extends AssignmentInputs {
  keyHash: string;
}

export const guardrailKeyAssignment = assignmentPair<GuardrailKeyAssignmentInputs>({
  title: "guardrail key assignment",
  assignees: "keys",
  rules: { required: { guardrailId: uuid(), keyHash: keyHash() }, optional: {} },
  isAssignee: (text) => keyHash().safeParse(text).success,
  assigneeOf: (inputs) => inputs.keyHash,
  inputsOf: (guardrailId, keyHash) => ({ guardrailId, keyHash }),
  missing: [
    "there is no such key in this account",
    "check `keyHash`: pass the `id` of an InferenceKey that was not deleted",
  ],
});
