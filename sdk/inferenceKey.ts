import * as pulumi from "@pulumi/pulumi";
import { isKeyHash } from "../provider/ids";
import { checkedId } from "./ids";
import { finiteNumber, isoTimestamp } from "./inputs";
import { warn } from "./messages";
import { nameInputs, OpenRouterResource, type OutputsOf } from "./resource";

/** Inputs of an {@link InferenceKey}. An omitted input has no value: no limit, no reset, no expiry, not disabled. */
export interface InferenceKeyArgs {
  /**
   * Name of the key, as the dashboard shows it. Changed in place.
   * Default: `<project>/<stack>/<resource name>`, so that stacks don't collide and the name of a leftover key shows its
   * origin.
   */
  name?: pulumi.Input<string | undefined>;

  /** Spending limit in USD, 0 or more. Changed in place; past spending apparently still counts. Default: no limit. */
  limit?: pulumi.Input<number | undefined>;

  /**
   * When the spending counter returns to 0: `"daily"`, `"weekly"` (Monday) or `"monthly"`, at midnight UTC. Changed in
   * place. Default: never; the limit covers the life of the key.
   */
  limitReset?: pulumi.Input<"daily" | "weekly" | "monthly" | undefined>;

  /**
   * Whether spending through your own provider keys (BYOK) counts toward the limit. Changed in place.
   * Default: `false`.
   */
  includeByokInLimit?: pulumi.Input<boolean | undefined>;

  /** Whether the key is disabled: OpenRouter rejects its requests. Changed in place. Default: `false`. */
  disabled?: pulumi.Input<boolean | undefined>;

  /**
   * When the key stops working: an ISO 8601 timestamp with a UTC offset such as `2027-01-01T00:00:00Z`, or in TypeScript
   * a `Date`, precise to the second. **A change replaces the key**, because the API can't update it. The same time
   * written differently changes nothing. Default: never.
   */
  expiresAt?: pulumi.Input<string | Date | undefined>;

  /**
   * UUID of the key's workspace. Changed in place: the key moves and keeps its value. The API decides whether its
   * guardrail stays assigned, so refresh after a move. On a server that does not move keys, the update fails with an
   * explanation. Default: the account's default workspace; omitting it later keeps the current one. Declare it before
   * you replace a key that is in a different workspace: otherwise the preview fails and shows the line to add (but not
   * with `--target-replace` or taint, where Pulumi does not ask the provider).
   */
  workspaceId?: pulumi.Input<string | undefined>;

  /**
   * User id of the member that the key belongs to, in an organization. **A change replaces the key.** Default: chosen by
   * the API; omitting it later keeps the current one.
   */
  creatorUserId?: pulumi.Input<string | undefined>;

  /**
   * Identity of the end user that the key is for, at most 512 characters. Set at creation only: **a change replaces the
   * key.** A partner's own key is not supported, because it would be in the state. Default: no end user; omitting it
   * later keeps the current one.
   */
  externalUser?: pulumi.Input<string | undefined>;

  /**
   * Hash of an existing key, to manage that key instead of creating one. Its settings are updated to match;
   * `expiresAt`, `creatorUserId` and `externalUser` must match already. {@link InferenceKey.key} stays empty, because
   * the API shows a key only once. `destroy` deletes an adopted key like any other; use the option `retainOnDelete` to
   * keep it. Adding this resource's own hash later, or removing it, changes nothing; a different hash is an error.
   * While it is set, a change that requires a replacement is an error.
   */
  adopt?: pulumi.Input<string | undefined>;

  /**
   * Arbitrary strings. **Any change replaces the key**: put a date or a counter here to rotate it. The new key is created
   * before the old one is deleted.
   */
  keepers?: pulumi.Input<Record<string, pulumi.Input<string>> | undefined>;
}

/**
 * An inference key: what an application sends to OpenRouter to call models, with a budget.
 *
 * The API returns the key itself only once, at creation. It is stored encrypted in the stack's state.
 *
 * ```ts
 * const ci = new openrouter.InferenceKey("ci", {
 *   limit: 25, // USD
 *   limitReset: "monthly",
 *   expiresAt: "2027-01-01T00:00:00Z",
 * });
 * export const key = ci.key; // secret: pulumi stack output key --show-secrets
 * ```
 *
 * **Rotation**: change `keepers`, or `expiresAt`. The new key exists before the old one is deleted.
 *
 * **Drift**: `pulumi refresh` detects a change made in the dashboard, and the next `pulumi up` reverts it, including
 * for omitted inputs. Usage is not part of the resource.
 */
export class InferenceKey extends OpenRouterResource {
  /** The key, `sk-or-v1-…`. Always a secret. Empty for an adopted key. */
  declare public readonly key: pulumi.Output<string>;
  /** Identifies the key in the API. The same output as `id`. */
  public readonly hash: pulumi.Output<string>;
  /** The masked key, as the dashboard shows it. */
  declare public readonly label: pulumi.Output<string>;
  /** When the key was created, as the API returns it. */
  declare public readonly createdAt: pulumi.Output<string>;

  /** See {@link InferenceKeyArgs.name}. */
  declare public readonly name: pulumi.Output<string>;
  /** See {@link InferenceKeyArgs.limit}. Undefined: no limit. */
  declare public readonly limit: pulumi.Output<number | undefined>;
  /** See {@link InferenceKeyArgs.limitReset}. Undefined: never. */
  declare public readonly limitReset: pulumi.Output<"daily" | "weekly" | "monthly" | undefined>;
  /** See {@link InferenceKeyArgs.includeByokInLimit}. Undefined: not included. */
  declare public readonly includeByokInLimit: pulumi.Output<boolean | undefined>;
  /** See {@link InferenceKeyArgs.disabled}. Undefined: not disabled. */
  declare public readonly disabled: pulumi.Output<boolean | undefined>;
  /** See {@link InferenceKeyArgs.expiresAt}. Undefined: never. */
  declare public readonly expiresAt: pulumi.Output<string | undefined>;
  /** Workspace of the key, if declared or not the default one. */
  declare public readonly workspaceId: pulumi.Output<string | undefined>;
  /** Member that the key belongs to, if declared. */
  declare public readonly creatorUserId: pulumi.Output<string | undefined>;
  /** See {@link InferenceKeyArgs.externalUser}. */
  declare public readonly externalUser: pulumi.Output<string | undefined>;
  /** See {@link InferenceKeyArgs.keepers}. */
  declare public readonly keepers: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: InferenceKeyArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const inputs = opts?.id === undefined ? inputsOf(name, args, opts) : undefined;
    super(name, { kind: "InferenceKey", inputs, outputs: OUTPUTS }, opts);
    // The same output, not a copy: in a preview, an update makes all other outputs unknown, and a resource that refers to
    // a copy would appear to be replaced.
    this.hash = this.id;
    if (inputs) warnOfPastExpiry(this, inputs.expiresAt);
  }

  /**
   * Reads an existing key without managing it: it is neither changed nor deleted, and its `key` is empty.
   *
   * @param name Name of the resource in the program.
   * @param hash Hash of the key.
   * @throws if the account has no such key.
   */
  public static get(name: string, hash: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): InferenceKey {
    return new InferenceKey(name, {}, { ...opts, id: checkedId(`InferenceKey.get("${name}")`, hash, isKeyHash) });
  }
}

const OUTPUTS = {
  name: undefined,
  limit: undefined,
  limitReset: undefined,
  includeByokInLimit: undefined,
  disabled: undefined,
  expiresAt: undefined,
  workspaceId: undefined,
  creatorUserId: undefined,
  externalUser: undefined,
  keepers: undefined,
  key: undefined,
  label: undefined,
  createdAt: undefined,
} satisfies OutputsOf<InferenceKey, "hash">;

function inputsOf(name: string, args: InferenceKeyArgs, opts: pulumi.CustomResourceOptions | undefined) {
  return {
    ...args,
    ...nameInputs(name, args.name, opts),
    limit: finiteNumber("limit", args.limit),
    expiresAt: isoTimestamp("expiresAt", args.expiresAt),
  };
}

/** The API accepts such a key. */
function warnOfPastExpiry(key: InferenceKey, expiresAt: pulumi.Input<string | undefined>): void {
  pulumi.output(expiresAt).apply((time) => {
    if (time === undefined || Date.parse(time) >= Date.now()) return;
    warn("expiresAt: is in the past, so the key can't be used", key);
  });
}
