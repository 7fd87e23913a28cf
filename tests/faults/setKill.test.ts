/** A process killed at each call for a set of assignments, before and after its effect: the next run converges. */
import { startSimulator } from "../../testing/simulator/index";
import { problemsOfDestroy, problemsOfState } from "./support/convergence";
import { InProcessStack } from "./support/inProcessStack";
import type { Kill } from "./support/killed";
import { declarationOf, type Scenario, worldOf } from "./support/scenarios";
import { setScenarios } from "./support/setScenarios";

/** Undefined when the run ends before the kill. */
async function killed({ before, after, behind }: Scenario, kill: Kill): Promise<string[] | undefined> {
  const simulator = await startSimulator();
  try {
    const world = worldOf(simulator);
    const stack = new InProcessStack({
      OPENROUTER_BASE_URL: simulator.url,
      OPENROUTER_MANAGEMENT_KEY: simulator.managementKey,
    });
    await stack.up(declarationOf(before, world));
    behind?.(world, stack);
    const keys = simulator.account.keys
      .map(({ hash }) => hash)
      .filter((hash) => !stack.state.some(({ id }) => id === hash));
    const guardrails = simulator.account.guardrails
      .map(({ id }) => id)
      .filter((each) => !stack.state.some(({ id }) => id === each));
    const declaration = declarationOf(after, world);
    if (!(await stack.up(declaration, { kill })).killed) return undefined;
    const { ok, said } = await stack.up(declaration, { refresh: true });
    const problems = ok ? [] : [`does not recover: ${said[0]}`];
    problems.push(...(await problemsOfState(simulator, stack, declaration)));
    return [...problems, ...(await problemsOfDestroy(simulator, stack, { keys, guardrails, pairs: [] }))];
  } finally {
    await simulator.close();
  }
}

/** Of the others a kill may leave a key or a guardrail, which another test looks at. */
const ofAssignments = Object.entries(setScenarios).filter(([, { keepsIds, operation }]) => keepsIds && !operation);

test.each(ofAssignments)("%s", async (_title, scenario) => {
  let kills = 0;
  for (const when of ["before commit", "after commit"] as const) {
    for (let nth = 1; ; nth++) {
      const problems = await killed(scenario, { nth, when });
      if (problems === undefined) break;
      expect({ nth, when, problems }).toEqual({ nth, when, problems: [] });
      kills++;
    }
  }
  expect(kills).toBeGreaterThan(0);
});
