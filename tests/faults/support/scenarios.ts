/** Every operation of every kind of resource: the program before, and the program after. */
import type { Simulator } from "../../../testing/simulator/index";
import type { Declaration, InProcessStack, Outcome } from "./inProcessStack";
import { setScenarios } from "./setScenarios";
import { addUnmanaged } from "./unmanaged";

/** The account of an operation. */
export interface World {
  simulator: Simulator;
  member: string;
  workspace: string;
  /** An unmanaged key and guardrail. */
  adoptable: { key: string; guardrail: string };
}

export interface Scenario {
  before: Declaration | ((world: World) => Declaration);
  after: Declaration | ((world: World) => Declaration);
  /** Changes the account in the dashboard in between. */
  meanwhile?: (world: World, stack: InProcessStack) => void;
  /** The operation with the fault. Default: an `up` of `after`. */
  operation?: "refresh" | "up with refresh" | "destroy";
  /** The response to the first create is lost as well. The fault strikes one of the calls that resolve it. */
  lostResponse?: "/keys" | "/guardrails";
  /** Resources in both programs keep their ids. */
  keepsIds?: true;
  /** No call removes an assignment, so that no key is without its guardrail in between. */
  removesNothing?: true;
}

const key = (args: Record<string, unknown> = {}) => ({ kind: "InferenceKey", args }) as const;
const guardrail = (args: Record<string, unknown> = {}) => ({ kind: "Guardrail", args }) as const;

const full = { limit: 10, limitReset: "daily", disabled: true };
const budget = { limitUsd: 5, resetInterval: "daily", allowedModels: ["openai/gpt-4.1"] };

const pair = (of: string) => ({
  g: guardrail(),
  h: guardrail(),
  k: key(),
  a: { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: of }, keyHash: { idOf: "k" } } } as const,
});
const memberPair =
  (of: string) =>
  ({ member }: World): Declaration => ({
    g: guardrail(),
    h: guardrail(),
    a: { kind: "GuardrailMemberAssignment", args: { guardrailId: { idOf: of }, userId: member } },
  });
const without = (name: string, declaration: Declaration): Declaration => {
  const { [name]: _, ...rest } = declaration;
  return rest;
};

export const scenarios: Record<string, Scenario> = {
  "create a key": { before: {}, after: { k: key(full) } },
  "create a key with a chosen name": { before: {}, after: { k: key({ name: "chosen" }) } },
  "create a key with a lost response": { before: {}, after: { k: key(full) }, lostResponse: "/keys" },
  "adopt a key": { before: {}, after: ({ adoptable }) => ({ k: key({ adopt: adoptable.key, limit: 3 }) }) },
  "update a key": { before: { k: key() }, after: { k: key(full) }, keepsIds: true },
  "update a key that has drifted": {
    before: { k: key() },
    after: { k: key(full) },
    meanwhile: ({ simulator }, stack) => {
      simulator.dashboard.updateKey(stack.resource("k")?.id ?? "", { name: "renamed" });
    },
    operation: "up with refresh",
    keepsIds: true,
  },
  "replace a key": { before: { k: key() }, after: { k: key({ keepers: { round: "2" } }) } },
  "read a key": { before: { k: key(full) }, after: { k: key(full) }, operation: "refresh", keepsIds: true },
  "read a deleted key": {
    before: { k: key() },
    after: { k: key() },
    meanwhile: ({ simulator }, stack) => {
      // A missing key counts as deleted only when it is old enough to be visible.
      simulator.clock.advance(2 * 60_000);
      simulator.dashboard.deleteKey(stack.resource("k")?.id ?? "");
    },
    operation: "up with refresh",
  },
  "delete a key": { before: { k: key(), other: key() }, after: { other: key() } },
  "delete a deleted key": {
    before: { k: key() },
    after: {},
    meanwhile: ({ simulator }, stack) => {
      // A missing key counts as deleted only when it is old enough to be visible.
      simulator.clock.advance(2 * 60_000);
      simulator.dashboard.deleteKey(stack.resource("k")?.id ?? "");
    },
  },

  "create a guardrail": { before: {}, after: { g: guardrail(budget) } },
  "create a guardrail with a chosen name": { before: {}, after: { g: guardrail({ name: "chosen" }) } },
  "create a guardrail with a lost response": {
    before: {},
    after: { g: guardrail(budget) },
    lostResponse: "/guardrails",
  },
  "adopt a guardrail": {
    before: {},
    after: ({ adoptable }) => ({ g: guardrail({ ...budget, name: "theirs", adopt: adoptable.guardrail }) }),
  },
  "update a guardrail": { before: { g: guardrail() }, after: { g: guardrail(budget) }, keepsIds: true },
  "replace a guardrail": {
    before: { g: guardrail() },
    after: ({ workspace }) => ({ g: guardrail({ workspaceId: workspace }) }),
  },
  "read a guardrail": {
    before: { g: guardrail(budget) },
    after: { g: guardrail(budget) },
    operation: "refresh",
    keepsIds: true,
  },
  "delete a guardrail": { before: { g: guardrail() }, after: {} },

  "create a key assignment": { before: without("a", pair("g")), after: pair("g"), keepsIds: true },
  "replace a key assignment": { before: pair("g"), after: pair("h") },
  "read a key assignment": { before: pair("g"), after: pair("g"), operation: "refresh", keepsIds: true },
  "delete a key assignment": { before: pair("g"), after: without("a", pair("g")), keepsIds: true },
  "create a member assignment": {
    before: (world) => without("a", memberPair("g")(world)),
    after: memberPair("g"),
    keepsIds: true,
  },
  "replace a member assignment": { before: memberPair("g"), after: memberPair("h") },
  "read a member assignment": {
    before: memberPair("g"),
    after: memberPair("g"),
    operation: "refresh",
    keepsIds: true,
  },
  "delete a member assignment": {
    before: memberPair("g"),
    after: (world) => without("a", memberPair("g")(world)),
    keepsIds: true,
  },
  "destroy all": { before: pair("g"), after: {}, operation: "destroy" },
  ...setScenarios,
};

export function worldOf(simulator: Simulator): World {
  const { dashboard } = simulator;
  const workspace = dashboard.addWorkspace({ name: "Second", slug: "second" });
  const member = dashboard.addMember({ email: "ada@example.com" }, [workspace.id]);
  addUnmanaged(simulator, ["k", "g"]);
  const adoptable = {
    key: dashboard.createKey({ name: "theirs" }).key.hash,
    guardrail: dashboard.createGuardrail({ name: "theirs" }).id,
  };
  return { simulator, member: member.id, workspace: workspace.id, adoptable };
}

export function declarationOf(declared: Scenario["after"], world: World): Declaration {
  return typeof declared === "function" ? declared(world) : declared;
}

/** Runs the operation, or its retry after a failure. */
export function operate(scenario: Scenario, stack: InProcessStack, world: World, env = {}): Promise<Outcome> {
  if (scenario.operation === "destroy") return stack.destroy({ env });
  if (scenario.operation === "refresh") return stack.refresh({ env });
  const refresh = scenario.operation === "up with refresh";
  return stack.up(declarationOf(scenario.after, world), { refresh, env });
}
