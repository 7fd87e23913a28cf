/** Runs a history on two stacks of one account, and returns the first problems. */
import { isDeepStrictEqual } from "node:util";
import { type SimulatorOptions, startSimulator } from "../../../testing/simulator/index";
import { type Actor, drift, othersOf, placed, type World, watch, worldOf } from "./account";
import {
  isReported,
  orphansIn,
  problemsOfAttempts,
  problemsOfDestroy,
  problemsOfOrphans,
  problemsOfSecrets,
  problemsOfState,
  removeOrphans,
} from "./convergence";
import { watchGuards } from "./guards";
import { type Declaration, defaultName, type OperationOptions, type Outcome } from "./inProcessStack";
import type { Event } from "./randomHistory";
import { waits } from "./shortWaits";

type Operation = Exclude<Event, { event: "drift" }>;

/** Only waits advance the clock, so that a history does not depend on the speed of the machine. */
export async function run(history: readonly Event[], options: SimulatorOptions = {}): Promise<string[]> {
  const simulator = await startSimulator({ ...options, now: new Date() });
  try {
    return await waits.clock.run(simulator.clock, () => runAll(worldOf(simulator), history));
  } finally {
    await simulator.close();
  }
}

async function runAll(world: World, history: readonly Event[]): Promise<string[]> {
  for (const [at, event] of history.entries()) {
    const actor = world.actors[event.stack ?? 0];
    const problems = await runEvent(world, actor, event, history[at + 1]);
    if (problems.length > 0) return problems.map((problem) => `after event ${at + 1}: ${problem}`);
  }
  const problems: string[] = [];
  for (const actor of world.actors) problems.push(...(await destroyAll(world, actor)));
  return problems;
}

async function runEvent(world: World, actor: Actor, event: Event, next: Event | undefined): Promise<string[]> {
  if (event.event === "drift") {
    drift(world, actor, event.what, event.at);
    actor.hasDrifted = true;
    return [];
  }
  if (event.event === "up") actor.declaration = placed(world, actor, event.declaration);
  const { simulator, printed } = world;
  const changedOthers = watch(world, actor);
  const { outcome, problems } = await operate(world, actor, event);
  if (outcome.killed) problems.push(...(await recoverFromKill(world, actor)));
  else if (!changesAgainFirst(world, outcome, event, next)) problems.push(...(await recover(world, actor)));
  const orphans = problemsOfOrphans(simulator, actor.stack, othersOf(world, actor), printed);
  return [...problems, ...changedOthers(), ...orphans, ...problemsOfSecrets(printed)];
}

/** A program may change again before it has converged, or before the API shows that it has. That must do no harm. */
function changesAgainFirst({ simulator }: World, { ok }: Outcome, event: Event, next: Event | undefined): boolean {
  if (next === undefined || next.event === "drift" || next.stack !== event.stack) return false;
  return simulator.switches.visibleAfterMs > 0 || (!ok && next.event === "up");
}

async function operate(world: World, actor: Actor, event: Operation) {
  const { simulator, printed } = world;
  const { stack } = actor;
  for (const fault of event.faults) simulator.faults.add(fault);
  simulator.clearRequests();
  const ids = idsOf(actor);
  const declaration =
    event.event === "up" && event.adoptTwice ? withSecondAdoption(actor.declaration) : actor.declaration;
  const refresh = event.event === "refresh" || event.refresh;
  const options = { kill: event.kill, ...(event.otherAccount && inOtherAccount(world, actor, declaration)) };
  const unguarded = watchGuards(simulator, stack);
  const outcome =
    event.event === "up" ? await stack.up(declaration, { refresh, ...options }) : await stack.refresh(options);
  simulator.faults.clear();
  printed.push(...outcome.printed);
  const problems = [...problemsOfAttempts(simulator), ...unguarded(declaration)];
  if (outcome.ok && declaration !== actor.declaration) problems.push("two resources adopt one key");
  if (event.otherAccount && !isDeepStrictEqual(ids, idsOf(actor)))
    problems.push("a run with a different account changes the state");
  if (outcome.ok && refresh) actor.hasDrifted = false;
  return { outcome, problems };
}

function idsOf({ stack }: Actor): string[] {
  return stack.state.map(({ name, id }) => `${name} ${id}`);
}

function withSecondAdoption(declaration: Declaration): Declaration {
  return declaration.p ? { ...declaration, q: declaration.p } : declaration;
}

/** Adds a pin if the process would create an object before it sees one of the state. */
function inOtherAccount({ simulator, other }: World, { stack }: Actor, declaration: Declaration): OperationOptions {
  const [first] = Object.keys(declaration);
  const seesStateFirst = first === undefined || stack.resource(first) !== undefined;
  const pin = { "openrouter:account": simulator.account.organization_id ?? "" };
  return { env: { OPENROUTER_MANAGEMENT_KEY: other.managementKey }, config: seesStateFirst ? {} : pin };
}

async function recover({ simulator, printed }: World, actor: Actor): Promise<string[]> {
  const { clock, switches } = simulator;
  const lag = switches.visibleAfterMs;
  clock.advance(lag);
  const unguarded = watchGuards(simulator, actor.stack);
  const outcome = await actor.stack.up(actor.declaration, { refresh: actor.hasDrifted || lag > 0 });
  clock.advance(lag);
  actor.hasDrifted = false;
  printed.push(...outcome.printed);
  const problems = outcome.ok ? [] : [`up fails: ${outcome.printed[0]}`];
  return [
    ...problems,
    ...unguarded(actor.declaration),
    ...(await problemsOfState(simulator, actor.stack, actor.declaration)),
  ];
}

/** Longer than the precision of the server's clock. No run is restarted within this time. */
const RESTART_MS = 3_000;

/** The orphans of a killed run are in no state. Those with a default name must be reported, and all must stay unchanged. */
async function recoverFromKill(world: World, actor: Actor): Promise<string[]> {
  const { simulator, outside, printed } = world;
  const { declaration, stack } = actor;
  simulator.clock.advance(RESTART_MS);
  actor.hasDrifted = true;
  const { keys, guardrails } = orphansIn(simulator, stack, othersOf(world, actor));
  const orphans = [...keys.map(({ hash, ...row }) => ({ ...row, id: hash })), ...guardrails];
  const problems = await recover(world, actor);
  const names = Object.keys(declaration).filter((name) => !declaration[name]?.args?.name);
  const defaultNames = new Set(names.map((name) => defaultName(name, stack.name)));
  const unreported = orphans.filter(
    ({ id, name, created_at }) => defaultNames.has(name) && !isReported(id, created_at, printed),
  );
  for (const { id } of orphans) outside.add(id);
  return [...problems, ...unreported.map(({ name }) => `${name}, an orphan of a killed run, is not reported`)];
}

async function destroyAll(world: World, actor: Actor): Promise<string[]> {
  const { simulator } = world;
  simulator.clock.advance(simulator.switches.visibleAfterMs);
  // Drift after the last event is in no state yet.
  await actor.stack.refresh();
  removeOrphans(simulator, actor.stack, othersOf(world, actor));
  const changedOthers = watch(world, actor);
  const problems = await problemsOfDestroy(simulator, actor.stack, othersOf(world, actor));
  return [...problems, ...changedOthers()];
}
