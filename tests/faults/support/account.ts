/** An account of two stacks, with others' objects in it, and a second account beside it. */
import { isDeepStrictEqual } from "node:util";
import type { SimulatedAccount, Simulator } from "../../../testing/simulator/index";
import { addBystanders } from "./bystanders";
import { type Bystanders, isNamed, leftBehind, present } from "./convergence";
import { type Declaration, InProcessStack } from "./inProcessStack";
import type { Drift, Place } from "./randomHistory";

/** A stack, and what is known of it besides its state. */
export interface Actor {
  stack: InProcessStack;
  declaration: Declaration;
  /** The account has changed since the stack last read it as a whole. */
  hasDrifted: boolean;
  /** A key of somebody that a set of the stack may list. */
  theirs: string;
  member: string;
}

export interface World {
  simulator: Simulator;
  other: SimulatedAccount;
  second: string;
  actors: [Actor, Actor];
  /** Ids of what no stack has made, or of what a killed run has left. */
  outside: Set<string>;
  /** All that was printed. */
  said: string[];
}

export function worldOf(simulator: Simulator): World {
  addBystanders(simulator, ["k", "g"]);
  const other = simulator.addAccount();
  other.dashboard.createKey({ name: "acme/test/k" });
  const second = simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
  const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
  const actor = (name: string): Actor => ({
    stack: new InProcessStack(env, name),
    declaration: {},
    hasDrifted: false,
    theirs: simulator.dashboard.createKey({ name: "somebody's" }).key.hash,
    member: simulator.dashboard.addMember({ email: `${name}@example.com` }).id,
  });
  const actors: World["actors"] = [actor("test"), actor("prod")];
  const { keys, guardrails } = present(simulator);
  return { simulator, other, second, actors, outside: new Set([...keys, ...guardrails]), said: [] };
}

/** The program with the ids that the account has. */
export function placed(world: World, actor: Actor, declaration: Declaration): Declaration {
  const idAt = (place: Place) => {
    if (place === "adoptable key") return adoptable(world, actor);
    if (place === "another's key") return actor.theirs;
    if (place === "member") return actor.member;
    return place === "first workspace" ? world.simulator.account.default_workspace_id : world.second;
  };
  const text = JSON.stringify(declaration);
  return JSON.parse(text, (_name, value) => (value?.place ? idAt(value.place) : value));
}

/** What the stack has adopted, or somebody's key that it may adopt. */
function adoptable({ simulator, outside }: World, { stack }: Actor): string {
  const adopted = stack.resource("p");
  if (adopted) return adopted.id;
  const { hash } = simulator.dashboard.createKey({ name: "theirs" }).key;
  outside.add(hash);
  return hash;
}

/** What is in the account and neither made by the stack nor left behind by any. */
export function othersOf({ simulator, actors, outside }: World, { stack }: Actor): Bystanders {
  const states = actors.filter((each) => each.stack !== stack).flatMap((each) => each.stack.state.map(({ id }) => id));
  const known = new Set([...outside, ...states]);
  const { keys, guardrails, pairs } = present(simulator);
  const isKnown = (id: string) => known.has(id);
  // Whatever is assigned to their guardrails.
  const isTheirs = (pair: string) => isKnown(pair.slice(0, pair.indexOf("/")));
  return { keys: keys.filter(isKnown), guardrails: guardrails.filter(isKnown), pairs: pairs.filter(isTheirs) };
}

/** Notes what the stack has no business with, and tells which of it has changed since. */
export function watch(world: World, actor: Actor): () => string[] {
  const { simulator, other, said } = world;
  const { keys, guardrails } = leftBehind(simulator, actor.stack, othersOf(world, actor));
  const named = [
    ...keys.filter(({ hash, created_at }) => isNamed(hash, created_at, said)).map(({ hash }) => hash),
    ...guardrails.filter(({ id, created_at }) => isNamed(id, created_at, said)).map(({ id }) => id),
  ];
  const adopted = Object.values(actor.declaration).map(({ args }) => args?.adopt);
  const own = new Set<unknown>([...actor.stack.state.map(({ id }) => id), ...adopted, ...named]);
  const before = rowsOf(simulator).filter(({ id }) => !own.has(id));
  const elsewhere = rowsOf(other);
  return () => {
    const now = rowsOf(simulator);
    const touched = before.filter((row) => !now.some((each) => isDeepStrictEqual(each, row)));
    const problems = touched.map(({ row }) => `${row.name} is not the stack's and was touched`);
    return isDeepStrictEqual(rowsOf(other), elsewhere) ? problems : [...problems, "the other account was touched"];
  };
}

function rowsOf({ account: { keys, guardrails } }: SimulatedAccount) {
  const rows = [...keys.map((row) => ({ id: row.hash, row })), ...guardrails.map((row) => ({ id: row.id, row }))];
  return structuredClone(rows);
}

/** Somebody else's doing. */
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
    // Only one whose workspace the program says: a replacement of another one is refused until it does.
    if (placedKey && what === "move a key") dashboard.updateKey(placedKey, { workspace_id: second });
    if (guardrail && what === "change a guardrail") dashboard.updateGuardrail(guardrail, { description: "theirs" });
    if (guardrail && what === "assign another's key") dashboard.assign(guardrail, { keys: [theirs] });
    const own = stack.resource(["k", "m"][at % 2] ?? "")?.id;
    const [assignedTo, other] = at < 2 ? ["g", "h"] : ["h", "g"];
    const [to, from] = [stack.resource(assignedTo)?.id, stack.resource(other)?.id];
    if (own && to && what === "assign a key") dashboard.assign(to, { keys: [own] });
    if (own && from && what === "take a key away") dashboard.unassign(from, { keys: [own] });
  } catch {
    // It is gone already.
  }
}
