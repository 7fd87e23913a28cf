/** Lets a history happen to two stacks of one account, and tells what is wrong at any time after it. */
import { isDeepStrictEqual } from "node:util";
import { type SimulatorOptions, startSimulator } from "../../../testing/simulator/index";
import { type Actor, drift, othersOf, placed, type World, watch, worldOf } from "./account";
import {
  isNamed,
  leftBehind,
  problemsOfAttempts,
  problemsOfDestroy,
  problemsOfLeftovers,
  problemsOfSecrets,
  problemsOfState,
  removeLeftovers,
} from "./convergence";
import { watchGuards } from "./guards";
import { type Declaration, defaultName, type OperationOptions, type Outcome } from "./inProcessStack";
import type { Event } from "./randomHistory";
import { waits } from "./shortWaits";

type Operation = Exclude<Event, { event: "drift" }>;

/** Time passes only by waits, so that a history is the same one on a slow machine. */
export async function run(history: readonly Event[], options: SimulatorOptions = {}): Promise<string[]> {
  const simulator = await startSimulator({ ...options, now: new Date() });
  try {
    return await waits.clock.run(simulator.clock, () => happen(worldOf(simulator), history));
  } finally {
    await simulator.close();
  }
}

async function happen(world: World, history: readonly Event[]): Promise<string[]> {
  for (const [at, event] of history.entries()) {
    const actor = world.actors[event.stack ?? 0];
    const problems = await happens(world, actor, event, history[at + 1]);
    if (problems.length > 0) return problems.map((problem) => `after event ${at + 1}: ${problem}`);
  }
  const problems: string[] = [];
  for (const actor of world.actors) problems.push(...(await end(world, actor)));
  return problems;
}

async function happens(world: World, actor: Actor, event: Event, next: Event | undefined): Promise<string[]> {
  if (event.event === "drift") {
    drift(world, actor, event.what, event.at);
    actor.hasDrifted = true;
    return [];
  }
  if (event.event === "up") actor.declaration = placed(world, actor, event.declaration);
  const { simulator, said } = world;
  const touched = watch(world, actor);
  const { outcome, problems } = await operate(world, actor, event);
  if (outcome.killed) problems.push(...(await recoverFromKill(world, actor)));
  else if (!isInterrupted(world, outcome, event, next)) problems.push(...(await recover(world, actor)));
  const lost = problemsOfLeftovers(simulator, actor.stack, othersOf(world, actor), said);
  return [...problems, ...touched(), ...lost, ...problemsOfSecrets(said)];
}

/** A program may change again before it is brought to its end, or before that can be seen, and that must do no harm. */
function isInterrupted({ simulator }: World, { ok }: Outcome, event: Event, next: Event | undefined): boolean {
  if (next === undefined || next.event === "drift" || next.stack !== event.stack) return false;
  return simulator.switches.visibleAfterMs > 0 || (!ok && next.event === "up");
}

async function operate(world: World, actor: Actor, event: Operation) {
  const { simulator, said } = world;
  const { stack } = actor;
  for (const fault of event.faults) simulator.faults.add(fault);
  simulator.clearRequests();
  const ids = idsOf(actor);
  const declaration = event.event === "up" && event.adoptTwice ? withTwin(actor.declaration) : actor.declaration;
  const refresh = event.event === "refresh" || event.refresh;
  const options = { kill: event.kill, ...(event.otherAccount && elsewhere(world, actor, declaration)) };
  const bare = watchGuards(simulator, stack);
  const outcome =
    event.event === "up" ? await stack.up(declaration, { refresh, ...options }) : await stack.refresh(options);
  simulator.faults.clear();
  said.push(...outcome.said);
  const problems = [...problemsOfAttempts(simulator), ...bare(declaration)];
  if (outcome.ok && declaration !== actor.declaration) problems.push("two resources adopt one key");
  if (event.otherAccount && !isDeepStrictEqual(ids, idsOf(actor))) problems.push("another account changes the state");
  if (outcome.ok && refresh) actor.hasDrifted = false;
  return { outcome, problems };
}

function idsOf({ stack }: Actor): string[] {
  return stack.state.map(({ name, id }) => `${name} ${id}`);
}

function withTwin(declaration: Declaration): Declaration {
  return declaration.p ? { ...declaration, q: declaration.p } : declaration;
}

/** With a pin where the process would create something before it meets what is in the state. */
function elsewhere({ simulator, other }: World, { stack }: Actor, declaration: Declaration): OperationOptions {
  const [first] = Object.keys(declaration);
  const meets = first === undefined || stack.resource(first) !== undefined;
  const pin = { "openrouter:account": simulator.account.organization_id ?? "" };
  return { env: { OPENROUTER_MANAGEMENT_KEY: other.managementKey }, config: meets ? {} : pin };
}

async function recover({ simulator, said }: World, actor: Actor): Promise<string[]> {
  const { clock, switches } = simulator;
  const lag = switches.visibleAfterMs;
  clock.advance(lag);
  const bare = watchGuards(simulator, actor.stack);
  const outcome = await actor.stack.up(actor.declaration, { refresh: actor.hasDrifted || lag > 0 });
  clock.advance(lag);
  actor.hasDrifted = false;
  said.push(...outcome.said);
  const problems = outcome.ok ? [] : [`up fails: ${outcome.said[0]}`];
  return [
    ...problems,
    ...bare(actor.declaration),
    ...(await problemsOfState(simulator, actor.stack, actor.declaration)),
  ];
}

/** Longer than the grain of the server's clock: nobody starts a run again within it. */
const RESTART_MS = 3_000;

/** What a killed run has created is in no state: of a default name it is told, and it stays as it is. */
async function recoverFromKill(world: World, actor: Actor): Promise<string[]> {
  const { simulator, outside, said } = world;
  const { declaration, stack } = actor;
  simulator.clock.advance(RESTART_MS);
  actor.hasDrifted = true;
  const { keys, guardrails } = leftBehind(simulator, stack, othersOf(world, actor));
  const left = [...keys.map(({ hash, ...row }) => ({ ...row, id: hash })), ...guardrails];
  const problems = await recover(world, actor);
  const names = Object.keys(declaration).filter((name) => !declaration[name]?.args?.name);
  const byDefault = new Set(names.map((name) => defaultName(name, stack.name)));
  const untold = left.filter(({ id, name, created_at }) => byDefault.has(name) && !isNamed(id, created_at, said));
  for (const { id } of left) outside.add(id);
  return [...problems, ...untold.map(({ name }) => `${name}, which a killed run has left, is not named`)];
}

async function end(world: World, actor: Actor): Promise<string[]> {
  const { simulator } = world;
  simulator.clock.advance(simulator.switches.visibleAfterMs);
  // A drift after the last event is nobody's business yet.
  await actor.stack.refresh();
  removeLeftovers(simulator, actor.stack, othersOf(world, actor));
  const touched = watch(world, actor);
  const problems = await problemsOfDestroy(simulator, actor.stack, othersOf(world, actor));
  return [...problems, ...touched()];
}
