/** What an account of the API holds. Rows have the API's own field names; instants are dates. */
import type { Clock } from "./clock";
import type { Random } from "./ids";
import type { StaleRows } from "./lag";
import type { Signer } from "./oauth";
import type { Switches } from "./switches";

export interface Workspace {
  id: string;
  name: string;
  slug: string;
  description: string | null;
  /** Derived from the workspace's id. No guardrail has it until the first PATCH makes one. */
  default_guardrail_id: string;
  /** Users who belong to it. Every member of the organization belongs to the default workspace. */
  member_user_ids: string[];
  budgets: WorkspaceBudget[];
  created_by: string | null;
  created_at: Date;
  updated_at: Date | null;
}

/** What all keys of a workspace may spend together. */
export interface WorkspaceBudget {
  id: string;
  limit_usd: number;
  /** Null for a budget that never resets. */
  reset_interval: "daily" | "weekly" | "monthly" | null;
}

/** An inference key. Of the key itself only the hash is kept, as by the API. */
export interface Key {
  hash: string;
  masked: string;
  name: string;
  disabled: boolean;
  limit: number | null;
  limit_reset: string | null;
  include_byok_in_limit: boolean;
  expires_at: Date | null;
  external_user: string | null;
  creator_user_id: string | null;
  workspace_id: string;
  created_at: Date;
  updated_at: Date | null;
  /** Calls to assign this key that will not know it yet. */
  unknown_to_assignments: number;
}

export interface BuiltinFilter {
  slug: string;
  action: string;
  label?: string | undefined;
  scan_scope?: string | undefined;
}

export interface CustomFilter {
  pattern: string;
  action: string;
  label?: string | null | undefined;
}

/** What can be set on a guardrail; null and left out are the same. */
export interface GuardrailSettings {
  description: string | null;
  limit_usd: number | null;
  reset_interval: string | null;
  allowed_models: string[] | null;
  ignored_models: string[] | null;
  allowed_providers: string[] | null;
  ignored_providers: string[] | null;
  allowed_data_regions: string[] | null;
  content_filter_builtins: BuiltinFilter[] | null;
  content_filters: CustomFilter[] | null;
  enforce_zdr: boolean | null;
  enforce_zdr_anthropic: boolean | null;
  enforce_zdr_openai: boolean | null;
  enforce_zdr_google: boolean | null;
  enforce_zdr_xai: boolean | null;
  enforce_zdr_other: boolean | null;
  allow_safety_retention_google: boolean | null;
  allow_safety_retention_other: boolean | null;
  enable_free_model_publication: boolean | null;
  enable_free_model_training: boolean | null;
  enable_paid_model_training: boolean | null;
  include_byok_in_budgets: boolean;
}

export interface Guardrail extends GuardrailSettings {
  id: string;
  name: string;
  /** Null for a guardrail older than workspaces. */
  workspace_id: string | null;
  created_at: Date;
  updated_at: Date | null;
}

/** A row of the table of assignments. That of a key names a hash that may be gone. */
export interface KeyAssignment {
  id: string;
  guardrail_id: string;
  key_hash: string;
  assigned_by: string | null;
  created_at: Date;
}

export interface MemberAssignment {
  id: string;
  guardrail_id: string;
  user_id: string;
  assigned_by: string | null;
  created_at: Date;
}

export interface Member {
  id: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  role: "org:admin" | "org:member";
}

/** Use of a key at some time: what its counters, the credits and the activity add up. */
export interface Use {
  at: Date;
  key_hash: string;
  workspace_id: string;
  user_id: string | null;
  usage: number;
  byok_usage: number;
  model: string;
  /** The model's canonical slug. */
  model_permaslug: string;
  provider_name: string;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  reasoning_tokens: number;
  cached_tokens: number;
}

/** A key that manages the account, or a part of it. Only its hash is kept. */
export interface ManagementKey {
  hash: string;
  /** The one workspace that it may see and change; null for all. */
  workspace_id: string | null;
  read_only: boolean;
}

/** Whose tokens may be exchanged for one that acts as a management key. */
export interface FederationPolicy {
  id: string;
  /** Of the management key. */
  key_hash: string;
  accepts(subjectToken: string): boolean;
}

/** What a token was exchanged for. */
export interface AccessToken {
  hash: string;
  policy_id: string;
  expires_at: Date;
}

/** Everything of one account, as it stands. Tests read it; to change it they use the dashboard. */
export interface Account {
  name: string;
  /** Null for a personal account. */
  organization_id: string | null;
  owner_user_id: string;
  /** Null once the default workspace was deleted. */
  default_workspace_id: string | null;
  workspaces: Workspace[];
  /** Oldest first, as all lists here. */
  keys: Key[];
  guardrails: Guardrail[];
  keyAssignments: KeyAssignment[];
  memberAssignments: MemberAssignment[];
  members: Member[];
  /** Those that are accepted. */
  managementKeys: ManagementKey[];
  federationPolicies: FederationPolicy[];
  accessTokens: AccessToken[];
  uses: Use[];
  total_credits: number;
  /** Models that the account's settings hide from its view of the catalogue. */
  hiddenModels: string[];
  /** What reads still show of rows that have changed. */
  stale: StaleRows;
}

/** What all parts of a simulator share. */
export interface State {
  accounts: Account[];
  clock: Clock;
  random: Random;
  signer: Signer;
  switches: Switches;
}

/** Some fields of a row; one that is undefined is left out. */
export type Some<Row> = { [Field in keyof Row]?: Row[Field] | undefined };
