/** Every operation of a set of assignments: the program before, and the program after. */
import type { Declaration, InProcessStack } from "./inProcessStack";
import type { Scenario, World } from "./scenarios";

const key = (args: Record<string, unknown> = {}) => ({ kind: "InferenceKey", args }) as const;
const set = (guardrail: string, keys: string[], args: Record<string, unknown> = {}) =>
  ({
    kind: "GuardrailAssignments",
    args: { guardrailId: { idOf: guardrail }, keyHashes: keys.map((name) => ({ idOf: name })), ...args },
  }) as const;
const pair = (guardrail: string, name: string) =>
  ({ kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: guardrail }, keyHash: { idOf: name } } }) as const;

/** Two guardrails, three keys, and assignments. */
const with3 = (assignments: Declaration): Declaration => ({
  g: { kind: "Guardrail" },
  h: { kind: "Guardrail" },
  k: key(),
  l: key(),
  m: key(),
  ...assignments,
});
const members = (assignees: (world: World) => string[]) => (world: World) =>
  with3({ s: set("g", ["k"], { userIds: assignees(world) }) });
const noMember = members(() => []);
const oneMember = members(({ member }) => [member]);

/** Assigns an unmanaged key, earlier than the longest lag of a read. */
function assignInDashboard({ simulator: { dashboard, clock }, adoptable }: World, stack: InProcessStack): void {
  dashboard.assign(stack.resource("g")?.id ?? "", { keys: [adoptable.key] });
  clock.advance(2 * 60_000);
}

/** The same, and removes a key of the set. */
function changeInDashboard(world: World, stack: InProcessStack): void {
  world.simulator.dashboard.unassign(stack.resource("g")?.id ?? "", { keys: [stack.resource("k")?.id ?? ""] });
  assignInDashboard(world, stack);
}

const rotated = (round: string, keys: string[]): Declaration => ({
  g: { kind: "Guardrail" },
  k: key(),
  l: key({ keepers: { round } }),
  s: set("g", keys),
});

export const setScenarios: Record<string, Scenario> = {
  "create a set": { before: with3({}), after: with3({ s: set("g", ["k", "l"]) }), keepsIds: true },
  "create a set with all of it": { before: {}, after: with3({ s: set("g", ["k", "l"]) }) },
  "create a set that is not exclusive": {
    before: with3({}),
    after: with3({ s: set("g", ["k", "l"], { exclusive: false }) }),
    keepsIds: true,
  },
  "create a set where others are assigned": {
    before: with3({}),
    after: with3({ s: set("g", ["k", "l"]) }),
    meanwhile: assignInDashboard,
    keepsIds: true,
  },
  "update a set": {
    before: with3({ s: set("g", ["k", "l"]) }),
    after: with3({ s: set("g", ["l", "m"]) }),
    keepsIds: true,
  },
  "update a set that is not exclusive": {
    before: with3({ s: set("g", ["k", "l"], { exclusive: false }) }),
    after: with3({ s: set("g", ["l", "m"], { exclusive: false }) }),
    keepsIds: true,
  },
  "make a set exclusive": {
    before: with3({ s: set("g", ["k", "l"], { exclusive: false }) }),
    after: with3({ s: set("g", ["l", "m"]) }),
    meanwhile: assignInDashboard,
    keepsIds: true,
  },
  "update a set that has drifted": {
    before: with3({ s: set("g", ["k", "l"]) }),
    after: with3({ s: set("g", ["k", "l"]) }),
    meanwhile: changeInDashboard,
    operation: "up with refresh",
    keepsIds: true,
  },
  "replace a set": {
    before: with3({ s: set("g", ["k", "l"]) }),
    after: with3({ s: set("h", ["k", "l"]) }),
    removesNothing: true,
  },
  "read a set": {
    before: with3({ s: set("g", ["k", "l"]) }),
    after: with3({ s: set("g", ["k", "l"]) }),
    operation: "refresh",
    keepsIds: true,
  },
  "delete a set": { before: with3({ s: set("g", ["k", "l"]) }), after: with3({}), keepsIds: true },
  "assign members in a set": { before: noMember, after: oneMember, keepsIds: true },
  "read members of a set": { before: oneMember, after: oneMember, operation: "refresh", keepsIds: true },
  "remove members from a set": { before: oneMember, after: noMember, keepsIds: true },
  "delete a set with members": { before: oneMember, after: with3({}), keepsIds: true },
  "move a key between sets": {
    before: with3({ gaining: set("h", ["m"]), losing: set("g", ["k", "l"]) }),
    after: with3({ gaining: set("h", ["l", "m"]), losing: set("g", ["k"]) }),
    keepsIds: true,
    removesNothing: true,
  },
  "replace pairs by a set": {
    before: with3({ a: pair("g", "k"), b: pair("g", "l") }),
    after: with3({ s: set("g", ["k", "l"]) }),
    removesNothing: true,
  },
  "replace a set by pairs": {
    before: with3({ s: set("g", ["k", "l"]) }),
    after: with3({ a: pair("g", "k"), b: pair("g", "l") }),
    removesNothing: true,
  },
  "replace a key of a set": {
    before: rotated("1", ["k", "l"]),
    after: rotated("2", ["k", "l"]),
    removesNothing: true,
  },
  "delete a key of a set": {
    before: with3({ s: set("g", ["k", "l"]) }),
    after: { g: { kind: "Guardrail" }, h: { kind: "Guardrail" }, k: key(), m: key(), s: set("g", ["k"]) },
    keepsIds: true,
    removesNothing: true,
  },
  "destroy a set with all": { before: with3({ s: set("g", ["k", "l"]) }), after: {}, operation: "destroy" },
};
