/**
 * The assignment of a guardrail to a member of its workspace.
 *
 * Manages this pair and no other assignment of the guardrail. Changing either side replaces it.
 *
 * Drift: if the pair was removed or the member moved to another guardrail, the next `up` assigns it again.
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
  // No format is documented. A user id is never in a URL, but a key passed by mistake must not reach the account.
  isAssignee: (text) => text !== "" && redact(text) === text,
  assigneeOf: (inputs) => inputs.userId,
  inputsOf: (guardrailId, userId) => ({ guardrailId, userId }),
  missing: ["the API did not assign this member", "check that `userId` is a member of the guardrail's workspace"],
});
