import type * as pulumi from "@pulumi/pulumi";
import { isKeyHash } from "../provider/ids";
import { claimKey, claimPair } from "./assignmentClaims";
import { checkedId, isPairOf } from "./ids";
import { OpenRouterResource, type OutputsOf } from "./resource";

/** Inputs of a {@link GuardrailKeyAssignment}. */
export interface GuardrailKeyAssignmentArgs {
  /** Id of the guardrail: pass `guardrail.id`. **A change replaces the assignment.** */
  guardrailId: pulumi.Input<string>;
  /** Hash of the inference key: pass `key.id`, never the key itself. **A change replaces the assignment.** */
  keyHash: pulumi.Input<string>;
}

/**
 * Assigns a guardrail to an inference key. A key has one guardrail at most: a new assignment replaces the old one, so
 * declare one per key. For many keys, {@link GuardrailAssignments} is faster. On a change, the new assignment is created
 * before the old one is removed, so the key is never without a guardrail.
 *
 * ```ts
 * new openrouter.GuardrailKeyAssignment("ci-safe", { guardrailId: safe.id, keyHash: ci.id });
 * ```
 *
 * **Drift**: `pulumi up --refresh` restores an assignment that was removed or moved in the dashboard.
 */
export class GuardrailKeyAssignment extends OpenRouterResource {
  /** See {@link GuardrailKeyAssignmentArgs.guardrailId}. */
  declare public readonly guardrailId: pulumi.Output<string>;
  /** See {@link GuardrailKeyAssignmentArgs.keyHash}. */
  declare public readonly keyHash: pulumi.Output<string>;
  /** User id of the member who assigned it. Known after the first refresh: an assignment returns only a count. */
  declare public readonly assignedBy: pulumi.Output<string | undefined>;
  /** When it was assigned. Known after the first refresh: an assignment returns only a count. */
  declare public readonly createdAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: GuardrailKeyAssignmentArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = opts?.id === undefined ? inputsOf(name, args) : undefined;
    super(name, { kind: "GuardrailKeyAssignment", inputs, outputs: OUTPUTS }, opts);
  }

  /**
   * Reads an existing assignment without managing it.
   *
   * @param name Name of the resource in the program.
   * @param id `<guardrail id>/<key hash>`.
   * @throws if there is no such assignment.
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): GuardrailKeyAssignment {
    return new GuardrailKeyAssignment(
      name,
      { guardrailId: "", keyHash: "" },
      { ...opts, id: checkedId(`GuardrailKeyAssignment.get("${name}")`, id, isPairOf(isKeyHash)) },
    );
  }
}

const OUTPUTS = {
  guardrailId: undefined,
  keyHash: undefined,
  assignedBy: undefined,
  createdAt: undefined,
} satisfies OutputsOf<GuardrailKeyAssignment>;

function inputsOf(name: string, { guardrailId, keyHash }: GuardrailKeyAssignmentArgs) {
  const kind = "GuardrailKeyAssignment";
  return { guardrailId: claimPair(kind, name, guardrailId), keyHash: claimKey(kind, name, keyHash) };
}
