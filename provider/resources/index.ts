/** Kind names, which are in users' states permanently, with the lifecycle of each. */
import type { Kind } from "../../formats/typeTokens";
import type { Lifecycle } from "../reconcile/lifecycle";
import { guardrail } from "./guardrail";
import { guardrailAssignments } from "./guardrailAssignments";
import { guardrailKeyAssignment } from "./guardrailKeyAssignment";
import { guardrailMemberAssignment } from "./guardrailMemberAssignment";
import { inferenceKey } from "./inferenceKey";

const lifecycles = {
  InferenceKey: inferenceKey,
  Guardrail: guardrail,
  GuardrailAssignments: guardrailAssignments,
  GuardrailKeyAssignment: guardrailKeyAssignment,
  GuardrailMemberAssignment: guardrailMemberAssignment,
} satisfies Record<Kind, Pick<Lifecycle<object, object>, "title">>;

export const KINDS = Object.keys(lifecycles) as Kind[];

/** Hosts pass inputs and outputs through without looking into them. */
export function lifecycleOf(kind: Kind): Lifecycle<object, object> {
  return lifecycles[kind] as unknown as Lifecycle<object, object>;
}
