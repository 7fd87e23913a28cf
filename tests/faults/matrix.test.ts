/** Every fault at every call of every operation: running it once more converges. */
import { type Simulator, type SimulatorOptions, startSimulator, switchVariants } from "../../testing/simulator/index";
import { type Cell, judge, judgeAll } from "./support/cell";
import { type Scenario, scenarios } from "./support/scenarios";
import { setScenarios } from "./support/setScenarios";
import { waits } from "./support/shortWaits";
import { addresses, quickStrikes, resolveNothing, SLOW, type Strike, slowStrikes } from "./support/strikes";
import { leaks } from "./support/texts";

// Real processes or thousands of calls: on a machine that is busy with other work they take longer.

const SOAK_SECONDS = Number(process.env.SOAK_SECONDS ?? 0);
const LAG_SHARE = process.env.TEST_ALL ? 8 : 32;

let elsewhere: Simulator;
/** Methods of the calls of each operation when nothing goes wrong. */
type Calls = ReadonlyMap<string, string[]>;
let calls: Calls;
let converged = 0;

beforeAll(async () => {
  // Or else a proxy of this machine would answer for the name that does not resolve.
  for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) delete process.env[name];
  resolveNothing();
  elsewhere = await startSimulator();
  calls = await callsOf(scenarios);
});
afterAll(async () => {
  await elsewhere.close();
  process.stdout.write(`${converged} cells converged\n`);
});

/** With other switches an operation may take other calls. */
async function callsOf(operations: typeof scenarios, options: SimulatorOptions = {}): Promise<Calls> {
  const found = new Map<string, string[]>();
  for (const [title, scenario] of Object.entries(operations)) {
    const judgement = await judge({ title, scenario }, options);
    if (judgement.problems.length > 0) {
      throw new Error(`${title}, ${JSON.stringify(options)}: ${judgement.problems.join("; ")}`);
    }
    found.set(title, judgement.calls);
  }
  return found;
}

function cellsOf(calls: Calls, strikesOf: (method: string) => [string, Strike][]): Cell[] {
  return Object.entries(scenarios).flatMap(([operation, scenario]) =>
    (calls.get(operation) ?? []).flatMap((method, at, methods) => {
      // What comes before the answer that is lost is struck where none is.
      if (scenario.answerLost && at <= methods.indexOf("POST")) return [];
      return strikesOf(method).map(([fault, strike]) => ({
        title: `${operation}, call ${at + 1} (${method}): ${fault}`,
        scenario,
        strike: (simulator: Simulator) => strike(simulator, at + 1),
      }));
    }),
  );
}

const quickCells = (calls: Calls) => cellsOf(calls, (method) => quickStrikes(`${elsewhere.url}/keys`, method));

const ofSets = new Set<Scenario>(Object.values(setScenarios));
const SHARE_OF_SETS = process.env.TEST_ALL ? 1 : 8;

/**
 * One of so many: for an odd number of faults that is another share of them at each call. Sets have many operations of the
 * same few calls, so `npm test` takes fewer of theirs.
 */
function share(cells: Cell[], every = 4): Cell[] {
  const strideOf = ({ scenario }: Cell) => (ofSets.has(scenario) ? every * SHARE_OF_SETS : every);
  return SOAK_SECONDS > 0 ? cells : cells.filter((cell, at) => at % strideOf(cell) === 0);
}

async function expectConvergence(cells: Cell[], atATime: number, options: SimulatorOptions = {}): Promise<void> {
  const judgements = await judgeAll(cells, atATime, options);
  const failed = judgements.filter(({ problems }) => problems.length > 0);
  converged += judgements.length - failed.length;
  const told = failed.map(({ title, problems }) => `${title}: ${problems.join("; ")}`);
  expect({ options, told }).toEqual({ options, told: [] });
  expect(judgements.length).toBeGreaterThan(0);
}

test("after a fault that strikes at once", async () => {
  await expectConvergence(share(quickCells(calls)), 8);
});

test("after a call that takes longer than the time-out", async () => {
  waits.callTimeout = SLOW.callTimeout;
  await expectConvergence(share(cellsOf(calls, slowStrikes), 1), 12).finally(() => {
    waits.callTimeout = 5_000;
  });
});

test("after an operation at an address that can't be reached", async () => {
  const cells = Object.entries(scenarios).flatMap(([operation, scenario]) =>
    [...addresses].map(([address, baseUrl]) => ({ title: `${operation}, ${address}`, scenario, baseUrl })),
  );
  await expectConvergence(share(cells, 1), 8);
});

/** Settings of the random part with which a cell once struck nothing, or could not be set up. */
const lost = Object.fromEntries(Object.entries(scenarios).filter(([, { answerLost }]) => answerLost));
test.each<SimulatorOptions>([
  { switches: { createAppliesReset: false } },
  { switches: { trailingSlash: "required" } },
  { switches: { duplicateGuardrailNames: "rejected" } },
])("strikes the calls that a create takes after a lost response when the API has %j", async (options) => {
  const cells = share(quickCells(await callsOf(lost, options)));
  const judgements = await judgeAll(cells, 8, options);
  const unstruck = judgements.filter(({ problems }) => problems.includes("the fault did not strike"));
  expect(unstruck.map(({ title }) => title)).toEqual([]);
  expect(judgements.length).toBeGreaterThan(10);
});

test("names the key of a lost create when the API ignored its reset and can't be listed", async () => {
  const options = { switches: { createAppliesReset: false } };
  const key = Object.fromEntries(Object.entries(lost).filter(([, { answerLost }]) => answerLost === "/keys"));
  await expectConvergence(quickCells(await callsOf(key, options)), 8, options);
});

/** The switch is crossed with every fault: nothing is lost from the state, nothing doubled. */
test.each([1_000, 9_000])("converges when the API shows what was written only after %i ms", async (visibleAfterMs) => {
  const options = { switches: { visibleAfterMs } };
  await expectConvergence(share(quickCells(await callsOf(scenarios, options)), LAG_SHARE), 8, options);
});

test("the search for secrets would find one, and takes no label for one", () => {
  const { secret, key } = elsewhere.dashboard.createKey({ name: "control" });
  expect(leaks([`said ${secret}`, elsewhere.managementKey, key.label, key.hash])).toHaveLength(2);
});

test("the key never went to another origin", () => {
  expect(elsewhere.requests).toEqual([]);
});

if (SOAK_SECONDS > 0) {
  test(
    "for as long as is asked, however the API is where that is not known",
    async () => {
      const end = Date.now() + (SOAK_SECONDS * 1_000) / 2;
      while (Date.now() < end) {
        const options = { switches: anyOf(switchVariants()) };
        const cells = quickCells(await callsOf(scenarios, options));
        const chosen = Array.from({ length: 100 }, () => anyOf(cells));
        await expectConvergence(chosen, 8, options);
      }
    },
    SOAK_SECONDS * 1_000,
  );
}

function anyOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item;
}
