/** Secrets in the wrong place, text from the dashboard that steers a terminal, and objects that two resources want. */
import { type Declaration, type DeclaredStack, errorsOf, openDeclaredStack, writes } from "./support/declaredStack";

let s: DeclaredStack;
beforeEach(async () => {
  s = await openDeclaredStack({ latency: 50 });
});
afterEach(() => s.close());

const MINUTE_MS = 60_000;
const key = (args: Record<string, unknown> = {}, opts: Record<string, unknown> = {}) =>
  ({ kind: "InferenceKey", args, opts }) as const;
const secretOf = (name: string) => ({ outputOf: [name, "key"] });
const paths = () => s.simulator.requests.map(({ path }) => path).join("\n");

/** Every control character but newline and tab, and what changes the direction of text. */
const UNSEEN = /(?![\n\t])\p{Cc}|\p{Cf}|\u2028|\u2029/u;

describe("a key in place of an id", () => {
  test.each(["InferenceKey", "Guardrail", "GuardrailKeyAssignment", "GuardrailMemberAssignment"] as const)(
    "reaches neither the engine nor a URL when it is passed to %s.get",
    async (kind) => {
      await s.up({ other: key() });
      const got: Declaration = { other: key(), x: { kind, get: secretOf("other") } };
      const outcome = await s.up(got);
      expect(outcome.ok).toBe(false);
      expect(errorsOf(outcome) + outcome.output).toContain(`${kind}.get("x"): not an id`);
      expect(paths()).not.toContain("sk-or-");
    },
  );

  test("is not printed when it is passed as a name", async () => {
    const outcome = await s.up({ other: key(), named: key({ name: secretOf("other") }) });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain("name: must not contain a key");
  });
});

test.each([
  ["an escape sequence", "\u001b]0;owned\u0007\u001b[2Jci"],
  ["a command for CI", "ci\n::error::owned"],
  ["a bidirectional override", "ci\u202eowned"],
])("prints no control character when a key was renamed to %s in the dashboard", async (_what, name) => {
  await s.up({ k: key() });
  const hash = s.simulator.account.keys[0]?.hash ?? "";
  s.simulator.dashboard.updateKey(hash, { name });
  const refreshed = await s.refresh();
  expect(JSON.stringify(await s.resource("k"))).not.toMatch(/\\u00|\\n/);
  expect(refreshed.output).not.toMatch(UNSEEN);
  s.simulator.clock.advance(2 * MINUTE_MS);
  s.simulator.dashboard.deleteKey(hash);
  const outcome = await s.up({ k: key({ limit: 1 }) });
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toContain("deleted outside this stack");
  expect(errorsOf(outcome)).not.toMatch(UNSEEN);
  expect(errorsOf(outcome)).not.toMatch(/^::/m);
});

describe("adopt", () => {
  let theirs: string;
  beforeEach(() => {
    theirs = s.simulator.dashboard.createKey({ name: "theirs" }).key.hash;
  });
  const adopting = key({ name: "theirs", adopt: "" });
  const of = (adopt: string) => ({ ...adopting, args: { ...adopting.args, adopt } });

  test("refuses the second of two resources that adopt one object in the same run", async () => {
    const outcome = await s.up({ one: of(theirs), two: of(theirs) });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain(`another resource of this program manages or adopts ${theirs} already`);
    expect(Object.keys(await s.resources())).toHaveLength(1);
  });

  test("refuses a resource that adopts what another one manages", async () => {
    await s.up({ one: of(theirs) });
    const outcome = await s.up({ one: key({ name: "theirs" }), two: of(theirs) });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain(`another resource of this program manages or adopts ${theirs} already`);
  });

  test("leaves the key of the other resource when the refused one is removed", async () => {
    await s.up({ b: key({ name: "theirs" }) });
    const id = (await s.resource("b"))?.id ?? "";
    const both = { a: of(id), b: key({ name: { outputOf: ["a", "name"] } }) };
    expect((await s.up(both)).ok).toBe(false);
    const kept = await s.up({ b: key({ name: "theirs" }) });
    expect([errorsOf(kept), writes(kept.calls)]).toEqual(["", []]);
    expect(s.simulator.account.keys.map(({ hash }) => hash)).toContain(id);
  });

  test("is an error at preview when it names a different object than the resource has", async () => {
    await s.up({ one: key({ name: "theirs" }) });
    const outcome = await s.preview({ one: of(theirs) });
    expect(outcome.ok).toBe(false);
    expect(errorsOf(outcome)).toContain("`adopt` names a different object than the one that this resource has");
    expect(outcome.calls).toEqual([]);
  });
});

describe("another key of the same name", () => {
  const told = "another key has this default name";

  test("is named for a default name, without claim and without a command that removes it", async () => {
    const { key: live } = s.simulator.dashboard.createKey({ name: "declared/test/k" });
    const outcome = await s.up({ k: key() });
    expect(outcome.output).toContain(`${told}: ${live.hash}, created ${live.created_at.toISOString().slice(0, 10)}`);
    expect(outcome.output).toContain("audit --stack");
    expect(outcome.output).not.toMatch(/remove key|left/);
  });

  test("is not mentioned for a name of the program's own", async () => {
    s.simulator.dashboard.createKey({ name: "mine" });
    expect((await s.up({ k: key({ name: "mine" }) })).output).not.toContain("another key");
  });

  test.each([
    ["with retainOnDelete", key({}, { retainOnDelete: true }), () => undefined],
    ["for a key that was ever used", key(), (hash: string) => s.simulator.dashboard.useKey(hash, 0)],
  ])("stays %s, though deleteOrphans is on", async (_when, declared, use) => {
    const { key: live } = s.simulator.dashboard.createKey({ name: "declared/test/k" });
    use(live.hash);
    const outcome = await s.up({ k: declared }, { config: { "openrouter:deleteOrphans": "true" } });
    expect(errorsOf(outcome)).toBe("");
    expect(writes(outcome.calls)).toEqual(["POST /keys"]);
    expect(s.simulator.account.keys).toHaveLength(2);
  });
});
