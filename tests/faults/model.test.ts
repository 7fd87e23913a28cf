/**
 * Random programs, drift, faults, kills, refreshes and ups. A failing run prints its seed and path. To replay it:
 * `REPLAY=<seed>,<path> npx jest tests/faults/model -t 'after <ms> ms'`.
 */
import fc from "fast-check";
import { run } from "./support/history";
import { histories } from "./support/randomHistory";

const SOAK_SECONDS = Number(process.env.SOAK_SECONDS ?? 0);
const [seed, path] = process.env.REPLAY?.split(",") ?? [];

/** The same histories in every run that is not a soak. */
const FIXED_SEED = 20261121;
const RUNS_WITH_LAG = process.env.TEST_ALL ? 60 : 8;

test.each([
  { visibleAfterMs: 0, numRuns: 80 },
  { visibleAfterMs: 1_000, numRuns: RUNS_WITH_LAG },
  { visibleAfterMs: 9_000, numRuns: RUNS_WITH_LAG },
])(
  "converges after every up, and duplicates, loses or leaks nothing, when the API shows writes after $visibleAfterMs ms",
  async ({ visibleAfterMs, numRuns }) => {
    let inFlight: Promise<string[]> | undefined;
    const property = fc.asyncProperty(histories, async (history) => {
      inFlight = run(history, { switches: { visibleAfterMs } });
      expect(await inFlight).toEqual([]);
    });
    if (seed) await fc.assert(property, { seed: Number(seed), ...(path ? { path } : {}), endOnFailure: true });
    else if (SOAK_SECONDS > 0) {
      const interruptAfterTimeLimit = (SOAK_SECONDS * 1_000) / 6;
      const fresh = Math.floor(Math.random() * 2 ** 31);
      process.stdout.write(`seed ${fresh}, ${visibleAfterMs} ms\n`);
      await fc.assert(property, { seed: fresh, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit });
      // The time limit does not wait for the last history.
      expect(await inFlight).toEqual([]);
    } else await fc.assert(property, { seed: FIXED_SEED, numRuns });
  },
  Math.max(300_000, SOAK_SECONDS * 1_000),
);

const up = { event: "up" as const, refresh: false, faults: [] };
const unreadable = { effect: "html" as const, status: 200, when: "after commit" as const };

test("converges when an update has an unreadable response and the program is then reverted", async () => {
  const limit = (value: number) => ({ k: { kind: "InferenceKey" as const, args: { limit: value } } });
  const history = [
    { ...up, declaration: limit(1) },
    { ...up, declaration: limit(2), faults: [{ ...unreadable, nth: 1 }] },
    { ...up, declaration: limit(1) },
  ];
  expect(await run(history)).toEqual([]);
});

test("converges when the write after a create has an unreadable response and the program then changes other settings", async () => {
  const key = (args: Record<string, unknown>) => ({ k: { kind: "InferenceKey" as const, args } });
  const history = [
    { ...up, declaration: key({ disabled: true }), faults: [{ ...unreadable, method: "PATCH", nth: 1 }] },
    { ...up, declaration: key({ limit: 1 }) },
  ];
  expect(await run(history)).toEqual([]);
});

test("converges when a delete has an unreadable response and the guardrail is then declared again", async () => {
  const declaration = { g: { kind: "Guardrail" as const } };
  const history = [
    { ...up, declaration },
    { ...up, declaration: {}, faults: [{ ...unreadable, method: "DELETE", nth: 1 }] },
    { ...up, declaration },
  ];
  expect(await run(history)).toEqual([]);
});

test("converges when a create is lost, reads lag, and another stack has created a key with the same chosen name", async () => {
  const declaration = { k: { kind: "InferenceKey" as const, args: { name: "chosen" } } };
  const history = [
    { ...up, declaration, faults: [{ effect: "status" as const, status: 400, nth: 1 }] },
    { ...up, declaration, stack: 1 as const, faults: [{ effect: "reset" as const, method: "POST", nth: 1 }] },
  ];
  expect(await run(history, { switches: { visibleAfterMs: 1_000 } })).toEqual([]);
});
