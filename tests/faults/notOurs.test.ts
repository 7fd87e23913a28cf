/** A create is lost, or a run was killed, and the account has a key of the same name that somebody else may be using. */
import { type Key, type Simulator, startSimulator } from "../../testing/simulator/index";
import { isNamed } from "./support/convergence";
import { defaultName, InProcessStack } from "./support/inProcessStack";

let simulator: Simulator;
let stack: InProcessStack;
beforeEach(async () => {
  simulator = await startSimulator();
  stack = new InProcessStack({
    OPENROUTER_BASE_URL: simulator.url,
    OPENROUTER_MANAGEMENT_KEY: simulator.managementKey,
  });
});
afterEach(() => simulator.close());

const MINUTE_MS = 60_000;
const removal = { "openrouter:deleteOrphans": "true" };
const declared = (args: Record<string, unknown> = {}) => ({ k: { kind: "InferenceKey" as const, args } });

/** Somebody makes a key while ours is on its way, which is lost before it has come about. */
function meanwhile(make: () => Key): () => Key {
  let theirs: Key | undefined;
  simulator.faults.add({ method: "POST", path: "/keys", effect: "drop", when: "before commit" });
  simulator.onRequest = (point, { method }) => {
    if (point === "before commit" && method === "POST") theirs ??= make();
  };
  return () => theirs as Key;
}

const make = (name: string, more: Partial<Key> = {}) => {
  const { key } = simulator.dashboard.createKey({ name, ...more });
  return Object.assign(key, more);
};
const used = (key: Key) => {
  simulator.dashboard.useKey(key.hash, 0.01);
  return key;
};
const name = defaultName("k");

test.each<[string, Record<string, unknown>, () => Key]>([
  ["is used", {}, () => used(make(name))],
  ["is configured otherwise", {}, () => make(name, { limit: 1 })],
  ["bears a name that the user chose", { name: "chosen" }, () => make("chosen")],
])("a key made in the same second that %s stays, and is named", async (_title, args, theirs) => {
  const made = meanwhile(theirs);
  const { ok, said } = await stack.up(declared(args));
  expect(ok).toBe(false);
  expect(isNamed(made().hash, made().created_at, said)).toBe(true);
  expect((await stack.up(declared(args))).ok).toBe(true);
  expect(simulator.account.keys).toContain(made());
});

test("a twin from a minute ago stays, and does not keep ours from being made", async () => {
  const made = meanwhile(() => make(name, { created_at: new Date(Date.now() - MINUTE_MS) }));
  expect((await stack.up(declared())).ok).toBe(true);
  expect(simulator.account.keys.map(({ hash }) => hash)).toEqual([made().hash, stack.resource("k")?.id]);
});

test("what looks like left by a killed run stays unless the user has allowed to remove it", async () => {
  const left = make(name);
  const { said } = await stack.up(declared());
  expect(isNamed(left.hash, left.created_at, said)).toBe(true);
  expect(simulator.account.keys).toContain(left);
});

test("with the permission, an unused twin of the default name goes, and nothing else", async () => {
  const left = make(name);
  const others = [used(make(name)), make(name, { limit: 1 }), make(`${name}2`)];
  const { ok } = await stack.up(declared(), { config: removal });
  expect(ok).toBe(true);
  expect(simulator.account.keys).not.toContain(left);
  expect(simulator.account.keys).toEqual(expect.arrayContaining(others));
});

test("with the permission, a key of a chosen name stays", async () => {
  const theirs = make("chosen");
  await stack.up(declared({ name: "chosen" }), { config: removal });
  expect(simulator.account.keys).toContain(theirs);
});

test("with the permission, a key that the stack has under the same name stays", async () => {
  const old = { old: { kind: "InferenceKey" as const, args: { name } } };
  await stack.up(old);
  const known = stack.resource("old")?.id;
  await stack.up({ ...old, ...declared() }, { config: removal });
  expect(simulator.account.keys.map(({ hash }) => hash)).toEqual([known, stack.resource("k")?.id]);
});
