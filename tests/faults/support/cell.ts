/** One cell of the matrix: an operation with a fault at one of its calls, and its recovery. */
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../testing/simulator/index";
import {
  present,
  problemsOfAttempts,
  problemsOfDestroy,
  problemsOfLag,
  problemsOfOrphans,
  problemsOfSecrets,
  problemsOfState,
  removeOrphans,
} from "./convergence";
import { InProcessStack, type Outcome } from "./inProcessStack";
import { declarationOf, operate, type Scenario, worldOf } from "./scenarios";
import { waits } from "./shortWaits";

export interface Cell {
  title: string;
  scenario: Scenario;
  /** Adds the fault when the operation begins. */
  strike?: (simulator: Simulator) => void;
  /** Another base URL for the operation. */
  baseUrl?: (simulator: Simulator) => string;
}

export interface CellResult {
  title: string;
  problems: string[];
  /** Methods of the calls of the operation. */
  calls: string[];
}

export async function checkCell(cell: Cell, options: SimulatorOptions = {}): Promise<CellResult> {
  const simulator = await startSimulator({ ...options, ...frozenClock(options) });
  try {
    return await waits.clock.run(simulator.clock, () => runCell(simulator, cell, options));
  } finally {
    await simulator.close();
  }
}

/** With lagging reads only waits advance the clock, so that the n-th call does not depend on the machine. */
export function frozenClock({ switches }: SimulatorOptions): SimulatorOptions {
  return switches?.visibleAfterMs ? { now: new Date() } : {};
}

async function runCell(
  simulator: Simulator,
  { title, scenario, strike, baseUrl }: Cell,
  options: SimulatorOptions,
): Promise<CellResult> {
  const world = worldOf(simulator);
  const others = present(simulator);
  const stack = new InProcessStack({
    OPENROUTER_BASE_URL: simulator.url,
    OPENROUTER_MANAGEMENT_KEY: simulator.managementKey,
  });
  const setUp = await stack.up(declarationOf(scenario.before, world));
  if (!setUp.ok) return { title, problems: [`can't be set up: ${setUp.printed[0]}`], calls: [] };
  scenario.meanwhile?.(world, stack);
  const ids = new Map(stack.state.map(({ name, id }) => [name, id]));

  simulator.clearRequests();
  if (scenario.lostResponse) {
    simulator.faults.add({
      method: "POST",
      path: pathThatCreates(simulator, scenario.lostResponse),
      effect: "drop",
      when: "after commit",
    });
  }
  strike?.(simulator);
  const env = baseUrl ? { OPENROUTER_BASE_URL: baseUrl(simulator) } : {};
  const first = await operate(scenario, stack, world, env);
  const calls = simulator.requests.map(({ method }) => method);
  const problems = problemsOfAttempts(simulator);
  const expected = baseUrl ? 0 : [scenario.lostResponse, strike && !simulator.onRequest].filter(Boolean).length;
  if (simulator.faults.fired.length < expected) problems.push("the fault did not strike");
  simulator.faults.clear();
  simulator.onRequest = undefined;

  let retried = await operate(scenario, stack, world);
  const printed = [...first.printed, ...retried.printed];
  if (isNameTaken(retried) && problemsOfOrphans(simulator, stack, others, printed).length === 0) {
    removeOrphans(simulator, stack, others);
    retried = await operate(scenario, stack, world);
    printed.push(...retried.printed);
  }
  if (!retried.ok) problems.push(`does not recover: ${retried.printed[0]}`);
  if (scenario.operation === "refresh") await stack.up(declarationOf(scenario.after, world));
  if (scenario.removesNothing && simulator.requests.some(({ path }) => path.endsWith("/remove"))) {
    problems.push("an assignment is removed");
  }
  const moved = stack.state.filter(({ name, id }) => ids.has(name) && ids.get(name) !== id);
  if (scenario.keepsIds && moved.length > 0) problems.push(`${moved[0]?.name} has another id`);
  const after = scenario.operation === "destroy" ? {} : declarationOf(scenario.after, world);
  const lag = options.switches?.visibleAfterMs;
  if (lag) problems.push(...(await problemsOfLag(simulator, stack, after, lag)));
  problems.push(...(await problemsOfState(simulator, stack, after)));
  problems.push(...problemsOfOrphans(simulator, stack, others, printed), ...problemsOfSecrets(printed));
  problems.push(...(await problemsOfDestroy(simulator, stack, others)));
  return { title, problems, calls };
}

/** With unique names, the user has to delete the orphan of a lost create first, as the messages advise. */
function isNameTaken({ ok, printed }: Outcome): boolean {
  return !ok && printed.some((message) => message.includes("409: A guardrail with this name already exists"));
}

/** An API with trailing slashes redirects first: the response to lose is the second one. */
function pathThatCreates({ switches }: Simulator, path: "/keys" | "/guardrails"): string | RegExp {
  return switches.trailingSlash === "required" && path === "/keys" ? /^\/keys\/$/ : path;
}

/** Checks the given number of cells at a time, in order. */
export async function checkCells(cells: readonly Cell[], concurrency: number, options: SimulatorOptions = {}) {
  const remaining = [...cells];
  const results: CellResult[] = [];
  const work = async () => {
    for (let cell = remaining.shift(); cell; cell = remaining.shift()) results.push(await checkCell(cell, options));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}
