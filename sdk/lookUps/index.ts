/**
 * Look-ups in the account, for ids that no stack manages: `openrouter.getWorkspaceOutput({ slug: "research" }).id`. They only
 * read, with the credentials of the resources, in every preview and `up`. All look-ups of a run share one list of each kind.
 */
import type * as pulumi from "@pulumi/pulumi";
import { type Inputs, lookUp, lookUpOutput } from "./lookUp";
import type {
  FoundGuardrail,
  FoundKey,
  FoundWorkspace,
  GetCreditsResult,
  GetGuardrailArgs,
  GetGuardrailsArgs,
  GetGuardrailsResult,
  GetKeyArgs,
  GetKeysArgs,
  GetKeysResult,
  GetModelsArgs,
  GetModelsResult,
  GetUsageArgs,
  GetUsageResult,
  GetWorkspaceArgs,
  GetWorkspacesResult,
} from "./types";

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
