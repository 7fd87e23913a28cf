/**
 * Random programs, edits, drifts, faults, refreshes and ups. A failing run prints its seed and path; to see it again:
 * `REPLAY=<seed>,<path> npx jest tests/faults/model`.
 */
import fc from "fast-check";
import { run } from "./support/history";
import { histories } from "./support/randomHistory";

const SOAK_SECONDS = Number(process.env.SOAK_SECONDS ?? 0);
const [seed, path] = process.env.REPLAY?.split(",") ?? [];

/** What `npm test` looks at is always the same. */
const FIXED = { seed: 20261121, numRuns: 100 };

test(
  "converged after every up, nothing doubled, nothing lost, nothing leaked",
  async () => {
    const property = fc.asyncProperty(histories, async (history) => {
      expect(await run(history)).toEqual([]);
    });
    if (seed) await fc.assert(property, { seed: Number(seed), ...(path ? { path } : {}), endOnFailure: true });
    else if (SOAK_SECONDS > 0) {
      const interruptAfterTimeLimit = (SOAK_SECONDS * 1_000) / 2;
      await fc.assert(property, { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit });
    } else await fc.assert(property, FIXED);
  },
  Math.max(300_000, SOAK_SECONDS * 1_000),
);

test("a program that goes back to what it was, after an update of which the answer can't be read", async () => {
  const limit = (value: number) => ({ k: { kind: "InferenceKey" as const, args: { limit: value } } });
  const up = { event: "up" as const, refresh: false, faults: [] };
  const unreadable = { effect: "html" as const, status: 200, when: "after commit" as const, nth: 1 };
  const history = [
    { ...up, declaration: limit(1) },
    { ...up, declaration: limit(2), faults: [unreadable] },
    { ...up, declaration: limit(1) },
  ];
  expect(await run(history)).toEqual([]);
});
