/** A process killed at each call for a set of assignments, before and after the call takes effect. */
import { startSimulator } from "../../testing/simulator/index";
import { problemsOfDestroy, problemsOfState } from "./support/convergence";
import type { Kill } from "./support/killed";
import { stackIn } from "./support/openSimulator";
import { declarationOf, type Scenario, worldOf } from "./support/scenarios";
import { setScenarios } from "./support/setScenarios";

/** The problems after a kill and the next run, or undefined if the run ended before the kill. */
async function problemsAfter(kill: Kill, { before, after, meanwhile }: Scenario): Promise<string[] | undefined> {
  const simulator = await startSimulator();
  try {
    const world = worldOf(simulator);
    const stack = stackIn(simulator, simulator.managementKey);
    await stack.up(declarationOf(before, world));
    meanwhile?.(world, stack);
    const isUnmanaged = (id: string) => !stack.state.some((managed) => managed.id === id);
    const keys = simulator.account.keys.map(({ hash }) => hash).filter(isUnmanaged);
    const guardrails = simulator.account.guardrails.map(({ id }) => id).filter(isUnmanaged);
    const declaration = declarationOf(after, world);
    if (!(await stack.up(declaration, { kill })).killed) return undefined;
    const { ok, printed } = await stack.up(declaration, { refresh: true });
    const problems = ok ? [] : [`does not recover: ${printed[0]}`];
    problems.push(...(await problemsOfState(simulator, stack, declaration)));
    return [...problems, ...(await problemsOfDestroy(simulator, stack, { keys, guardrails, pairs: [] }))];
  } finally {
    await simulator.close();
  }
}

/** Scenarios that create no keys or guardrails: the orphans of a kill are the subject of `kill.test.ts`. */
const ofAssignments = Object.entries(setScenarios).filter(([, { keepsIds, operation }]) => keepsIds && !operation);

test.each(ofAssignments)("converges after a kill at any call: %s", async (_title, scenario) => {
  let kills = 0;
  for (const when of ["before commit", "after commit"] as const) {
    for (let nth = 1; ; nth++) {
      const problems = await problemsAfter({ nth, when }, scenario);
      if (problems === undefined) break;
      expect({ nth, when, problems }).toEqual({ nth, when, problems: [] });
      kills++;
    }
  }
  expect(kills).toBeGreaterThan(0);
});
