import { type Simulator, type SimulatorOptions, startSimulator } from "../../../testing/simulator/index";
import { InProcessStack } from "./inProcessStack";

const open = new Set<Simulator>();
afterEach(async () => {
  for (const simulator of open) await simulator.close();
  open.clear();
});

/** Starts a simulator that lives until the end of the test. */
export async function openSimulator(options?: SimulatorOptions): Promise<Simulator> {
  const simulator = await startSimulator(options);
  open.add(simulator);
  return simulator;
}

/** A stack in the account of a management key. */
export function stackIn({ url }: Simulator, managementKey: string): InProcessStack {
  return new InProcessStack({ OPENROUTER_BASE_URL: url, OPENROUTER_MANAGEMENT_KEY: managementKey });
}
