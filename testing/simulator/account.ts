/** The contents of an account. Rows use the API's field names; timestamps are `Date`s. */
import type { Clock } from "./clock";
import type { GuardrailSettings } from "./guardrailSettings";
import type { Random } from "./ids";
import type { Switches } from "./switches";

export interface Workspace {
  id: string;
  name: string;
  slug: string;
  description: string | null;
  /** Derived from the workspace's id. The guardrail itself is created by its first PATCH. */
  default_guardrail_id: string;
  /** Its members. All members of the organization also belong to the default workspace. */
  member_user_ids: string[];
  created_by: string | null;
  created_at: Date;
  updated_at: Date | null;
}

/** What a workspace may spend in an interval. */
export interface WorkspaceBudget {
  id: string;
  workspace_id: string;
  limit_usd: number;
  /** Null for a budget that never resets. */
  reset_interval: "daily" | "weekly" | "monthly" | null;
}

/** An inference key. Like the API, the simulator stores only its hash. */
export interface Key {
  hash: string;
  label: string;
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
  /** How many more assign calls skip this key as unknown. */
  unknown_to_assignments: number;
}

export interface Guardrail extends GuardrailSettings {
  id: string;
  name: string;
  /** Null for a guardrail older than workspaces. */
  workspace_id: string | null;
  created_at: Date;
  updated_at: Date | null;
}

/** A key's assignment. It outlives the key, so the hash may name a deleted key. */
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

/** Saved parameters of requests, with their current version. */
export interface Preset {
  id: string;
  name: string;
  slug: string;
  description: string | null;
  status: "active" | "disabled" | "archived";
  creator_user_id: string;
  workspace_id: string | null;
  /** Parameters as in a request, such as `model` and `temperature`. */
  config: Record<string, unknown>;
  system_prompt: string | null;
  created_at: Date;
  updated_at: Date;
}

/** One use of a key. Counters, credits and activity are sums of these. */
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

/** A request that a model answered. Its cost is in `uses`. */
export interface Generation {
  /** `gen-…` */
  id: string;
  created_at: Date;
  key_hash: string;
  workspace_id: string;
  model_permaslug: string;
  provider_name: string;
  /** USD. */
  cost: number;
  prompt_tokens: number;
  completion_tokens: number;
  finish_reason: "stop" | "length";
  /** The sender's own user, `user` of the request. */
  external_user: string | null;
  http_referer: string | null;
  /** The header `X-Title` or `X-OpenRouter-Title`. No response shows it. */
  app_title: string | null;
  user_agent: string | null;
}

/** A management key. Only its hash is stored. */
export interface ManagementKey {
  hash: string;
  /** The only workspace it can access; null for all. */
  workspace_id: string | null;
  read_only: boolean;
}

/** Which tokens can be exchanged for an access token that acts as a management key. */
export interface FederationPolicy {
  id: string;
  /** Hash of the management key. */
  key_hash: string;
  accepts(subjectToken: string): boolean;
}

/** The result of a token exchange. */
export interface AccessToken {
  hash: string;
  policy_id: string;
  expires_at: Date;
}

/** The current contents of one account. Tests read it and change it through the dashboard. */
export interface Account {
  name: string;
  /** Null for a personal account. */
  organization_id: string | null;
  owner_user_id: string;
  /** Null once the default workspace was deleted. */
  default_workspace_id: string | null;
  workspaces: Workspace[];
  workspaceBudgets: WorkspaceBudget[];
  /** Oldest first, as all lists here. */
  keys: Key[];
  guardrails: Guardrail[];
  keyAssignments: KeyAssignment[];
  memberAssignments: MemberAssignment[];
  members: Member[];
  presets: Preset[];
  managementKeys: ManagementKey[];
  federationPolicies: FederationPolicy[];
  accessTokens: AccessToken[];
  uses: Use[];
  generations: Generation[];
  /** Old versions of changed rows, which reads still return. */
  stale: StaleRows;
}

type Table = "keys" | "guardrails" | "keyAssignments" | "memberAssignments";

/** The version of a row that reads return until then; undefined if they don't return the row. */
export interface Stale<Row> {
  id: string;
  row: Row | undefined;
  until: number;
}

export type StaleRows = { [Name in Table]: Stale<Account[Name][number]>[] };

/** Shared by all parts of a simulator. */
export interface State {
  accounts: Account[];
  clock: Clock;
  random: Random;
  switches: Switches;
}

/** Some fields of a row; undefined counts as omitted. */
export type OptionalFields<Row> = { [Field in keyof Row]?: Row[Field] | undefined };
