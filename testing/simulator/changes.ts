/** Changes to an account, without validation: the routes validate, and the dashboard may do what the API rejects. */
import type {
  Account,
  Guardrail,
  Key,
  KeyAssignment,
  MemberAssignment,
  OptionalFields,
  Preset,
  State,
  Workspace,
} from "./account";
import { daysBefore } from "./clock";
import { NO_SETTINGS } from "./guardrailSettings";
import { derivedUuid, hashOf, newClerkId, newKeyString, newUuid } from "./ids";
import { noStaleRows } from "./lag";

/** The default workspace is as old as its account, so it is the oldest. */
const ACCOUNT_AGE_DAYS = 400;

export function addAccount(state: State, name: string, personal: boolean): Account {
  const owner = newClerkId(state.random, "user");
  const account: Account = {
    name,
    organization_id: personal ? null : newClerkId(state.random, "org"),
    owner_user_id: owner,
    default_workspace_id: null,
    workspaces: [],
    workspaceBudgets: [],
    keys: [],
    guardrails: [],
    keyAssignments: [],
    memberAssignments: [],
    members: [{ id: owner, email: `owner@${name}.example`, first_name: "Olu", last_name: "Owner", role: "org:admin" }],
    presets: [],
    managementKeys: [],
    federationPolicies: [],
    accessTokens: [],
    uses: [],
    generations: [],
    stale: noStaleRows(),
  };
  const workspace = addWorkspace(state, account, { name: "Default", slug: "default" });
  workspace.created_at = daysBefore(state.clock.now(), ACCOUNT_AGE_DAYS);
  account.default_workspace_id = workspace.id;
  state.accounts.push(account);
  return account;
}

export function addWorkspace(
  state: State,
  account: Account,
  { name, slug }: { name: string; slug: string },
): Workspace {
  const id = newUuid(state.random);
  const workspace: Workspace = {
    id,
    name,
    slug,
    description: null,
    default_guardrail_id: derivedUuid(`default guardrail of ${id}`),
    member_user_ids: [account.owner_user_id],
    created_by: account.owner_user_id,
    created_at: state.clock.now(),
    updated_at: null,
  };
  account.workspaces.push(workspace);
  return workspace;
}

export function addPreset(
  state: State,
  account: Account,
  fields: OptionalFields<Preset> & { name: string; slug: string },
): Preset {
  const preset: Preset = {
    id: newUuid(state.random),
    description: null,
    status: "active",
    creator_user_id: account.owner_user_id,
    workspace_id: account.default_workspace_id,
    config: {},
    system_prompt: null,
    created_at: state.clock.now(),
    updated_at: state.clock.now(),
    ...definedFields(fields),
  };
  account.presets.push(preset);
  return preset;
}

export interface ManagementKeyOptions {
  /** Scopes it to one workspace. */
  workspaceId?: string;
  readOnly?: boolean;
  /** The key itself. Default: a random one. */
  key?: string;
}

/** Adds a management key and returns it. Only its hash is stored. */
export function addManagementKey(
  state: State,
  account: Account,
  { workspaceId, readOnly = false, key = newKeyString(state.random) }: ManagementKeyOptions = {},
): string {
  account.managementKeys.push({ hash: hashOf(key), workspace_id: workspaceId ?? null, read_only: readOnly });
  return key;
}

/** The fields without those that are undefined. */
export function definedFields<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };
}

export type NewKey = Pick<Key, "name" | "workspace_id"> & OptionalFields<Key>;

export function addKey(state: State, account: Account, fields: NewKey): { key: Key; secret: string } {
  const secret = newKeyString(state.random);
  const key: Key = {
    disabled: false,
    limit: null,
    limit_reset: null,
    include_byok_in_limit: false,
    expires_at: null,
    external_user: null,
    creator_user_id: account.owner_user_id,
    ...definedFields(fields),
    hash: hashOf(secret),
    label: `${secret.slice(0, 12)}...${secret.slice(-4)}`,
    created_at: state.clock.now(),
    updated_at: null,
    unknown_to_assignments: state.switches.newKeyUnknownToAssignment,
  };
  account.keys.push(key);
  return { key, secret };
}

/** Moves a key. What happens to its guardrail of the old workspace is not known. */
export function moveKey(state: State, account: Account, key: Key, workspaceId: string): void {
  key.workspace_id = workspaceId;
  const guardrail = boundGuardrail(account, key.hash, workspaceId);
  if (!guardrail || state.switches.movedKeyAssignment === "kept") return;
  if (state.switches.movedKeyAssignment === "dropped") {
    removeKeyAssignments(account, (row) => row.key_hash === key.hash);
    return;
  }
  const { id, created_at, updated_at, ...settings } = guardrail;
  const copy = addGuardrail(state, account, { ...settings, workspace_id: workspaceId });
  assignKey(state, account, copy.id, key.hash);
}

/** The guardrail of a key, if it belongs to a workspace other than the given one. */
export function boundGuardrail(account: Account, hash: string, workspaceId: string): Guardrail | undefined {
  const row = account.keyAssignments.find(({ key_hash }) => key_hash === hash);
  const guardrail = account.guardrails.find(({ id }) => id === row?.guardrail_id);
  // A guardrail older than workspaces accepts keys of any workspace.
  return guardrail?.workspace_id === null || guardrail?.workspace_id === workspaceId ? undefined : guardrail;
}

/** Its assignments stay in the table, so pages of them get short, as was observed. */
export function removeKey(account: Account, hash: string): void {
  account.keys = account.keys.filter((key) => key.hash !== hash);
}

export type NewGuardrail = Pick<Guardrail, "name" | "workspace_id"> & OptionalFields<Guardrail>;

export function addGuardrail(state: State, account: Account, fields: NewGuardrail): Guardrail {
  const guardrail: Guardrail = {
    id: newUuid(state.random),
    ...NO_SETTINGS,
    ...definedFields(fields),
    created_at: state.clock.now(),
    updated_at: null,
  };
  account.guardrails.push(guardrail);
  return guardrail;
}

export function removeGuardrail(account: Account, id: string): void {
  account.guardrails = account.guardrails.filter((guardrail) => guardrail.id !== id);
  removeKeyAssignments(account, (row) => row.guardrail_id === id);
  account.memberAssignments = account.memberAssignments.filter((row) => row.guardrail_id !== id);
}

/** A key has at most one guardrail, so assigning moves it. */
export function assignKey(state: State, account: Account, guardrailId: string, keyHash: string): void {
  removeKeyAssignments(account, (row) => row.key_hash === keyHash);
  account.keyAssignments.push({
    id: newUuid(state.random),
    guardrail_id: guardrailId,
    key_hash: keyHash,
    assigned_by: account.owner_user_id,
    created_at: state.clock.now(),
  });
}

export function removeKeyAssignments(account: Account, isRemoved: (row: KeyAssignment) => boolean): void {
  account.keyAssignments = account.keyAssignments.filter((row) => !isRemoved(row));
}

/** A member has at most one guardrail in a workspace, so assigning moves it from the others of that workspace. */
export function assignMember(state: State, account: Account, guardrail: Guardrail, userId: string): void {
  const sameWorkspace = new Set(
    account.guardrails.filter((each) => each.workspace_id === guardrail.workspace_id).map((each) => each.id),
  );
  removeMemberAssignments(account, (row) => row.user_id === userId && sameWorkspace.has(row.guardrail_id));
  account.memberAssignments.push({
    id: newUuid(state.random),
    guardrail_id: guardrail.id,
    user_id: userId,
    assigned_by: account.owner_user_id,
    created_at: state.clock.now(),
  });
}

export function removeMemberAssignments(account: Account, isRemoved: (row: MemberAssignment) => boolean): void {
  account.memberAssignments = account.memberAssignments.filter((row) => !isRemoved(row));
}
