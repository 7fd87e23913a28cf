/** An account with two stacks and unmanaged objects, and a second account. */
import { isDeepStrictEqual } from "node:util";
import type { SimulatedAccount, Simulator } from "../../../testing/simulator/index";
import { isReported, orphansIn, present, type Unmanaged } from "./convergence";
import { type Declaration, InProcessStack } from "./inProcessStack";
import type { Drift, Place } from "./randomHistory";
import { addUnmanaged } from "./unmanaged";

/** A stack with its current program. */
export interface Actor {
  stack: InProcessStack;
  declaration: Declaration;
  /** The account has changed since the last complete refresh of the stack. */
  hasDrifted: boolean;
  /** An unmanaged key that a set of the stack may list. */
  theirs: string;
  member: string;
}

export interface World {
  simulator: Simulator;
  other: SimulatedAccount;
  second: string;
  actors: [Actor, Actor];
  /** Ids of objects that no stack created, and of orphans of killed runs. */
  outside: Set<string>;
  /** Everything printed so far. */
  printed: string[];
}

export function worldOf(simulator: Simulator): World {
  addUnmanaged(simulator, ["k", "g"]);
  const other = simulator.addAccount();
  other.dashboard.createKey({ name: "acme/test/k" });
  const second = simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
  const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
  const actor = (name: string): Actor => ({
    stack: new InProcessStack(env, name),
    declaration: {},
    hasDrifted: false,
    theirs: simulator.dashboard.createKey({ name: "foreign" }).key.hash,
    member: simulator.dashboard.addMember({ email: `${name}@example.com` }).id,
  });
  const actors: World["actors"] = [actor("test"), actor("prod")];
  const { keys, guardrails } = present(simulator);
  return { simulator, other, second, actors, outside: new Set([...keys, ...guardrails]), printed: [] };
}

/** The program with its places replaced by ids of the account. */
export function placed(world: World, actor: Actor, declaration: Declaration): Declaration {
  const idAt = (place: Place) => {
    if (place === "adoptable key") return adoptable(world, actor);
    if (place === "foreign key") return actor.theirs;
    if (place === "member") return actor.member;
    return place === "first workspace" ? world.simulator.account.default_workspace_id : world.second;
  };
  return JSON.parse(JSON.stringify(declaration), (_name, value) => (value?.place ? idAt(value.place) : value));
}

/** The key that the stack has adopted, or a new unmanaged one. */
function adoptable({ simulator, outside }: World, { stack }: Actor): string {
  const adopted = stack.resource("p");
  if (adopted) return adopted.id;
  const { hash } = simulator.dashboard.createKey({ name: "theirs" }).key;
  outside.add(hash);
  return hash;
}

/** Objects outside this stack: unmanaged ones, known orphans of killed runs, and those of the other stack. */
export function othersOf({ simulator, actors, outside }: World, { stack }: Actor): Unmanaged {
  const states = actors.filter((each) => each.stack !== stack).flatMap((each) => each.stack.state.map(({ id }) => id));
  const known = new Set([...outside, ...states]);
  const { keys, guardrails, pairs } = present(simulator);
  const isKnown = (id: string) => known.has(id);
  // Every assignment of an unmanaged guardrail counts, also of a managed key.
  const isTheirs = (pair: string) => isKnown(pair.slice(0, pair.indexOf("/")));
  return { keys: keys.filter(isKnown), guardrails: guardrails.filter(isKnown), pairs: pairs.filter(isTheirs) };
}

/** Returns a function that lists changes since now to objects that the stack must not touch. */
export function watch(world: World, actor: Actor): () => string[] {
  const { simulator, other, printed } = world;
  const { keys, guardrails } = orphansIn(simulator, actor.stack, othersOf(world, actor));
  const reported = [
    ...keys.filter(({ hash, created_at }) => isReported(hash, created_at, printed)).map(({ hash }) => hash),
    ...guardrails.filter(({ id, created_at }) => isReported(id, created_at, printed)).map(({ id }) => id),
  ];
  const adopted = Object.values(actor.declaration).map(({ args }) => args?.adopt);
  const own = new Set<unknown>([...actor.stack.state.map(({ id }) => id), ...adopted, ...reported]);
  const before = rowsOf(simulator).filter(({ id }) => !own.has(id));
  const otherBefore = rowsOf(other);
  return () => {
    const now = rowsOf(simulator);
    const touched = before.filter((row) => !now.some((each) => isDeepStrictEqual(each, row)));
    const problems = touched.map(({ row }) => `${row.name} is not managed by this stack and was changed`);
    return isDeepStrictEqual(rowsOf(other), otherBefore) ? problems : [...problems, "the other account was changed"];
  };
}

function rowsOf({ account: { keys, guardrails } }: SimulatedAccount) {
  const rows = [...keys.map((row) => ({ id: row.hash, row })), ...guardrails.map((row) => ({ id: row.id, row }))];
  return structuredClone(rows);
}

/** Changes an object in the dashboard. */
export function drift(world: World, actor: Actor, what: Drift, at: number): void {
  const { dashboard } = world.simulator;
  const { second } = world;
  const { stack, theirs } = actor;
  const idOf = (kind: string) =>
    stack.state.filter(({ inputs, ...each }) => each.kind === kind && !each.replaced && !inputs.adopt)[at]?.id;
  const [hash, guardrail, placedKey] = [idOf("InferenceKey"), idOf("Guardrail"), stack.resource("l")?.id];
  try {
    if (hash && what === "rename a key") dashboard.updateKey(hash, { name: "renamed" });
    if (hash && what === "limit a key") dashboard.updateKey(hash, { limit: 9 });
    if (hash && what === "delete a key") dashboard.deleteKey(hash);
    if (hash && what === "use a key") dashboard.useKey(hash, 1);
    // Only a key with a declared workspace: the provider refuses to replace any other key that was moved.
    if (placedKey && what === "move a key") dashboard.updateKey(placedKey, { workspace_id: second });
    if (guardrail && what === "change a guardrail") dashboard.updateGuardrail(guardrail, { description: "theirs" });
    if (guardrail && what === "assign a foreign key") dashboard.assign(guardrail, { keys: [theirs] });
    const own = stack.resource(["k", "m"][at % 2] ?? "")?.id;
    const [assignedTo, other] = at < 2 ? ["g", "h"] : ["h", "g"];
    const [to, from] = [stack.resource(assignedTo)?.id, stack.resource(other)?.id];
    if (own && to && what === "assign a key") dashboard.assign(to, { keys: [own] });
    if (own && from && what === "unassign a key") dashboard.unassign(from, { keys: [own] });
  } catch {
    // Already deleted.
  }
}
