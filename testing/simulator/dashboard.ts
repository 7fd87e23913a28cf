/** Changes outside the API, like those of a user on the website: not validated, logged or delayed. */
import type {
  Account,
  FederationPolicy,
  Guardrail,
  Key,
  Member,
  OptionalFields,
  Preset,
  State,
  Use,
  Workspace,
  WorkspaceBudget,
} from "./account";
import { CATALOG, storedModel } from "./catalog";
import type { ManagementKeyOptions } from "./changes";
import {
  addGuardrail,
  addKey,
  addManagementKey,
  addPreset,
  addWorkspace,
  assignKey,
  assignMember,
  definedFields,
  removeGuardrail,
  removeKey,
  removeKeyAssignments,
  removeMemberAssignments,
} from "./changes";
import type { GuardrailSettings } from "./guardrailSettings";
import { hashOf, newClerkId, newUuid } from "./ids";
import { applyChange } from "./lag";

/** The assignees of a guardrail: hashes of keys, ids of members. */
export interface Assignees {
  keys?: readonly string[];
  members?: readonly string[];
}

export interface Dashboard {
  /** Creates a key, by default in the default workspace. Only this result contains the secret. */
  createKey(fields: OptionalFields<Key> & { name: string }): { key: Key; secret: string };
  updateKey(hash: string, change: OptionalFields<Key>): Key;
  deleteKey(hash: string): void;
  /** Spends an amount in USD with a key, by default at the clock's time. */
  useKey(hash: string, usd: number, details?: OptionalFields<Use>): void;

  /** Creates a guardrail, by default in the default workspace; `workspace_id: null` creates one older than workspaces. */
  createGuardrail(fields: OptionalFields<Guardrail> & { name: string }): Guardrail;
  updateGuardrail(id: string, change: OptionalFields<Guardrail>): Guardrail;
  /** Deletes any guardrail. A default guardrail returns to its state before the first PATCH. */
  deleteGuardrail(id: string): void;
  /** Assigns keys and members, also if they have a different guardrail. */
  assign(guardrailId: string, assignees: Assignees): void;
  unassign(guardrailId: string, assignees: Assignees): void;

  addWorkspace(fields: { name: string; slug: string }): Workspace;
  /** Sets what a workspace may spend in an interval, or without a reset. A limit of null removes the budget. */
  setWorkspaceBudget(workspaceId: string, interval: WorkspaceBudget["reset_interval"], limitUsd: number | null): void;
  /** Deletes a workspace with its budgets and guardrails. Its keys stay, and still name it. */
  deleteWorkspace(id: string): void;
  /** Adds a member to the organization, and to these workspaces besides the default one. */
  addMember(fields: OptionalFields<Member> & { email: string }, workspaceIds?: readonly string[]): Member;

  /** Adds a preset, by default an active one of the account's owner in the default workspace. */
  addPreset(fields: OptionalFields<Preset> & { name: string; slug: string }): Preset;

  /** Adds a management key, which can be scoped to a workspace or to reading. */
  addManagementKey(options?: ManagementKeyOptions): string;
  revokeManagementKey(key: string): void;
  /**
   * Lets tokens be exchanged for access as a management key, by default the account's first. A subject token is accepted if
   * the list has it or the function returns true.
   */
  addFederationPolicy(fields: {
    subjectTokens: readonly string[] | ((token: string) => boolean);
    managementKey?: string;
  }): FederationPolicy;
  removeFederationPolicy(id: string): void;
}

export function createDashboard(state: State, account: Account): Dashboard {
  const keyOf = (hash: string) => find(account.keys, (each) => each.hash === hash, `key ${hash}`);
  const guardrailOf = (id: string) => find(account.guardrails, (each) => each.id === id, `guardrail ${id}`);
  const defaultWorkspaceId = () => {
    if (account.default_workspace_id === null) throw new Error("the account's default workspace was deleted");
    return account.default_workspace_id;
  };

  const dashboard: Dashboard = {
    createKey: ({ workspace_id = defaultWorkspaceId(), ...fields }) =>
      addKey(state, account, { ...fields, workspace_id }),
    updateKey: (hash, change) => Object.assign(keyOf(hash), definedFields(change), { updated_at: state.clock.now() }),
    deleteKey: (hash) => removeKey(account, keyOf(hash).hash),
    useKey: (hash, usd, details = {}) => {
      account.uses.push(newUse(state, keyOf(hash), usd, details));
    },

    createGuardrail: ({ workspace_id = defaultWorkspaceId(), ...fields }) =>
      addGuardrail(state, account, { ...fields, ...canonicalModels(fields), workspace_id }),
    updateGuardrail: (id, change) =>
      Object.assign(guardrailOf(id), definedFields({ ...change, ...canonicalModels(change) }), {
        updated_at: state.clock.now(),
      }),
    deleteGuardrail: (id) => removeGuardrail(account, guardrailOf(id).id),
    assign: (id, { keys = [], members = [] }) => {
      const guardrail = guardrailOf(id);
      for (const hash of keys) assignKey(state, account, id, keyOf(hash).hash);
      for (const userId of members) assignMember(state, account, guardrail, userId);
    },
    unassign: (id, { keys = [], members = [] }) => {
      removeKeyAssignments(account, (row) => row.guardrail_id === id && keys.includes(row.key_hash));
      removeMemberAssignments(account, (row) => row.guardrail_id === id && members.includes(row.user_id));
    },

    addWorkspace: (fields) => addWorkspace(state, account, fields),
    setWorkspaceBudget: (workspaceId, interval, limitUsd) => {
      const { id: workspace_id } = find(account.workspaces, ({ id }) => id === workspaceId, `workspace ${workspaceId}`);
      account.workspaceBudgets = account.workspaceBudgets.filter(
        (budget) => budget.workspace_id !== workspace_id || budget.reset_interval !== interval,
      );
      if (limitUsd === null) return;
      const id = newUuid(state.random);
      account.workspaceBudgets.push({ id, workspace_id, limit_usd: limitUsd, reset_interval: interval });
    },
    deleteWorkspace: (id) => {
      find(account.workspaces, (each) => each.id === id, `workspace ${id}`);
      account.workspaces = account.workspaces.filter((each) => each.id !== id);
      account.workspaceBudgets = account.workspaceBudgets.filter(({ workspace_id }) => workspace_id !== id);
      if (account.default_workspace_id === id) account.default_workspace_id = null;
      const guardrails = account.guardrails.filter((each) => each.workspace_id === id);
      for (const each of guardrails) removeGuardrail(account, each.id);
    },
    addMember: (fields, workspaceIds = []) => {
      const member: Member = {
        id: newClerkId(state.random, "user"),
        first_name: null,
        last_name: null,
        role: "org:member",
        ...definedFields(fields),
      };
      account.members.push(member);
      const workspaces = account.workspaces.filter(({ id }) => workspaceIds.includes(id));
      for (const workspace of workspaces) workspace.member_user_ids.push(member.id);
      return member;
    },

    addPreset: (fields) => addPreset(state, account, fields),
    addManagementKey: (options) => addManagementKey(state, account, options),
    revokeManagementKey: (key) => {
      account.managementKeys = account.managementKeys.filter(({ hash }) => hash !== hashOf(key));
    },
    addFederationPolicy: ({ subjectTokens, managementKey }) => {
      const firstKey = find(account.managementKeys, () => true, "management key");
      const policy = {
        id: newUuid(state.random),
        key_hash: managementKey === undefined ? firstKey.hash : hashOf(managementKey),
        accepts: typeof subjectTokens === "function" ? subjectTokens : (token: string) => subjectTokens.includes(token),
      };
      account.federationPolicies.push(policy);
      return policy;
    },
    removeFederationPolicy: (id) => {
      account.federationPolicies = account.federationPolicies.filter((policy) => policy.id !== id);
    },
  };
  return withoutLag(state, account, dashboard);
}

/** Reads see changes through the dashboard at once, whatever the switch. */
function withoutLag(state: State, account: Account, dashboard: Dashboard): Dashboard {
  const actions = Object.entries(dashboard).map(([name, action]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => applyChange(state, account, 0, () => action(...args)),
  ]);
  return Object.fromEntries(actions);
}

function find<Row>(rows: readonly Row[], matches: (row: Row) => boolean, what: string): Row {
  const row = rows.find(matches);
  if (!row) throw new Error(`the account has no ${what}`);
  return row;
}

function newUse(state: State, key: Key, usd: number, details: OptionalFields<Use>): Use {
  const model = details.model ?? "openai/gpt-4.1";
  return {
    at: state.clock.now(),
    usage: usd,
    byok_usage: 0,
    model,
    model_permaslug: CATALOG.find(({ id }) => id === model)?.canonical_slug ?? model,
    provider_name: "OpenAI",
    requests: 1,
    prompt_tokens: 1000,
    completion_tokens: 200,
    reasoning_tokens: 0,
    cached_tokens: 0,
    ...definedFields(details),
    key_hash: key.hash,
    workspace_id: key.workspace_id,
    user_id: key.creator_user_id,
  };
}

/** The website stores canonical names, like the API; an unknown model is stored unchanged. */
function canonicalModels(sent: OptionalFields<GuardrailSettings>): OptionalFields<GuardrailSettings> {
  const canonical = (models: string[] | null) => models?.map((model) => storedModel(model) ?? model) ?? null;
  return {
    ...(sent.allowed_models !== undefined && { allowed_models: canonical(sent.allowed_models) }),
    ...(sent.ignored_models !== undefined && { ignored_models: canonical(sent.ignored_models) }),
  };
}
