import * as pulumi from "@pulumi/pulumi";
import { isKeyHash } from "../provider/ids";
import { DynamicResource } from "./dynamicResource";
import { checkedId, isPairOf } from "./ids";
import { refusal } from "./texts";

/** What a {@link GuardrailKeyAssignment} is declared with. */
export interface GuardrailKeyAssignmentArgs {
  /** Id of the guardrail: pass `guardrail.id`. **A change replaces the assignment.** */
  guardrailId: pulumi.Input<string>;
  /** Hash of the inference key: pass `key.id`, never the key itself. **A change replaces the assignment.** */
  keyHash: pulumi.Input<string>;
}

/**
 * Puts an inference key under a guardrail. A key has one guardrail at most: assigning it takes it from the one before,
 * so declare one assignment per key. On a change the new one is made before the old one is removed, so that the key is
 * never without a guardrail.
 *
 * ```ts
 * new openrouter.GuardrailKeyAssignment("ci-safe", { guardrailId: safe.id, keyHash: ci.id });
 * ```
 *
 * **Drift**: an assignment that was removed or moved in the dashboard is made again by `pulumi up --refresh`.
 */
export class GuardrailKeyAssignment extends DynamicResource {
  /** See {@link GuardrailKeyAssignmentArgs.guardrailId}. */
  declare public readonly guardrailId: pulumi.Output<string>;
  /** See {@link GuardrailKeyAssignmentArgs.keyHash}. */
  declare public readonly keyHash: pulumi.Output<string>;
  /** User id of who assigned it. Known after the first refresh: the API answers an assignment with a count only. */
  declare public readonly assignedBy: pulumi.Output<string | undefined>;
  /** When it was assigned. Known after the first refresh: the API answers an assignment with a count only. */
  declare public readonly createdAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: GuardrailKeyAssignmentArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = opts?.id === undefined ? { ...args, keyHash: claim(name, args.keyHash) } : undefined;
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

const OUTPUTS = ["guardrailId", "keyHash", "assignedBy", "createdAt"];

/** Which assignment has which key, for each run of a program: the Automation API runs several in one process. */
const claimsOf = new WeakMap<object, Map<string, string>>();
const noStack = {};

/** Two assignments of one key would take it from each other at every `up`. */
function claim(name: string, keyHash: pulumi.Input<string>): pulumi.Output<string> {
  const run = pulumi.runtime.getStackResource() ?? noStack;
  const claims = claimsOf.get(run) ?? new Map<string, string>();
  claimsOf.set(run, claims);
  return pulumi.output(keyHash).apply((hash) => {
    if (hash === undefined) return hash;
    const other = claims.get(hash);
    if (other !== undefined) {
      throw refusal(
        `GuardrailKeyAssignment "${other}" and "${name}" assign the same key. ` +
          "A key has one guardrail at most, so they would take it from each other: keep one of them.",
      );
    }
    claims.set(hash, name);
    return hash;
  });
}
