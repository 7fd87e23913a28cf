/**
 * The assignment of a guardrail to a member of its workspace.
 *
 * Manages that one pair and no other assignment of the guardrail. A change of either side replaces it.
 *
 * Drift: a pair that was removed, or a member who was moved to another guardrail, is gone for `read` and made again by
 * the next `up`.
 */

import { singleLine, uuid } from "../reconcile/inputs";
import { redact } from "../text";
import { type AssignmentInputs, assignmentPair } from "./assignmentPair";

export interface GuardrailMemberAssignmentInputs extends AssignmentInputs {
  userId: string;
}

export const guardrailMemberAssignment = assignmentPair<GuardrailMemberAssignmentInputs>({
  title: "guardrail member assignment",
  assignees: "members",
  rules: { required: { guardrailId: uuid(), userId: singleLine() }, optional: {} },
  // No form is documented. It never gets into a URL; a key in its place must not get into the account either.
  isAssignee: (text) => text !== "" && redact(text) === text,
  assigneeOf: (inputs) => inputs.userId,
  inputsOf: (guardrailId, userId) => ({ guardrailId, userId }),
  missing: ["the API did not assign this member", "check that `userId` is a member of the guardrail's workspace"],
});
