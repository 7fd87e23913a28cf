/** One cell of the matrix: one operation of which one call is struck, and then brought to convergence. */
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../testing/simulator/index";
import {
  present,
  problemsOfAttempts,
  problemsOfDestroy,
  problemsOfLag,
  problemsOfLeftovers,
  problemsOfSecrets,
  problemsOfState,
  removeLeftovers,
} from "./convergence";
import { InProcessStack, type Outcome } from "./inProcessStack";
import { declarationOf, operate, type Scenario, worldOf } from "./scenarios";
import { waits } from "./shortWaits";

export interface Cell {
  title: string;
  scenario: Scenario;
  /** Strikes when the operation begins. */
  strike?: (simulator: Simulator) => void;
  /** Another base URL for the operation. */
  baseUrl?: (simulator: Simulator) => string;
}

export interface Judgement {
  title: string;
  problems: string[];
  /** Calls of the operation that was struck, by their method. */
  calls: string[];
}

export async function judge(cell: Cell, options: SimulatorOptions = {}): Promise<Judgement> {
  const simulator = await startSimulator({ ...options, ...standingClock(options) });
  try {
    return await waits.clock.run(simulator.clock, () => judgeAt(simulator, cell, options));
  } finally {
    await simulator.close();
  }
}

/** Where reads lag only waits pass time, so that the n-th call is the same call on a slow machine. */
export function standingClock({ switches }: SimulatorOptions): SimulatorOptions {
  return switches?.visibleAfterMs ? { now: new Date() } : {};
}

async function judgeAt(
  simulator: Simulator,
  { title, scenario, strike, baseUrl }: Cell,
  options: SimulatorOptions,
): Promise<Judgement> {
  const world = worldOf(simulator);
  const others = present(simulator);
  const stack = new InProcessStack({
    OPENROUTER_BASE_URL: simulator.url,
    OPENROUTER_MANAGEMENT_KEY: simulator.managementKey,
  });
  const setUp = await stack.up(declarationOf(scenario.before, world));
  if (!setUp.ok) return { title, problems: [`can't be set up: ${setUp.said[0]}`], calls: [] };
  scenario.behind?.(world, stack);
  const ids = new Map(stack.state.map(({ name, id }) => [name, id]));

  simulator.clearRequests();
  if (scenario.answerLost) {
    simulator.faults.add({
      method: "POST",
      path: pathThatCreates(simulator, scenario.answerLost),
      effect: "drop",
      when: "after commit",
    });
  }
  strike?.(simulator);
  const env = baseUrl ? { OPENROUTER_BASE_URL: baseUrl(simulator) } : {};
  const first = await operate(scenario, stack, world, env);
  const calls = simulator.requests.map(({ method }) => method);
  const problems = problemsOfAttempts(simulator);
  const expected = baseUrl ? 0 : [scenario.answerLost, strike && !simulator.onRequest].filter(Boolean).length;
  if (simulator.faults.fired.length < expected) problems.push("the fault did not strike");
  simulator.faults.clear();
  simulator.onRequest = undefined;

  let again = await operate(scenario, stack, world);
  const said = [...first.said, ...again.said];
  if (isNameTaken(again) && problemsOfLeftovers(simulator, stack, others, said).length === 0) {
    removeLeftovers(simulator, stack, others);
    again = await operate(scenario, stack, world);
    said.push(...again.said);
  }
  if (!again.ok) problems.push(`does not recover: ${again.said[0]}`);
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
  problems.push(...problemsOfLeftovers(simulator, stack, others, said), ...problemsOfSecrets(said));
  problems.push(...(await problemsOfDestroy(simulator, stack, others)));
  return { title, problems, calls };
}

/** Where names are unique, the user has to remove what a lost create left before the next one, as the messages advise. */
function isNameTaken({ ok, said }: Outcome): boolean {
  return !ok && said.some((text) => text.includes("409: A guardrail with this name already exists"));
}

/** Where the API wants a slash at the end it redirects first, and the response to lose is the second. */
function pathThatCreates({ switches }: Simulator, path: "/keys" | "/guardrails"): string | RegExp {
  return switches.trailingSlash === "required" && path === "/keys" ? /^\/keys\/$/ : path;
}

/** So many at a time, in the order given. */
export async function judgeAll(cells: readonly Cell[], atATime: number, options: SimulatorOptions = {}) {
  const left = [...cells];
  const judgements: Judgement[] = [];
  const work = async () => {
    for (let cell = left.shift(); cell; cell = left.shift()) judgements.push(await judge(cell, options));
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return judgements;
}
