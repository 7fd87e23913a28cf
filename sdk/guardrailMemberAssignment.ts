import type * as pulumi from "@pulumi/pulumi";
import { claimPair } from "./assignmentClaims";
import { checkedId, isPairOf, isUserId } from "./ids";
import { OpenRouterResource, type OutputsOf } from "./resource";

/** Inputs of a {@link GuardrailMemberAssignment}. */
export interface GuardrailMemberAssignmentArgs {
  /** Id of the guardrail: pass `guardrail.id`. **A change replaces the assignment.** */
  guardrailId: pulumi.Input<string>;
  /** User id of a member of the guardrail's workspace, `user_…`. **A change replaces the assignment.** */
  userId: pulumi.Input<string>;
}

/**
 * Assigns a guardrail to a member of the organization. A member has one guardrail per workspace at most: a new
 * assignment replaces the old one. On a change, the new assignment is created before the old one is removed.
 *
 * ```ts
 * new openrouter.GuardrailMemberAssignment("ada-safe", { guardrailId: safe.id, userId: "user_2dHFtVWx2n56w6HkM0" });
 * ```
 *
 * **Drift**: `pulumi up --refresh` restores an assignment that was removed or moved in the dashboard.
 */
export class GuardrailMemberAssignment extends OpenRouterResource {
  /** See {@link GuardrailMemberAssignmentArgs.guardrailId}. */
  declare public readonly guardrailId: pulumi.Output<string>;
  /** See {@link GuardrailMemberAssignmentArgs.userId}. */
  declare public readonly userId: pulumi.Output<string>;
  /** User id of the member who assigned it. Known after the first refresh: an assignment returns only a count. */
  declare public readonly assignedBy: pulumi.Output<string | undefined>;
  /** When it was assigned. Known after the first refresh: an assignment returns only a count. */
  declare public readonly createdAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: GuardrailMemberAssignmentArgs, opts?: pulumi.CustomResourceOptions) {
    const kind = "GuardrailMemberAssignment";
    const inputs =
      opts?.id === undefined ? { ...args, guardrailId: claimPair(kind, name, args.guardrailId) } : undefined;
    super(name, { kind, inputs, outputs: OUTPUTS }, opts);
  }

  /**
   * Reads an existing assignment without managing it.
   *
   * @param name Name of the resource in the program.
   * @param id `<guardrail id>/<user id>`.
   * @throws if there is no such assignment.
   */
  public static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): GuardrailMemberAssignment {
    return new GuardrailMemberAssignment(
      name,
      { guardrailId: "", userId: "" },
      { ...opts, id: checkedId(`GuardrailMemberAssignment.get("${name}")`, id, isPairOf(isUserId)) },
    );
  }
}

const OUTPUTS = {
  guardrailId: undefined,
  userId: undefined,
  assignedBy: undefined,
  createdAt: undefined,
} satisfies OutputsOf<GuardrailMemberAssignment>;
