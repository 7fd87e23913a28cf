/** Sets of assignments with resource options, and with keys that the stack does not manage. */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  openDeclaredStack,
  stepsOf,
  touched,
} from "./support/declaredStack";
import { expectSettled, guardrails, keys, set } from "./support/sets";

const base: Declaration = { ...guardrails("safe"), ...keys("a", "b") };

const assignedHashes = ({ simulator }: DeclaredStack) =>
  simulator.account.keyAssignments.map(({ key_hash }) => key_hash).sort();
const hashesOf = async (s: DeclaredStack, ...names: string[]) => (await Promise.all(names.map(s.idOf))).sort();

/** Assigns an unmanaged key in the dashboard, and removes `b`. */
async function drift(s: DeclaredStack): Promise<string> {
  const theirs = s.simulator.dashboard.createKey({ name: "theirs" }).key.hash;
  s.simulator.dashboard.assign(await s.idOf("safe"), { keys: [theirs] });
  s.simulator.dashboard.unassign(await s.idOf("safe"), { keys: [await s.idOf("b")] });
  return theirs;
}

test.each([
  { ignored: "keyHashes", args: {}, changed: [] },
  // The list is not ignored, so `b` is assigned again. The set is not exclusive, so the other key stays.
  { ignored: "exclusive", args: { exclusive: false }, changed: ["set"] },
])("leaves a key that the dashboard assigned when ignoreChanges has $ignored", async ({ ignored, args, changed }) => {
  const s = await openDeclaredStack();
  await s.up({ ...base, set: set(["a", "b"], { args, opts: { ignoreChanges: [ignored] } }) });
  await expectSettled(s);
  const theirs = await drift(s);
  await s.refresh();
  const next = await s.up();
  expect({ errors: errorsOf(next), touched: touched(next) }).toEqual({ errors: "", touched: changed });
  expect(assignedHashes(s)).toContain(theirs);
  await expectSettled(s);
});

test("reverts the other elements when ignoreChanges has one element of the list", async () => {
  const s = await openDeclaredStack();
  await s.up({ ...base, set: set(["a", "b"], { opts: { ignoreChanges: ["keyHashes[0]"] } }) });
  await expectSettled(s);
  await drift(s);
  const healed = await s.up(undefined, { refresh: true });
  expect({ errors: errorsOf(healed), touched: touched(healed) }).toEqual({ errors: "", touched: ["set"] });
  expect(assignedHashes(s)).toEqual(await hashesOf(s, "a", "b"));
  await expectSettled(s);
});

test("assigns the new key when a key is deleted before it is replaced", async () => {
  const s = await openDeclaredStack();
  const rotated = (round: string): Declaration => ({
    ...base,
    a: { kind: "InferenceKey", args: { keepers: { round } }, opts: { deleteBeforeReplace: true } },
    set: set(["a", "b"]),
  });
  await s.up(rotated("1"));
  expect(errorsOf(await s.up(rotated("2")))).toBe("");
  const live = new Set(s.simulator.account.keys.map(({ hash }) => hash));
  expect(assignedHashes(s).filter((hash) => live.has(hash))).toEqual(await hashesOf(s, "a", "b"));
  await expectSettled(s);
});

test("removes a key that the program only reads once the set no longer lists it", async () => {
  const s = await openDeclaredStack();
  const { hash } = s.simulator.dashboard.createKey({ name: "theirs" }).key;
  const withRead: Declaration = { ...base, theirs: { kind: "InferenceKey", get: hash } };
  await s.up({ ...withRead, set: set(["a", "theirs"]) });
  expect(assignedHashes(s)).toEqual([await s.idOf("a"), hash].sort());
  await expectSettled(s, { read: ["theirs"] });

  expect(errorsOf(await s.up({ ...withRead, set: set(["a"]) }))).toBe("");
  expect(assignedHashes(s)).toEqual(await hashesOf(s, "a"));
  await expectSettled(s, { read: ["theirs"] });

  // And again when the dashboard assigns it.
  s.simulator.dashboard.assign(await s.idOf("safe"), { keys: [hash] });
  const healed = await s.up(undefined, { refresh: true });
  expect({ errors: errorsOf(healed), touched: touched(healed) }).toEqual({
    errors: "",
    touched: expect.arrayContaining(["set"]),
  });
  expect(assignedHashes(s)).toEqual(await hashesOf(s, "a"));
  await expectSettled(s, { read: ["theirs"] });
});

test("removes only unlisted keys when the set is renamed in the program", async () => {
  const s = await openDeclaredStack();
  await s.up({ ...base, set: set(["a", "b"]) });
  const renamed = await s.up({ ...base, other: set(["a"], { args: { exclusive: false } }) });
  expect(errorsOf(renamed)).toBe("");
  expect(stepsOf(renamed)).toMatchObject({ set: ["delete"], other: ["create"] });
  expect(assignedHashes(s)).toEqual(await hashesOf(s, "a"));
  await expectSettled(s);
});

test("keeps listed keys when the set is replaced under the same id", async () => {
  const s = await openDeclaredStack();
  await s.up({ ...base, set: set(["a", "b"]) });
  const replaced = await s.up({ ...base, set: set(["a"], { opts: { replaceOnChanges: ["keyHashes"] } }) });
  expect(errorsOf(replaced)).toBe("");
  expect(stepsOf(replaced).set?.[0]).toMatch(/replac/);
  expect(assignedHashes(s)).toEqual(await hashesOf(s, "a"));
  await expectSettled(s);
});
