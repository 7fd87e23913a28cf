/** Changes behind a program's back, as a person makes them on the website: nothing is checked, logged or delayed. */
import type {
  Account,
  FederationPolicy,
  Guardrail,
  GuardrailSettings,
  Key,
  ManagementKey,
  Member,
  Some,
  State,
  Use,
  Workspace,
  WorkspaceBudget,
} from "./account";
import { CATALOGUE, storedModel } from "./catalogue";
import type { ManagementKeyOptions } from "./changes";
import {
  addGuardrail,
  addKey,
  addManagementKey,
  addWorkspace,
  assignKey,
  assignMember,
  given,
  removeGuardrail,
  removeKey,
  removeKeyAssignments,
  removeMemberAssignments,
} from "./changes";
import { hashOf, newClerkId, newUuid } from "./ids";
import { changing } from "./lag";

/** Whom a guardrail is assigned to: hashes of keys, ids of members. */
export interface Assignees {
  keys?: readonly string[];
  members?: readonly string[];
}

export interface Dashboard {
  /** Creates a key, in the default workspace unless it names one. The secret is in this result and nowhere else. */
  createKey(fields: Some<Key> & { name: string }): { key: Key; secret: string };
  updateKey(hash: string, change: Some<Key>): Key;
  deleteKey(hash: string): void;
  /** Spends so many USD with a key, at the clock's time unless `at` is given. */
  useKey(hash: string, usd: number, details?: Some<Use>): void;

  /** Creates a guardrail, in the default workspace unless it names one; `workspace_id: null` makes a legacy one. */
  createGuardrail(fields: Some<Guardrail> & { name: string }): Guardrail;
  updateGuardrail(id: string, change: Some<Guardrail>): Guardrail;
  /** Deletes any guardrail. A default one is then as it was before the first PATCH. */
  deleteGuardrail(id: string): void;
  /** Assigns keys and members; those that have another guardrail move. */
  assign(guardrailId: string, assignees: Assignees): void;
  unassign(guardrailId: string, assignees: Assignees): void;

  addWorkspace(fields: { name: string; slug: string }): Workspace;
  /** Sets what a workspace may spend in an interval, null: ever. Without an amount there is no such budget. */
  setWorkspaceBudget(workspaceId: string, interval: WorkspaceBudget["reset_interval"], limitUsd: number | null): void;
  /** Deletes a workspace with its guardrails. Keys in it stay, with a workspace that is gone. */
  deleteWorkspace(id: string): void;
  /** Adds a member to the organization, and to workspaces besides the default one. */
  addMember(fields: Some<Member> & { email: string }, workspaceIds?: readonly string[]): Member;
  removeMember(userId: string): void;

  /** Another management key of the account, scoped to a workspace or to reading if asked for. */
  addManagementKey(options?: ManagementKeyOptions): string;
  revokeManagementKey(key: string): void;
  /**
   * Lets tokens be exchanged for access as a management key, the account's first one unless given. A subject token is
   * accepted if it's in the list, or if the function says so.
   */
  addFederationPolicy(fields: {
    subjectTokens: readonly string[] | ((token: string) => boolean);
    managementKey?: string;
  }): FederationPolicy;
  removeFederationPolicy(id: string): void;
  addCredits(usd: number): void;
  /** Which models (slugs) the account's settings hide from requests with its credentials. */
  hideModels(slugs: readonly string[]): void;
}

export function createDashboard(state: State, account: Account, managementKeyPrefix: string): Dashboard {
  const key = (hash: string) => found(account.keys, (each) => each.hash === hash, `key ${hash}`);
  const guardrail = (id: string) => found(account.guardrails, (each) => each.id === id, `guardrail ${id}`);
  const defaultWorkspaceId = () => {
    if (account.default_workspace_id === null) throw new Error("the account has no default workspace any more");
    return account.default_workspace_id;
  };

  const dashboard: Dashboard = {
    createKey: (fields) =>
      addKey(state, account, { ...fields, workspace_id: fields.workspace_id ?? defaultWorkspaceId() }),
    updateKey: (hash, change) => Object.assign(key(hash), given(change), { updated_at: state.clock.now() }),
    deleteKey: (hash) => removeKey(state, account, key(hash).hash),
    useKey: (hash, usd, details = {}) => {
      account.uses.push(newUse(state, key(hash), usd, details));
    },

    createGuardrail: ({ workspace_id = defaultWorkspaceId(), ...fields }) =>
      addGuardrail(state, account, { ...fields, ...canonicalModels(fields), workspace_id }),
    updateGuardrail: (id, change) =>
      Object.assign(guardrail(id), given({ ...change, ...canonicalModels(change) }), {
        updated_at: state.clock.now(),
      }),
    deleteGuardrail: (id) => removeGuardrail(state, account, guardrail(id).id),
    assign: (id, { keys = [], members = [] }) => {
      const target = guardrail(id);
      for (const hash of keys) assignKey(state, account, id, key(hash).hash);
      for (const userId of members) assignMember(state, account, target, userId);
    },
    unassign: (id, { keys = [], members = [] }) => {
      removeKeyAssignments(account, (row) => row.guardrail_id === id && keys.includes(row.key_hash));
      removeMemberAssignments(account, (row) => row.guardrail_id === id && members.includes(row.user_id));
    },

    addWorkspace: (fields) => addWorkspace(state, account, fields),
    setWorkspaceBudget: (workspaceId, interval, limitUsd) => {
      const workspace = found(account.workspaces, ({ id }) => id === workspaceId, `workspace ${workspaceId}`);
      const others = workspace.budgets.filter(({ reset_interval }) => reset_interval !== interval);
      const budget = limitUsd !== null && { id: newUuid(state.random), limit_usd: limitUsd, reset_interval: interval };
      workspace.budgets = budget ? [...others, budget] : others;
    },
    deleteWorkspace: (id) => {
      found(account.workspaces, (each) => each.id === id, `workspace ${id}`);
      account.workspaces = account.workspaces.filter((each) => each.id !== id);
      if (account.default_workspace_id === id) account.default_workspace_id = null;
      const within = account.guardrails.filter((each) => each.workspace_id === id);
      for (const each of within) removeGuardrail(state, account, each.id);
    },
    addMember: (fields, workspaceIds = []) => {
      const member: Member = {
        id: newClerkId(state.random, "user"),
        first_name: null,
        last_name: null,
        role: "org:member",
        ...given(fields),
      };
      account.members.push(member);
      const chosen = account.workspaces.filter(({ id }) => workspaceIds.includes(id));
      for (const workspace of chosen) workspace.member_user_ids.push(member.id);
      return member;
    },
    removeMember: (userId) => {
      found(account.members, (member) => member.id === userId, `member ${userId}`);
      account.members = account.members.filter((member) => member.id !== userId);
      removeMemberAssignments(account, (row) => row.user_id === userId);
    },

    addManagementKey: (options) => addManagementKey(state, account, managementKeyPrefix, options),
    revokeManagementKey: (managementKey) => {
      account.managementKeys = account.managementKeys.filter(({ hash }) => hash !== hashOf(managementKey));
    },
    addFederationPolicy: ({ subjectTokens, managementKey }) => {
      const policy = {
        id: newUuid(state.random),
        key_hash: managementKey === undefined ? firstManagementKey(account).hash : hashOf(managementKey),
        accepts: typeof subjectTokens === "function" ? subjectTokens : (token: string) => subjectTokens.includes(token),
      };
      account.federationPolicies.push(policy);
      return policy;
    },
    removeFederationPolicy: (id) => {
      account.federationPolicies = account.federationPolicies.filter((policy) => policy.id !== id);
    },
    addCredits: (usd) => {
      account.total_credits += usd;
    },
    hideModels: (slugs) => {
      account.hiddenModels = [...slugs];
    },
  };
  return visibleAtOnce(state, account, dashboard);
}

/** The dashboard does not lag, whatever the switch says. */
function visibleAtOnce(state: State, account: Account, dashboard: Dashboard): Dashboard {
  const actions = Object.entries(dashboard).map(([name, action]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => changing(state, account, 0, () => action(...args)),
  ]);
  return Object.fromEntries(actions);
}

function firstManagementKey({ managementKeys: [first] }: Account): ManagementKey {
  if (!first) throw new Error("the account has no management key");
  return first;
}

function found<Row>(rows: readonly Row[], isIt: (row: Row) => boolean, what: string): Row {
  const row = rows.find(isIt);
  if (!row) throw new Error(`the account has no ${what}`);
  return row;
}

function newUse(state: State, key: Key, usd: number, details: Some<Use>): Use {
  const model = details.model ?? "openai/gpt-4.1";
  return {
    at: state.clock.now(),
    usage: usd,
    byok_usage: 0,
    model,
    model_permaslug: CATALOGUE.find(({ id }) => id === model)?.canonical_slug ?? model,
    provider_name: "OpenAI",
    requests: 1,
    prompt_tokens: 1000,
    completion_tokens: 200,
    reasoning_tokens: 0,
    cached_tokens: 0,
    ...given(details),
    key_hash: key.hash,
    workspace_id: key.workspace_id,
    user_id: key.creator_user_id,
  };
}

/** The website stores models as the API does; one that nobody knows is left as it is. */
function canonicalModels(sent: Some<GuardrailSettings>): Some<GuardrailSettings> {
  const canonical = (models: string[] | null) => models?.map((model) => storedModel(model) ?? model) ?? null;
  return {
    ...(sent.allowed_models !== undefined && { allowed_models: canonical(sent.allowed_models) }),
    ...(sent.ignored_models !== undefined && { ignored_models: canonical(sent.ignored_models) }),
  };
}
