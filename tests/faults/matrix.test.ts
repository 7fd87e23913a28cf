/** Every fault at every call of every operation: the next run converges. */
import { type Simulator, type SimulatorOptions, startSimulator, switchVariants } from "../../testing/simulator/index";
import { type Cell, type CellResult, checkCell, checkCells } from "./support/cell";
import { leaks } from "./support/leaks";
import { openSimulator } from "./support/openSimulator";
import { type Scenario, scenarios } from "./support/scenarios";
import { setScenarios } from "./support/setScenarios";
import { waits } from "./support/shortWaits";
import { addresses, quickStrikes, resolveNothing, SLOW, type Strike, slowStrikes } from "./support/strikes";

const SOAK_SECONDS = Number(process.env.SOAK_SECONDS ?? 0);
const LAG_SHARE = process.env.TEST_ALL ? 8 : 32;
/** `npm run test:all` runs all of these tests on the native provider, too. */
const NATIVE_SHARE = 16;
const SHARE_OF_SETS = process.env.TEST_ALL ? 1 : 8;

/** Methods of the calls of each operation when nothing fails. */
type Calls = ReadonlyMap<string, string[]>;

/** The calls depend on the switches of the simulator. */
async function callsOf(operations: typeof scenarios, options: SimulatorOptions = {}): Promise<Calls> {
  const found = new Map<string, string[]>();
  for (const [title, scenario] of Object.entries(operations)) {
    const { problems, calls } = await checkCell({ title, scenario }, options);
    if (problems.length > 0) throw new Error(`${title}, ${JSON.stringify(options)}: ${problems.join("; ")}`);
    found.set(title, calls);
  }
  return found;
}

let memoized: Promise<Calls> | undefined;
function callsOfAll(): Promise<Calls> {
  memoized ??= callsOf(scenarios);
  return memoized;
}

function cellsOf(calls: Calls, strikesOf: (method: string) => [string, Strike][]): Cell[] {
  return Object.entries(scenarios).flatMap(([operation, scenario]) =>
    (calls.get(operation) ?? []).flatMap((method, at, methods) => {
      // Up to its create, the scenario has the same calls as the one without a lost response.
      if (scenario.lostResponse && at <= methods.indexOf("POST")) return [];
      return strikesOf(method).map(([fault, strike]) => ({
        title: `${operation}, call ${at + 1} (${method}): ${fault}`,
        scenario,
        strike: (simulator: Simulator) => strike(simulator, at + 1),
      }));
    }),
  );
}

/** Cells for the faults without a delay. Some redirect to a server of a different origin. */
const quickCells = (calls: Calls, otherOrigin: string) =>
  cellsOf(calls, (method) => quickStrikes(`${otherOrigin}/keys`, method));

const ofSets = new Set<Scenario>(Object.values(setScenarios));

/**
 * Every n-th cell. An odd number of faults per call makes the sample differ from call to call. Sets have many operations
 * with the same few calls, so `npm test` samples fewer of them.
 */
function sample(cells: Cell[], every = 4): Cell[] {
  const strideOf = ({ scenario }: Cell) => (ofSets.has(scenario) ? every * SHARE_OF_SETS : every);
  return SOAK_SECONDS > 0 ? cells : cells.filter((cell, at) => at % strideOf(cell) === 0);
}

interface CheckOptions {
  concurrency?: number;
  options?: SimulatorOptions;
}

/** Checks the cells, and that no request reaches the server to which faults redirect. */
async function check(
  cellsFor: (otherOrigin: string) => Cell[],
  { concurrency = 8, options = {} }: CheckOptions,
): Promise<CellResult[]> {
  const other = await startSimulator();
  try {
    const results = await checkCells(cellsFor(other.url), concurrency, options);
    expect({ requestsToTheOtherOrigin: other.requests }).toEqual({ requestsToTheOtherOrigin: [] });
    return results;
  } finally {
    await other.close();
  }
}

async function expectConvergence(
  cellsFor: (otherOrigin: string) => Cell[],
  { concurrency, options = {} }: CheckOptions = {},
): Promise<void> {
  const results = await check(cellsFor, { ...(concurrency && { concurrency }), options });
  const failed = results.filter(({ problems }) => problems.length > 0);
  const failures = failed.map(({ title, problems }) => `${title}: ${problems.join("; ")}`);
  expect({ options, failures }).toEqual({ options, failures: [] });
  expect(results.length).toBeGreaterThan(0);
  if (SOAK_SECONDS > 0) process.stdout.write(`${results.length} cells converged\n`);
}

test("converges after a fault without a delay, and sends no key to a different origin", async () => {
  const calls = await callsOfAll();
  await expectConvergence((origin) => sample(quickCells(calls, origin)));
});

test("converges on the native provider as well, in a smaller share", async () => {
  const host = process.env.TEST_HOST ?? "dynamic";
  process.env.TEST_HOST = "native";
  try {
    const calls = await callsOf(scenarios);
    await expectConvergence((origin) => sample(quickCells(calls, origin), NATIVE_SHARE));
  } finally {
    process.env.TEST_HOST = host;
  }
});

test("converges after a call that times out", async () => {
  const calls = await callsOfAll();
  const { callTimeout } = waits;
  waits.callTimeout = SLOW.callTimeout;
  try {
    await expectConvergence(() => sample(cellsOf(calls, slowStrikes), 1), { concurrency: 12 });
  } finally {
    waits.callTimeout = callTimeout;
  }
});

test("converges after an operation at an unreachable address", async () => {
  // A proxy would respond for a name that does not resolve.
  for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) delete process.env[name];
  resolveNothing();
  const cells = Object.entries(scenarios).flatMap(([operation, scenario]) =>
    [...addresses].map(([address, baseUrl]) => ({ title: `${operation}, ${address}`, scenario, baseUrl })),
  );
  await expectConvergence(() => sample(cells, 1));
});

const withLostResponse = Object.fromEntries(Object.entries(scenarios).filter(([, each]) => each.lostResponse));

test.each<SimulatorOptions>([
  { switches: { createAppliesReset: false } },
  { switches: { trailingSlash: "required" } },
  { switches: { duplicateGuardrailNames: "rejected" } },
])("strikes every call that resolves a lost create when the API has %j", async (options) => {
  const calls = await callsOf(withLostResponse, options);
  const results = await check((origin) => sample(quickCells(calls, origin)), { options });
  const notStruck = results.filter(({ problems }) => problems.includes("the fault did not strike"));
  expect({ notStruck: notStruck.map(({ title }) => title) }).toEqual({ notStruck: [] });
  expect(results.length).toBeGreaterThan(10);
});

test("reports the key of a lost create when the API ignored its reset and can't be listed", async () => {
  const options = { switches: { createAppliesReset: false } };
  const ofKeys = Object.entries(withLostResponse).filter(([, { lostResponse }]) => lostResponse === "/keys");
  const calls = await callsOf(Object.fromEntries(ofKeys), options);
  await expectConvergence((origin) => quickCells(calls, origin), { options });
});

test.each([1_000, 9_000])(
  "converges when the API shows writes after %i ms",
  async (visibleAfterMs) => {
    const options = { switches: { visibleAfterMs } };
    const calls = await callsOf(scenarios, options);
    await expectConvergence((origin) => sample(quickCells(calls, origin), LAG_SHARE), { options });
  },
  // A soak takes all cells.
  Math.max(300_000, 2 * SOAK_SECONDS * 1_000),
);

test("finds a printed credential, and not a label or a hash (negative control)", async () => {
  const { dashboard, managementKey } = await openSimulator();
  const { secret, key } = dashboard.createKey({ name: "control" });
  expect(leaks([`printed ${secret}`, managementKey, key.label, key.hash])).toHaveLength(2);
});

if (SOAK_SECONDS > 0) {
  test(
    "converges for the time of the soak, with random faults and switches",
    async () => {
      const end = Date.now() + (SOAK_SECONDS * 1_000) / 2;
      while (Date.now() < end) {
        const options = { switches: anyOf(switchVariants()) };
        const calls = await callsOf(scenarios, options);
        const randomCells = (cells: Cell[]) => Array.from({ length: 100 }, () => anyOf(cells));
        await expectConvergence((origin) => randomCells(quickCells(calls, origin)), { options });
      }
    },
    SOAK_SECONDS * 1_000,
  );
}

function anyOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}
