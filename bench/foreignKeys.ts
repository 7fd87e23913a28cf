/** A refresh of few keys in a large account, compared with the two pure strategies. */
import { atMost, type Section } from "./report";
import { type BenchOptions, type BenchStack, type Cost, openBenchStack, total } from "./stack";
import { refreshStrategies, refreshTarget } from "./strategies";

export async function foreignKeysSection(
  engine: BenchOptions["engine"],
  managed: readonly number[],
  inAccount: number,
): Promise<Section> {
  const measured: { keys: number; cost: Cost }[] = [];
  for (const keys of managed) measured.push({ keys, cost: await refreshAmong(engine, keys, inAccount) });
  const rows = measured.map(({ keys, cost }) => {
    const { oneEach, pages } = refreshStrategies({ managed: keys, inAccount });
    return [String(keys), String(inAccount), String(total(cost)), String(oneEach), String(pages)];
  });
  return {
    title: "Foreign keys",
    text: `Calls of a refresh of N keys in a large account, in which half of the other keys are older and half are newer. Compared
with two pure strategies: reading each key individually, and listing all keys of the account. Both also list the assignments
and read the guardrail.`,
    tables: [{ head: ["N", "keys in the account", "this package", "one GET each", "pages"], rows }],
    targets: measured.map(({ keys, cost }) =>
      atMost(
        `calls to refresh ${keys} keys among ${inAccount}`,
        refreshTarget({ managed: keys, inAccount }),
        total(cost),
      ),
    ),
  };
}

async function refreshAmong(engine: BenchOptions["engine"], keys: number, inAccount: number): Promise<Cost> {
  const bench = await openBenchStack({ kind: "pairs", keys, engine });
  try {
    const older = Math.floor((inAccount - keys) / 2);
    addForeignKeys(bench, older);
    await bench.cost(() => bench.stack.up());
    addForeignKeys(bench, inAccount - keys - older);
    return await bench.cost(() => bench.stack.refresh());
  } finally {
    await bench.close();
  }
}

function addForeignKeys({ simulator }: BenchStack, count: number): void {
  for (let index = 0; index < count; index++) simulator.dashboard.createKey({ name: `foreign ${index}` });
}
