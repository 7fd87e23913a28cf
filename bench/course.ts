/** Measures each operation on one stack, from its creation to its destruction. */
import type { Deployment } from "pulumi-openrouter/testing";
import { type BenchOptions, type Cost, openBenchStack } from "./stack";

export const OPERATIONS = ["create", "no-op", "refresh", "one change", "destroy"] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Course extends Required<BenchOptions> {
  costs: Record<Operation, Cost>;
  /** Mean size of a key in the state. */
  bytesPerKey: number;
}

/** Called after each operation. */
type OnDone = (operation: Operation, cost: Cost) => void;

export async function runCourse(options: Required<BenchOptions>, onDone: OnDone): Promise<Course> {
  const bench = await openBenchStack(options);
  const { stack } = bench;
  try {
    const step = async (operation: Operation, work: Parameters<typeof bench.cost>[0]) => {
      const cost = await bench.cost(work);
      onDone(operation, cost);
      return cost;
    };
    const costs = {
      create: await step("create", () => stack.up()),
      "no-op": await step("no-op", () => stack.up()),
      refresh: await step("refresh", () => stack.refresh()),
      "one change": await step("one change", () => stack.up({ env: { FIRST_LIMIT: "30" } })),
    };
    // After a refresh, when the state is complete.
    const bytesPerKey = bytesOfKeys(await stack.exportState());
    return { ...options, costs: { ...costs, destroy: await step("destroy", () => stack.destroy()) }, bytesPerKey };
  } finally {
    await bench.close();
  }
}

/** In compact JSON, without the source positions that the engine records. */
export function bytesOfKeys({ deployment }: Deployment): number {
  const keys = (deployment.resources ?? []).filter(({ urn }) => /::key-\d+$/.test(String(urn)));
  const sizes = keys.map(({ stackTrace, sourcePosition, ...resource }) => JSON.stringify(resource).length);
  return sizes.reduce((sum, size) => sum + size, 0) / keys.length;
}
