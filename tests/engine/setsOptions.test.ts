/** Sets of assignments under options of Pulumi, and with keys that the stack does not manage. */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  openDeclaredStack,
  stepsOf,
  touched,
} from "./support/declaredStack";
import { expectSettled, guardrails, idIn, keys, set } from "./support/sets";

let s: DeclaredStack;
beforeEach(async () => {
  s = await openDeclaredStack();
});
afterEach(() => s.close());

const base: Declaration = { ...guardrails("safe"), ...keys("a", "b") };
const idOf = (name: string) => idIn(s, name);
const assigned = () => s.simulator.account.keyAssignments.map(({ key_hash }) => key_hash).sort();

const isSettled = () => expectSettled(s, (name) => name === "theirs");

describe("ignoreChanges", () => {
  const drift = async () => {
    const theirs = s.simulator.dashboard.createKey({ name: "theirs" }).key.hash;
    s.simulator.dashboard.assign(await idOf("safe"), { keys: [theirs] });
    s.simulator.dashboard.unassign(await idOf("safe"), { keys: [await idOf("b")] });
    return theirs;
  };

  test.each([["keyHashes"], ["exclusive"]])("of %s leaves what it finds there", async (ignored) => {
    const args = ignored === "exclusive" ? { exclusive: false } : {};
    await s.up({ ...base, set: set(["a", "b"], { args, opts: { ignoreChanges: [ignored] } }) });
    await isSettled();
    const theirs = await drift();
    await s.refresh();
    const after = await s.up();
    expect(errorsOf(after)).toBe("");
    expect(assigned()).toContain(theirs);
    expect(touched(after)).toEqual(ignored === "exclusive" ? ["set"] : []);
    await isSettled();
  });

  test("of one element keeps that one as it was, and puts the others right", async () => {
    await s.up({ ...base, set: set(["a", "b"], { opts: { ignoreChanges: ["keyHashes[0]"] } }) });
    await isSettled();
    const theirs = await drift();
    const after = await s.up(undefined, { refresh: true });
    expect([errorsOf(after), touched(after)]).toEqual(["", ["set"]]);
    expect(assigned()).toEqual([await idOf("a"), await idOf("b")].sort());
    expect(assigned()).not.toContain(theirs);
    await isSettled();
  });
});

test("a key that is deleted before it is replaced is assigned anew", async () => {
  const rotated = (round: string): Declaration => ({
    ...base,
    a: { kind: "InferenceKey", args: { keepers: { round } }, opts: { deleteBeforeReplace: true } },
    set: set(["a", "b"]),
  });
  await s.up(rotated("1"));
  const replaced = await s.up(rotated("2"));
  expect(errorsOf(replaced)).toBe("");
  const live = new Set(s.simulator.account.keys.map(({ hash }) => hash));
  expect(assigned().filter((hash) => live.has(hash))).toEqual([await idOf("a"), await idOf("b")].sort());
  await isSettled();
});

test("a key that is only read is removed from the guardrail once it is no longer listed", async () => {
  const { hash } = s.simulator.dashboard.createKey({ name: "theirs" }).key;
  const read: Declaration = { ...base, theirs: { kind: "InferenceKey", get: hash } };
  await s.up({ ...read, set: set(["a", "theirs"]) });
  expect(assigned()).toEqual([await idOf("a"), hash].sort());
  await isSettled();
  const unlisted = await s.up({ ...read, set: set(["a"]) });
  expect(errorsOf(unlisted)).toBe("");
  expect(assigned()).toEqual([await idOf("a")]);
  await isSettled();
  s.simulator.dashboard.assign(await idOf("safe"), { keys: [hash] });
  const healed = await s.up(undefined, { refresh: true });
  expect(errorsOf(healed)).toBe("");
  expect(touched(healed)).toContain("set");
  expect(assigned()).toEqual([await idOf("a")]);
  await isSettled();
});

test("of a set that has another name from now on nothing is removed but what it no longer lists", async () => {
  await s.up({ ...base, set: set(["a", "b"]) });
  const renamed = await s.up({ ...base, other: set(["a"], { args: { exclusive: false } }) });
  expect(errorsOf(renamed)).toBe("");
  expect(stepsOf(renamed)).toMatchObject({ set: ["delete"], other: ["create"] });
  expect(assigned()).toEqual([await idOf("a")]);
  await isSettled();
});

test("a set that is created anew under its id keeps what it lists", async () => {
  await s.up({ ...base, set: set(["a", "b"]) });
  const recreated = await s.up({ ...base, set: set(["a"], { opts: { replaceOnChanges: ["keyHashes"] } }) });
  expect(errorsOf(recreated)).toBe("");
  expect(stepsOf(recreated).set?.[0]).toMatch(/replac/);
  expect(assigned()).toEqual([await idOf("a")]);
  await isSettled();
});
