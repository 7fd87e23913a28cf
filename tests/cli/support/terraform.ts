/** Terraform states of an account, as the providers of OpenRouter write them: the attributes that matter, and some others. */
import type { Simulator } from "../../../testing/simulator/index";

export type StateSource = "OpenRouterTeam" | "cloudopsworks" | "OneNoted" | "standujar";

interface Instance {
  attributes?: object;
  index_key?: string | number;
  deposed?: string;
  status?: string;
}

interface StateResource {
  module?: string;
  mode?: "managed" | "data";
  type: string;
  name: string;
  provider?: string;
  instances: Instance[];
}

export function stateText(resources: readonly StateResource[]): string {
  const { instances: _, ...defaults } = { mode: "managed", provider: providerOf("OpenRouterTeam"), instances: [] };
  const complete = resources.map((resource) => ({ ...defaults, ...resource }));
  const head = { version: 4, terraform_version: "1.9.8", serial: 7, lineage: "0c5f2c0e-8d0a-4c39-bb0e-2a0e1ad5a111" };
  return `${JSON.stringify({ ...head, outputs: {}, resources: complete, check_results: null }, null, 2)}\n`;
}

function providerOf(source: StateSource): string {
  const namespace = source === "OneNoted" ? "openrouter" : source.toLowerCase();
  return `provider["registry.terraform.io/${namespace}/openrouter"]`;
}

interface LiveKey {
  hash: string;
  name: string;
  secret: string;
}

/** The attributes of a key, as each provider names them. */
const KEY_ATTRIBUTES: Readonly<Record<StateSource, (key: LiveKey) => object>> = {
  OpenRouterTeam: ({ hash, name, secret }) => ({
    ...{ hash, name, key: secret, limit: null, limit_reset: null, disabled: false },
    ...{ include_byok_in_limit: false, usage: 0, byok_usage: 0, label: "sk-or-v1-...", workspace_id: null },
  }),
  cloudopsworks: ({ hash, name, secret }) => ({ id: hash, name, key: secret, limit: null, usage: 0 }),
  // It drops the key.
  OneNoted: ({ hash, name }) => ({ id: hash, hash, name, limit: null, usage: 0 }),
  standujar: ({ hash, name, secret }) => ({
    ...{ id: hash, name, key: secret, limit: null, limit_minutes: null, is_disabled: false, usage: 0 },
  }),
};

/** A resource of one key or, if `index_key` is given, of an instance of several. */
export function keyResource(
  source: StateSource,
  name: string,
  key: LiveKey,
  { module, ...instance }: Instance & { module?: string } = {},
): StateResource {
  return {
    ...(module === undefined ? {} : { module }),
    ...{ type: "openrouter_api_key", name, provider: providerOf(source) },
    instances: [{ attributes: KEY_ATTRIBUTES[source](key), ...instance }],
  };
}

export function resource(type: string, name: string, attributes: object): StateResource {
  return { type, name, instances: [{ attributes }] };
}

export interface TerraformAccount {
  /** The state of everything that Terraform manages. */
  state: string;
  keys: Readonly<Record<"ci" | "web" | "worker", LiveKey>>;
  guardrails: Readonly<Record<"budget" | "workspace", string>>;
  member: string;
}

/** An account that Terraform has filled, in two workspaces, with a key in a module and one of a `for_each`. */
export function fillByTerraform({ dashboard, account }: Simulator): TerraformAccount {
  const workspaceId = dashboard.addWorkspace({ name: "Team A", slug: "team-a" }).id;
  const member = dashboard.addMember({ email: "ada@example.com" }, [workspaceId]).id;
  const create = (name: string, fields: object): LiveKey => {
    const { key, secret } = dashboard.createKey({ name, ...fields });
    return { hash: key.hash, name, secret };
  };
  const keys = {
    ci: create("CI of team A", { workspace_id: workspaceId, limit: 25, limit_reset: "monthly" }),
    web: create("web", { expires_at: new Date("2099-01-01T00:00:00Z"), creator_user_id: member }),
    worker: create("worker", { disabled: true }),
  };
  create("made in the dashboard", {});
  const budget = dashboard.createGuardrail({
    ...{ name: "budget", workspace_id: workspaceId, limit_usd: 5, reset_interval: "daily" },
    ...{ allowed_models: ["openai/gpt-4o-mini"], enforce_zdr_openai: true },
  }).id;
  dashboard.createGuardrail({ name: "made in the dashboard" });
  const [workspace] = account.workspaces;
  const id = workspace?.default_guardrail_id;
  dashboard.createGuardrail({ id, name: `Workspace ${workspace?.id} Default`, allowed_providers: ["openai"] });
  dashboard.assign(budget, { keys: [keys.ci.hash], members: [member] });
  const state = stateText([
    { ...resource("openrouter_models", "all", { id: "all" }), mode: "data" },
    keyResource("OpenRouterTeam", "ci", keys.ci),
    keyResource("OpenRouterTeam", "this", keys.web, { module: 'module.apps["web"]' }),
    keyResource("OpenRouterTeam", "pool", keys.worker, { index_key: "worker/1", status: "tainted" }),
    resource("openrouter_guardrail", "budget", { id: budget, name: "budget" }),
    resource("openrouter_workspace_default_guardrail", "main", { id, workspace_id: workspace?.id }),
    resource("openrouter_guardrail_key_assignment", "ci", {
      ...{ id: `${budget}/${keys.ci.hash}`, guardrail_id: budget, key_hash: keys.ci.hash },
    }),
    resource("openrouter_guardrail_member_assignment", "ada", {
      ...{ id: `${workspaceId}/${budget}/${member}`, workspace_id: workspaceId, guardrail_id: budget, user_id: member },
    }),
    resource("openrouter_workspace", "team_a", { id: workspaceId, name: "Team A" }),
    resource("aws_s3_bucket", "logs", { id: "logs" }),
  ]);
  return { state, keys, guardrails: { budget, workspace: id ?? "" }, member };
}
