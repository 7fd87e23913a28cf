/** A simulated account, and the variables that open it. */
import { type Simulator, startSimulator } from "../../../testing/simulator/index";

let current: Simulator | undefined;

/** A fresh one for each test of the file. */
export function eachTestOnASimulator(): () => Simulator {
  beforeEach(async () => {
    current = await startSimulator();
  });
  afterEach(() => current?.close());
  return () => current as Simulator;
}

export function credentials({ url, managementKey }: Simulator): NodeJS.ProcessEnv {
  return { OPENROUTER_BASE_URL: url, OPENROUTER_MANAGEMENT_KEY: managementKey };
}

const DAY_MS = 86_400_000;

/** The same time so many days ago. */
export function daysAgo(days: number): Date {
  return new Date(Date.now() - days * DAY_MS);
}
