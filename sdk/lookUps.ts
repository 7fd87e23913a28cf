/**
 * Look-ups in the account, for ids that no stack manages: `openrouter.getWorkspaceOutput({ slug: "research" }).id`. They only
 * read, with the credentials of the resources, in every preview and `up`. All look-ups of a run share one list of each kind.
 */
import * as pulumi from "@pulumi/pulumi";
import { isNative } from "./host";
import { rejection } from "./messages";
import { settingsOf } from "./provider";

/** Arguments of {@link getKey}: one of them. */
export interface GetKeyArgs {
  /** Full name of the key. */
  name?: string;
  /** Hash of the key. */
  hash?: string;
}

/** An inference key, without its usage and without the key itself. */
export interface FoundKey {
  /** Identifies the key in the API: its id. */
  hash: string;
  /** Name of the key. */
  name: string;
  /** The masked key, as the dashboard shows it. */
  label?: string;
  /** Whether the key is disabled. */
  disabled: boolean;
  /** Spending limit in USD. Omitted: no limit. */
  limit?: number;
  /** `daily`, `weekly` or `monthly`. Omitted: never. */
  limitReset?: string;
  /** Whether spending through your own provider keys counts toward the limit. */
  includeByokInLimit: boolean;
  /** When the key was created. */
  createdAt?: string;
  /** When the key stops working. Omitted: never. */
  expiresAt?: string;
  /** UUID of the key's workspace. */
  workspaceId?: string;
  /** User id of the member that created the key. */
  creatorUserId?: string;
}

/** Arguments of {@link getKeys}. */
export interface GetKeysArgs {
  /** UUID of the only workspace. Default: all workspaces. */
  workspaceId?: string;
}

/** Result of {@link getKeys}. */
export interface GetKeysResult {
  /** All keys, including disabled and expired ones. */
  keys: FoundKey[];
}

/** Arguments of {@link getGuardrail}: one of them. */
export interface GetGuardrailArgs {
  /** Full name of the guardrail. */
  name?: string;
  /** UUID of the guardrail. */
  id?: string;
}

/** A guardrail. */
export interface FoundGuardrail {
  /** UUID of the guardrail. */
  id: string;
  /** Name of the guardrail. */
  name: string;
  /** Its description. */
  description?: string;
  /** Budget in USD for each key and member. Omitted: no budget. */
  limitUsd?: number;
  /** `daily`, `weekly` or `monthly`. Omitted: no budget. */
  resetInterval?: string;
  /** Models that may be used, by canonical slug. Omitted: all. */
  allowedModels?: string[];
  /** Slugs of providers that may be used. Omitted: all. */
  allowedProviders?: string[];
  /** UUID of the guardrail's workspace. */
  workspaceId?: string;
  /** When the guardrail was created. */
  createdAt?: string;
}

/** Arguments of {@link getGuardrails}. */
export interface GetGuardrailsArgs {
  /** UUID of the only workspace. Default: all workspaces. */
  workspaceId?: string;
}

/** Result of {@link getGuardrails}. */
export interface GetGuardrailsResult {
  /** All guardrails. */
  guardrails: FoundGuardrail[];
}

/** Arguments of {@link getWorkspace}: one of them. */
export interface GetWorkspaceArgs {
  /** Slug of the workspace, as in its address. */
  slug?: string;
  /** Name of the workspace. */
  name?: string;
}

/** A workspace. */
export interface FoundWorkspace {
  /** UUID of the workspace. */
  id: string;
  /** Name of the workspace. */
  name?: string;
  /** Slug of the workspace. */
  slug?: string;
  /** Its description. */
  description?: string;
  /** UUID of the guardrail that applies to all keys and members of the workspace. */
  defaultGuardrailId?: string;
  /** When the workspace was created. */
  createdAt?: string;
}

/** Result of {@link getWorkspaces}. */
export interface GetWorkspacesResult {
  /** All workspaces, oldest first. */
  workspaces: FoundWorkspace[];
}

/** Result of {@link getCredits}, in USD. */
export interface GetCreditsResult {
  /** Credits bought since the account was created. */
  bought: number;
  /** Credits used. */
  used: number;
  /** Credits left. */
  left: number;
}

/** Arguments of {@link getModels}. */
export interface GetModelsArgs {
  /** Only models whose slug contains this. */
  search?: string;
  /** Only models with an endpoint that retains no data. Default: `false`. */
  zdr?: boolean;
}

/** A model of the catalog. */
export interface FoundModel {
  /** Slug of the model, with its variant, as in an allowlist. */
  id: string;
  /** Slug with a date, under which the API stores the model. */
  canonicalSlug?: string;
  /** Name of the model. */
  name?: string;
  /** Tokens. */
  contextLength?: number;
  /** USD for a million tokens of the prompt. Omitted if it depends on the request. */
  inputPrice?: number;
  /** USD for a million tokens of the completion. Omitted if it depends on the request. */
  outputPrice?: number;
}

/** Result of {@link getModels}. */
export interface GetModelsResult {
  /** The models that match. */
  models: FoundModel[];
}

/** Arguments of {@link getUsage}. */
export interface GetUsageArgs {
  /** Hash of the only key. Default: the whole account. */
  keyHash?: string;
  /** How many completed UTC days, at most 30. Default: 30. */
  days?: number;
}

/** Result of {@link getUsage}, in USD. */
export interface GetUsageResult {
  /** Credits. */
  spent: number;
  /** What providers charged to your own provider keys. */
  byokSpent: number;
  /** Requests. */
  requests: number;
}

/** The inference key with this name or hash. Fails if there is none, or several with the name. */
export function getKey(args: GetKeyArgs, opts?: pulumi.InvokeOptions): Promise<FoundKey> {
  return lookUp("getKey", args, opts);
}
/** {@link getKey} for arguments that are outputs. */
export function getKeyOutput(args: Inputs<GetKeyArgs>, opts?: pulumi.InvokeOptions): pulumi.Output<FoundKey> {
  return lookUpOutput("getKey", args, opts);
}

/** All inference keys. */
export function getKeys(args: GetKeysArgs = {}, opts?: pulumi.InvokeOptions): Promise<GetKeysResult> {
  return lookUp("getKeys", args, opts);
}
/** {@link getKeys} for arguments that are outputs. */
export function getKeysOutput(
  args: Inputs<GetKeysArgs> = {},
  opts?: pulumi.InvokeOptions,
): pulumi.Output<GetKeysResult> {
  return lookUpOutput("getKeys", args, opts);
}

/** The guardrail with this name or id. Fails if there is none, or several with the name. */
export function getGuardrail(args: GetGuardrailArgs, opts?: pulumi.InvokeOptions): Promise<FoundGuardrail> {
  return lookUp("getGuardrail", args, opts);
}
/** {@link getGuardrail} for arguments that are outputs. */
export function getGuardrailOutput(
  args: Inputs<GetGuardrailArgs>,
  opts?: pulumi.InvokeOptions,
): pulumi.Output<FoundGuardrail> {
  return lookUpOutput("getGuardrail", args, opts);
}

/** All guardrails. */
export function getGuardrails(args: GetGuardrailsArgs = {}, opts?: pulumi.InvokeOptions): Promise<GetGuardrailsResult> {
  return lookUp("getGuardrails", args, opts);
}
/** {@link getGuardrails} for arguments that are outputs. */
export function getGuardrailsOutput(
  args: Inputs<GetGuardrailsArgs> = {},
  opts?: pulumi.InvokeOptions,
): pulumi.Output<GetGuardrailsResult> {
  return lookUpOutput("getGuardrails", args, opts);
}

/** The workspace with this slug or name. Fails if there is none, or several with the name. */
export function getWorkspace(args: GetWorkspaceArgs, opts?: pulumi.InvokeOptions): Promise<FoundWorkspace> {
  return lookUp("getWorkspace", args, opts);
}
/** {@link getWorkspace} for arguments that are outputs. */
export function getWorkspaceOutput(
  args: Inputs<GetWorkspaceArgs>,
  opts?: pulumi.InvokeOptions,
): pulumi.Output<FoundWorkspace> {
  return lookUpOutput("getWorkspace", args, opts);
}

/** All workspaces. */
export function getWorkspaces(opts?: pulumi.InvokeOptions): Promise<GetWorkspacesResult> {
  return lookUp("getWorkspaces", {}, opts);
}
/** {@link getWorkspaces} as an output. */
export function getWorkspacesOutput(opts?: pulumi.InvokeOptions): pulumi.Output<GetWorkspacesResult> {
  return lookUpOutput("getWorkspaces", {}, opts);
}

/** The credits of the account. They change with every request: an input that they set is changed by every `up`. */
export function getCredits(opts?: pulumi.InvokeOptions): Promise<GetCreditsResult> {
  return lookUp("getCredits", {}, opts);
}
/** {@link getCredits} as an output. */
export function getCreditsOutput(opts?: pulumi.InvokeOptions): pulumi.Output<GetCreditsResult> {
  return lookUpOutput("getCredits", {}, opts);
}

/** The catalog of models. */
export function getModels(args: GetModelsArgs = {}, opts?: pulumi.InvokeOptions): Promise<GetModelsResult> {
  return lookUp("getModels", args, opts);
}
/** {@link getModels} for arguments that are outputs. */
export function getModelsOutput(
  args: Inputs<GetModelsArgs> = {},
  opts?: pulumi.InvokeOptions,
): pulumi.Output<GetModelsResult> {
  return lookUpOutput("getModels", args, opts);
}

/** Spending on the last completed UTC days, of the account or of one key. */
export function getUsage(args: GetUsageArgs = {}, opts?: pulumi.InvokeOptions): Promise<GetUsageResult> {
  return lookUp("getUsage", args, opts);
}
/** {@link getUsage} for arguments that are outputs. */
export function getUsageOutput(
  args: Inputs<GetUsageArgs> = {},
  opts?: pulumi.InvokeOptions,
): pulumi.Output<GetUsageResult> {
  return lookUpOutput("getUsage", args, opts);
}

type Inputs<Args> = { [Name in keyof Args]: pulumi.Input<Args[Name]> };

async function lookUp<Result>(name: string, args: object, opts: pulumi.InvokeOptions = {}): Promise<Result> {
  try {
    if (isNative()) return await pulumi.runtime.invoke(`openrouter:index:${name}`, { ...args }, opts);
    const settings = await settingsOf(opts.provider);
    // Loaded only by programs that look something up.
    const dynamic = await import("../provider/dynamic/index");
    return (await dynamic.lookUp(name, { ...args }, settings)) as Result;
  } catch (error) {
    const { message } = error as Error;
    throw rejection(message.replace(/^invocation of \S+ returned an error: /, ""));
  }
}

function lookUpOutput<Result>(name: string, args: object, opts?: pulumi.InvokeOptions): pulumi.Output<Result> {
  return pulumi.output(args).apply((known) => lookUp<Result>(name, known, opts)) as pulumi.Output<Result>;
}
