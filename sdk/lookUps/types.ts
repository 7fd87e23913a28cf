/** Arguments and results of look-ups. */

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
