import * as pulumi from "@pulumi/pulumi";
import { isUuid } from "../provider/ids";
import { checkedId } from "./ids";
import { finiteNumber } from "./inputs";
import { warn } from "./messages";
import { nameInputs, OpenRouterResource, type OutputsOf } from "./resource";

/** A filter that OpenRouter provides. */
export interface BuiltinContentFilter {
  /**
   * `email`, `phone`, `ssn`, `credit-card`, `ip-address`, `person-name`, `address`, `secrets`,
   * `regex-prompt-injection`, or a newer filter of the API.
   */
  slug: pulumi.Input<string>;
  /** What happens on a match: `redact` it, `block` the request, or only `flag` it. */
  action: pulumi.Input<"redact" | "block" | "flag">;
  /** Which messages are checked, for `regex-prompt-injection` only. Default: `all_messages`. */
  scanScope?: pulumi.Input<"user_only" | "all_messages">;
}

/** A filter that you define. */
export interface CustomContentFilter {
  /**
   * A JavaScript regular expression of at most 100,000 characters, without lookaround and backreferences. The API also
   * rejects nested quantifiers.
   */
  pattern: pulumi.Input<string>;
  /** What happens on a match: `redact` it, `block` the request, or only `flag` it. */
  action: pulumi.Input<"redact" | "block" | "flag">;
  /** Replaces a redacted match, at most 100 characters. Default: no label. */
  label?: pulumi.Input<string>;
}

/** A {@link BuiltinContentFilter} as an output. */
export interface BuiltinContentFilterResult {
  slug: string;
  action: string;
  scanScope?: string;
}

/** A {@link CustomContentFilter} as an output. */
export interface CustomContentFilterResult {
  pattern: string;
  action: string;
  label?: string;
}

/**
 * Inputs of a {@link Guardrail}. An omitted input has no value: no budget, all models, no filters. Every list is a set:
 * order and duplicates have no effect.
 */
export interface GuardrailArgs {
  /**
   * Name, 1 to 200 characters. Changed in place; the API rejects a rename to the name of another guardrail in the
   * workspace.
   * Default: `<project>/<stack>/<resource name>`.
   */
  name?: pulumi.Input<string | undefined>;

  /** Description, at most 1,000 characters. Changed in place. Default: no description. */
  description?: pulumi.Input<string | undefined>;

  /**
   * Budget in USD for **each** assigned key and **each** assigned member, never shared among them. 0 or more. Requires
   * `resetInterval`; with `ignoreChanges`, list both. Changed in place. Default: no budget.
   */
  limitUsd?: pulumi.Input<number | undefined>;

  /**
   * When the spending counter returns to 0: `"daily"`, `"weekly"` (Monday) or `"monthly"`, at midnight UTC. Requires
   * `limitUsd`. Changed in place. Default: no budget.
   */
  resetInterval?: pulumi.Input<"daily" | "weekly" | "monthly" | undefined>;

  /**
   * Models that may be used, by slug or canonical slug, with or without a variant: `openai/gpt-4o-mini`,
   * `deepseek/deepseek-r1-0528:free`. A model and its variant count as two models. The API rejects unknown models.
   * Changed in place. Default: all models; an empty list is an error.
   */
  allowedModels?: pulumi.Input<pulumi.Input<string>[] | undefined>;

  /** Models that are not allowed, in the same format as `allowedModels`. Changed in place. Default: no model. */
  ignoredModels?: pulumi.Input<pulumi.Input<string>[] | undefined>;

  /** Slugs of providers that may be used, such as `openai`. Changed in place. Default: all; an empty list is an error. */
  allowedProviders?: pulumi.Input<pulumi.Input<string>[] | undefined>;

  /** Slugs of providers that are not allowed. Changed in place. Default: no provider. */
  ignoredProviders?: pulumi.Input<pulumi.Input<string>[] | undefined>;

  /** Regions where data may be processed: `global`, `europe` (not `eu`), `us`. Changed in place. Default: all. */
  allowedDataRegions?: pulumi.Input<pulumi.Input<string>[] | undefined>;

  /** Filters that OpenRouter provides. Changed in place. Default: no filter. */
  contentFilterBuiltins?: pulumi.Input<pulumi.Input<BuiltinContentFilter>[] | undefined>;

  /** Filters that you define. Changed in place. Default: no filter. */
  contentFilters?: pulumi.Input<pulumi.Input<CustomContentFilter>[] | undefined>;

  /**
   * Zero data retention for all vendors: the default of the five `enforceZdr…` inputs below. A vendor whose switch was
   * changed in the dashboard appears as that vendor's input next to this one. Changed in place. Default: not enforced.
   */
  enforceZdr?: pulumi.Input<boolean | undefined>;
  /** Zero data retention for Anthropic models. Changed in place. Default: `enforceZdr`. */
  enforceZdrAnthropic?: pulumi.Input<boolean | undefined>;
  /** Zero data retention for OpenAI models. Changed in place. Default: `enforceZdr`. */
  enforceZdrOpenai?: pulumi.Input<boolean | undefined>;
  /** Zero data retention for Google models. Changed in place. Default: `enforceZdr`. */
  enforceZdrGoogle?: pulumi.Input<boolean | undefined>;
  /** Zero data retention for xAI models. Changed in place. Default: `enforceZdr`. */
  enforceZdrXai?: pulumi.Input<boolean | undefined>;
  /** Zero data retention for all other models. Changed in place. Default: `enforceZdr`. */
  enforceZdrOther?: pulumi.Input<boolean | undefined>;

  /**
   * Whether Google models may keep prompts of zero-data-retention requests for safety monitoring. `false` allows no
   * retention. It can only be stricter than the account's setting. Changed in place. Default: the account's setting.
   */
  allowSafetyRetentionGoogle?: pulumi.Input<boolean | undefined>;
  /** The same for models of all vendors without their own switch. Changed in place. Default: the account's setting. */
  allowSafetyRetentionOther?: pulumi.Input<boolean | undefined>;

  /** Whether free endpoints that publish prompts may be used. Changed in place. Default: not set by this guardrail. */
  enableFreeModelPublication?: pulumi.Input<boolean | undefined>;
  /** Whether free endpoints that train on prompts may be used. Changed in place. Default: not set by this guardrail. */
  enableFreeModelTraining?: pulumi.Input<boolean | undefined>;
  /** Whether paid endpoints that train on prompts may be used. Changed in place. Default: not set by this guardrail. */
  enablePaidModelTraining?: pulumi.Input<boolean | undefined>;

  /**
   * Whether spending through your own provider keys (BYOK) counts toward the budget. Changed in place.
   * Default: `false`.
   */
  includeByokInBudgets?: pulumi.Input<boolean | undefined>;

  /**
   * UUID of the guardrail's workspace. **A change replaces the guardrail**, as does setting it later, even to the
   * current workspace. Default: the account's default workspace; omitting it later keeps the current one.
   */
  workspaceId?: pulumi.Input<string | undefined>;

  /**
   * Id of an existing guardrail, to manage that guardrail instead of creating one. Its settings are updated to match;
   * `workspaceId` must match already. `destroy` deletes an adopted guardrail like any other; use the option
   * `retainOnDelete` to keep it. Adding this guardrail's own id later, or removing it, changes nothing. While it is
   * set, a change that requires a replacement is an error.
   */
  adopt?: pulumi.Input<string | undefined>;
}

/**
 * A guardrail: budgets, model and provider lists, content filters and data policies for the keys and members that it is
 * assigned to. **It enforces nothing until it is assigned**, with {@link GuardrailAssignments},
 * {@link GuardrailKeyAssignment} or {@link GuardrailMemberAssignment}.
 *
 * ```ts
 * const safe = new openrouter.Guardrail("safe", {
 *   limitUsd: 50, // for each assigned key
 *   resetInterval: "daily",
 *   allowedModels: ["openai/gpt-4o-mini"],
 * });
 * ```
 *
 * **Drift**: `pulumi refresh` detects a change made in the dashboard, and the next `pulumi up` reverts it, including
 * for omitted inputs.
 */
export class Guardrail extends OpenRouterResource {
  /** Identifies the guardrail in the API. The same output as `id`. */
  public readonly guardrailId: pulumi.Output<string>;
  /** When the guardrail was created, as the API returns it. */
  declare public readonly createdAt: pulumi.Output<string>;

  /** See {@link GuardrailArgs.name}. */
  declare public readonly name: pulumi.Output<string>;
  /** See {@link GuardrailArgs.description}. */
  declare public readonly description: pulumi.Output<string | undefined>;
  /** See {@link GuardrailArgs.limitUsd}. Undefined: no budget. */
  declare public readonly limitUsd: pulumi.Output<number | undefined>;
  /** See {@link GuardrailArgs.resetInterval}. Undefined: no budget. */
  declare public readonly resetInterval: pulumi.Output<"daily" | "weekly" | "monthly" | undefined>;
  /** See {@link GuardrailArgs.allowedModels}. Undefined: all. */
  declare public readonly allowedModels: pulumi.Output<string[] | undefined>;
  /** See {@link GuardrailArgs.ignoredModels}. Undefined: no value. */
  declare public readonly ignoredModels: pulumi.Output<string[] | undefined>;
  /** See {@link GuardrailArgs.allowedProviders}. Undefined: all. */
  declare public readonly allowedProviders: pulumi.Output<string[] | undefined>;
  /** See {@link GuardrailArgs.ignoredProviders}. Undefined: no value. */
  declare public readonly ignoredProviders: pulumi.Output<string[] | undefined>;
  /** See {@link GuardrailArgs.allowedDataRegions}. Undefined: all. */
  declare public readonly allowedDataRegions: pulumi.Output<string[] | undefined>;
  /** See {@link GuardrailArgs.contentFilterBuiltins}. Undefined: no value. */
  declare public readonly contentFilterBuiltins: pulumi.Output<BuiltinContentFilterResult[] | undefined>;
  /** See {@link GuardrailArgs.contentFilters}. Undefined: no value. */
  declare public readonly contentFilters: pulumi.Output<CustomContentFilterResult[] | undefined>;
  /** See {@link GuardrailArgs.enforceZdr}. Undefined unless declared. */
  declare public readonly enforceZdr: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.enforceZdrAnthropic}. */
  declare public readonly enforceZdrAnthropic: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.enforceZdrOpenai}. */
  declare public readonly enforceZdrOpenai: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.enforceZdrGoogle}. */
  declare public readonly enforceZdrGoogle: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.enforceZdrXai}. */
  declare public readonly enforceZdrXai: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.enforceZdrOther}. */
  declare public readonly enforceZdrOther: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.allowSafetyRetentionGoogle}. */
  declare public readonly allowSafetyRetentionGoogle: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.allowSafetyRetentionOther}. */
  declare public readonly allowSafetyRetentionOther: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.enableFreeModelPublication}. */
  declare public readonly enableFreeModelPublication: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.enableFreeModelTraining}. */
  declare public readonly enableFreeModelTraining: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.enablePaidModelTraining}. */
  declare public readonly enablePaidModelTraining: pulumi.Output<boolean | undefined>;
  /** See {@link GuardrailArgs.includeByokInBudgets}. Undefined: not included. */
  declare public readonly includeByokInBudgets: pulumi.Output<boolean | undefined>;
  /** Workspace of the guardrail, if declared. */
  declare public readonly workspaceId: pulumi.Output<string | undefined>;

  constructor(name: string, args: GuardrailArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const inputs = opts?.id === undefined ? inputsOf(name, args, opts) : undefined;
    super(name, { kind: "Guardrail", inputs, outputs: OUTPUTS }, opts);
    // The same output, not a copy: in a preview, an update makes all other outputs unknown, and a resource that refers to
    // a copy would appear to be replaced.
    this.guardrailId = this.id;
    warnOfDuplicates(this, "allowedModels", args.allowedModels);
    warnOfDuplicates(this, "ignoredModels", args.ignoredModels);
  }

  /**
   * Reads an existing guardrail without managing it: it is neither changed nor deleted.
   *
   * @param name Name of the resource in the program.
   * @param guardrailId Id of the guardrail.
   * @throws if the account has no such guardrail.
   */
  public static get(
    name: string,
    guardrailId: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): Guardrail {
    return new Guardrail(name, {}, { ...opts, id: checkedId(`Guardrail.get("${name}")`, guardrailId, isUuid) });
  }
}

const OUTPUTS = {
  name: undefined,
  description: undefined,
  limitUsd: undefined,
  resetInterval: undefined,
  allowedModels: undefined,
  ignoredModels: undefined,
  allowedProviders: undefined,
  ignoredProviders: undefined,
  allowedDataRegions: undefined,
  contentFilterBuiltins: undefined,
  contentFilters: undefined,
  enforceZdr: undefined,
  enforceZdrAnthropic: undefined,
  enforceZdrOpenai: undefined,
  enforceZdrGoogle: undefined,
  enforceZdrXai: undefined,
  enforceZdrOther: undefined,
  allowSafetyRetentionGoogle: undefined,
  allowSafetyRetentionOther: undefined,
  enableFreeModelPublication: undefined,
  enableFreeModelTraining: undefined,
  enablePaidModelTraining: undefined,
  includeByokInBudgets: undefined,
  workspaceId: undefined,
  createdAt: undefined,
} satisfies OutputsOf<Guardrail, "guardrailId">;

function inputsOf(name: string, args: GuardrailArgs, opts: pulumi.CustomResourceOptions | undefined) {
  return { ...args, ...nameInputs(name, args.name, opts), limitUsd: finiteNumber("limitUsd", args.limitUsd) };
}

/** A duplicate has no effect, but a different model was probably meant. */
function warnOfDuplicates(guardrail: Guardrail, list: string, value: GuardrailArgs["allowedModels"]): void {
  const output = pulumi.output(value);
  output.apply(async (names) => {
    if (!Array.isArray(names)) return;
    const duplicates = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    if (duplicates.size === 0) return;
    const models = (await pulumi.isSecret(output)) ? "a model" : [...duplicates].join(", ");
    warn(`${list}: contains ${models} more than once`, guardrail);
  });
}
