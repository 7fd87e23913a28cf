/** Creates that are lost or killed in an account with a key of the same name: a key that may be in use survives. */
import type { Key, Simulator } from "../../testing/simulator/index";
import { isReported } from "./support/convergence";
import { type Declaration, defaultName, type InProcessStack } from "./support/inProcessStack";
import { openSimulator, stackIn } from "./support/openSimulator";

const MINUTE_MS = 60_000;
const DELETE_ORPHANS = { config: { "openrouter:deleteOrphans": "true" } };
const NAME = defaultName("k");
const declared = (args: Record<string, unknown> = {}): Declaration => ({ k: { kind: "InferenceKey", args } });

interface Opened {
  simulator: Simulator;
  stack: InProcessStack;
  /** Creates a key in the dashboard, with any of its fields. */
  createKey(name: string, fields?: Partial<Key>): Key;
  useKey(key: Key): Key;
}

async function open(): Promise<Opened> {
  const simulator = await openSimulator();
  const { dashboard } = simulator;
  return {
    simulator,
    stack: stackIn(simulator, simulator.managementKey),
    createKey: (name, fields = {}) => Object.assign(dashboard.createKey({ name, ...fields }).key, fields),
    useKey: (key) => {
      dashboard.useKey(key.hash, 0.01);
      return key;
    },
  };
}

/** Drops the next create before it commits, while the dashboard creates a key. Returns that key. */
function createInsteadOfStack({ simulator }: Opened, create: () => Key): () => Key {
  let created: Key | undefined;
  simulator.faults.add({ method: "POST", path: "/keys", effect: "drop", when: "before commit" });
  simulator.onRequest = (point, { method }) => {
    if (point === "before commit" && method === "POST") created ??= create();
  };
  return () => created as Key;
}

test.each<[string, Record<string, unknown>, (opened: Opened) => Key]>([
  ["is used", {}, ({ createKey, useKey }) => useKey(createKey(NAME))],
  ["has other settings", {}, ({ createKey }) => createKey(NAME, { limit: 1 })],
  ["has the name that the program chose", { name: "chosen" }, ({ createKey }) => createKey("chosen")],
])("reports and keeps a key of the same second when a create is lost and the key %s", async (_case, args, create) => {
  const opened = await open();
  const { simulator, stack } = opened;
  const foreign = createInsteadOfStack(opened, () => create(opened));

  const lost = await stack.up(declared(args));

  const { hash, created_at } = foreign();
  expect({ ok: lost.ok, isReported: isReported(hash, created_at, lost.printed) }).toEqual({
    ok: false,
    isReported: true,
  });
  expect((await stack.up(declared(args))).ok).toBe(true);
  expect(simulator.account.keys).toContain(foreign());
});

test("creates the key and keeps the other one when a create is lost and the other one is a minute old", async () => {
  const opened = await open();
  const { simulator, stack, createKey } = opened;
  const foreign = createInsteadOfStack(opened, () => createKey(NAME, { created_at: new Date(Date.now() - MINUTE_MS) }));
  expect((await stack.up(declared())).ok).toBe(true);
  expect(simulator.account.keys.map(({ hash }) => hash)).toEqual([foreign().hash, stack.resource("k")?.id]);
});

test("reports and keeps a likely orphan by default", async () => {
  const { simulator, stack, createKey } = await open();
  const orphan = createKey(NAME);
  const { printed } = await stack.up(declared());
  expect({ isReported: isReported(orphan.hash, orphan.created_at, printed) }).toEqual({ isReported: true });
  expect(simulator.account.keys).toContain(orphan);
});

test("deletes only the unused key with default name and settings when the configuration allows it", async () => {
  const { simulator, stack, createKey, useKey } = await open();
  const orphan = createKey(NAME);
  const others = [useKey(createKey(NAME)), createKey(NAME, { limit: 1 }), createKey(`${NAME}2`)];
  expect((await stack.up(declared(), DELETE_ORPHANS)).ok).toBe(true);
  expect(simulator.account.keys).not.toContain(orphan);
  expect(simulator.account.keys).toEqual(expect.arrayContaining(others));
});

test("keeps a key with a chosen name when the configuration allows deleting orphans", async () => {
  const { simulator, stack, createKey } = await open();
  const foreign = createKey("chosen");
  expect((await stack.up(declared({ name: "chosen" }), DELETE_ORPHANS)).ok).toBe(true);
  expect(simulator.account.keys).toContain(foreign);
});

test("keeps a key of the same stack with the same name when the configuration allows deleting orphans", async () => {
  const { simulator, stack } = await open();
  const other: Declaration = { other: { kind: "InferenceKey", args: { name: NAME } } };
  await stack.up(other);
  await stack.up({ ...other, ...declared() }, DELETE_ORPHANS);
  const ids = [stack.resource("other")?.id, stack.resource("k")?.id];
  expect(simulator.account.keys.map(({ hash }) => hash)).toEqual(ids);
});
