import * as pulumi from "@pulumi/pulumi";
import { isUuid } from "../provider/ids";
import { claimGuardrail, claimKey, claimSet } from "./assignmentClaims";
import type { Guardrail } from "./guardrail";
import { checkedId } from "./ids";
import { rejection } from "./messages";
import { isReadOnly, OpenRouterResource, type OutputsOf } from "./resource";

/** Inputs of {@link GuardrailAssignments}: a guardrail, and at least one of the two lists. */
export interface GuardrailAssignmentsArgs {
  /**
   * The guardrail, as a resource of this program. When the guardrail is deleted in the same run, the API removes its
   * assignments, so `pulumi destroy` makes no call for them. **A change replaces the set.**
   */
  guardrail?: Guardrail;
  /** Id of the guardrail. TypeScript programs may pass `guardrail` instead. **A change replaces the set.** */
  guardrailId?: pulumi.Input<string>;
  /**
   * Hashes of the inference keys, in any order: pass the `id` of each key, never its `key`. `[]` means that no key is
   * assigned. Changed in place. Default: the set does not manage keys.
   */
  keyHashes?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * User ids of members of the guardrail's workspace, `user_…`, in any order. `[]` means that no member is assigned.
   * Changed in place. Default: the set does not manage members.
   */
  userIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether a key or member that is not listed loses the guardrail: at creation, and when a refresh finds one. If
   * `false`, only the listed ones are managed. Changed in place. Default: `true`.
   */
  exclusive?: pulumi.Input<boolean>;
}

/**
 * All inference keys and members that a guardrail is assigned to, as one resource. For many keys it is much faster than
 * one {@link GuardrailKeyAssignment} each: up to a hundred are assigned in one call.
 *
 * ```ts
 * new openrouter.GuardrailAssignments("services", { guardrail: safe, keyHashes: keys.map((key) => key.id) });
 * ```
 *
 * A key has one guardrail at most: a new assignment replaces the old one. A set adds before it removes. To move keys
 * between two sets without a gap, let the set that loses them depend on the set that gets them (`dependsOn`). A key that
 * is deleted or replaced in the same run keeps its guardrail until its own delete: declare keys before the set.
 *
 * A guardrail has at most one set. Don't also declare a {@link GuardrailKeyAssignment} for a guardrail with an
 * exclusive set: in one program, this is an error. In two stacks, the set removes that key at each `up` that follows a
 * refresh.
 *
 * **From single assignments to a set**: replace them in the program and run `pulumi up`. No key loses its guardrail, in
 * either direction. Give both the same option `provider`: a provider doesn't know the resources of another one.
 *
 * **Drift**: `pulumi up --refresh` shows what was assigned or removed in the dashboard, and reverts it.
 *
 * **Errors** name each key that was deleted or belongs to a different workspace. The other keys are assigned.
 */
export class GuardrailAssignments extends OpenRouterResource {
  /** Id of the guardrail. */
  declare public readonly guardrailId: pulumi.Output<string>;
  /** Hashes of the assigned keys. Undefined if the set does not manage keys. */
  declare public readonly keyHashes: pulumi.Output<string[] | undefined>;
  /** User ids of the assigned members. Undefined if the set does not manage members. */
  declare public readonly userIds: pulumi.Output<string[] | undefined>;
  /** See {@link GuardrailAssignmentsArgs.exclusive}. */
  declare public readonly exclusive: pulumi.Output<boolean | undefined>;
  /** When the set last changed an assignment, in UTC. Undefined if it has never changed one. */
  declare public readonly updatedAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: GuardrailAssignmentsArgs, opts?: pulumi.CustomResourceOptions) {
    const isRead = opts?.id !== undefined;
    const { guardrail } = args;
    super(
      name,
      { kind: "GuardrailAssignments", inputs: isRead ? undefined : inputsOf(name, args), outputs: OUTPUTS },
      guardrail && !isRead && !isReadOnly(guardrail) ? { deletedWith: guardrail, ...opts } : opts,
    );
  }

  /**
   * Reads the assignments of a guardrail without managing them.
   *
   * @param name Name of the resource in the program.
   * @param guardrailId Id of the guardrail, or of its set.
   * @throws if there is no such guardrail.
   */
  public static get(
    name: string,
    guardrailId: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): GuardrailAssignments {
    const checked = checkedId(`GuardrailAssignments.get("${name}")`, guardrailId, (id) => isUuid(ofGuardrail(id)));
    const id = checked.apply((value) => value && `${ofGuardrail(value).toLowerCase()}${SUFFIX}`);
    return new GuardrailAssignments(name, {}, { ...opts, id });
  }
}

/** Of the id of a set, after the id of its guardrail. */
const SUFFIX = "/assignments";

function ofGuardrail(id: string): string {
  return id.endsWith(SUFFIX) ? id.slice(0, -SUFFIX.length) : id;
}

const OUTPUTS = {
  guardrailId: undefined,
  keyHashes: undefined,
  userIds: undefined,
  exclusive: undefined,
  updatedAt: undefined,
} satisfies OutputsOf<GuardrailAssignments>;

function inputsOf(name: string, { guardrail, guardrailId, keyHashes, userIds, exclusive }: GuardrailAssignmentsArgs) {
  if ((guardrail === undefined) === (guardrailId === undefined)) {
    throw rejection(`GuardrailAssignments "${name}": pass either \`guardrail\` or \`guardrailId\`.`);
  }
  if (guardrail) claimGuardrail(name, guardrail);
  const manages = { keys: keyHashes !== undefined, members: userIds !== undefined };
  return {
    guardrailId: claimSet(name, guardrail?.id ?? guardrailId ?? "", exclusive, manages),
    keyHashes: claimKeys(name, keyHashes),
    userIds,
    exclusive,
  };
}

/** Claims the elements of an array separately, so a preview shows the known ones. */
function claimKeys(name: string, keyHashes: GuardrailAssignmentsArgs["keyHashes"]) {
  const claim = (hash: pulumi.Input<string>) => claimKey("GuardrailAssignments", name, hash);
  if (Array.isArray(keyHashes)) return keyHashes.map(claim);
  return pulumi.output(keyHashes).apply((hashes) => (Array.isArray(hashes) ? pulumi.all(hashes.map(claim)) : hashes));
}
