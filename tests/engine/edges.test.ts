/** Secrets in the wrong place, dashboard names that steer a terminal, and one object in two resources. */
import {
  type Declaration,
  type DeclaredStack,
  effectsOf,
  errorsOf,
  expectFailure,
  openDeclaredStack,
  writes,
} from "./support/declaredStack";

const MINUTE_MS = 60_000;
const open = () => openDeclaredStack({ latency: 50 });
const key = (args: Record<string, unknown> = {}, opts: Record<string, unknown> = {}) =>
  ({ kind: "InferenceKey", args, opts }) as const;
const secretOf = (name: string) => ({ outputOf: [name, "key"] });

/** Every control character but newline and tab, and what changes the direction of text. */
const INVISIBLE = /(?![\n\t])\p{Cc}|\p{Cf}|\u2028|\u2029/u;

describe("a key instead of an id", () => {
  test.each(["InferenceKey", "Guardrail", "GuardrailKeyAssignment", "GuardrailMemberAssignment"] as const)(
    "reaches neither the engine nor a URL when it is passed to %s.get",
    async (kind) => {
      const s = await open();
      await s.up({ other: key() });
      const declaration: Declaration = { other: key(), x: { kind, get: secretOf("other") } };
      const outcome = await s.up(declaration);
      expect({ ok: outcome.ok, printed: errorsOf(outcome) + outcome.output }).toEqual({
        ok: false,
        printed: expect.stringContaining(`${kind}.get("x"): not an id`),
      });
      expect(s.simulator.requests.map(({ path }) => path).join("\n")).not.toContain("sk-or-");
    },
  );

  test("is not printed when it is passed as a name", async () => {
    const s = await open();
    const outcome = await s.up({ other: key(), named: key({ name: secretOf("other") }) });
    expectFailure(outcome, "name: must not contain a key");
  });
});

test.each([
  ["an escape sequence", "\u001b]0;owned\u0007\u001b[2Jci"],
  ["a command for CI", "ci\n::error::owned"],
  ["a bidirectional override", "ci\u202eowned"],
])("prints no control character when a key was renamed to %s in the dashboard", async (_case, name) => {
  const s = await open();
  await s.up({ k: key() });
  const hash = await s.idOf("k");
  s.simulator.dashboard.updateKey(hash, { name });

  const refreshed = await s.refresh();
  expect(JSON.stringify(await s.resource("k"))).not.toMatch(/\\u00|\\n/);
  expect(refreshed.output).not.toMatch(INVISIBLE);

  // The same for the error message of a key that no longer exists.
  s.simulator.clock.advance(2 * MINUTE_MS);
  s.simulator.dashboard.deleteKey(hash);
  const outcome = await s.up({ k: key({ limit: 1 }) });
  expectFailure(outcome, "deleted outside this stack");
  expect(errorsOf(outcome)).not.toMatch(INVISIBLE);
  expect(errorsOf(outcome)).not.toMatch(/^::/m);
});

describe("adopt", () => {
  const existingKey = (s: DeclaredStack) => s.simulator.dashboard.createKey({ name: "theirs" }).key.hash;
  const adopting = (adopt: string) => key({ name: "theirs", adopt });
  const alreadyManaged = (hash: string) => `another resource of this program manages or adopts ${hash} already`;

  test("fails for the second of two resources that adopt one object in the same run", async () => {
    const s = await open();
    const hash = existingKey(s);
    expectFailure(await s.up({ one: adopting(hash), two: adopting(hash) }), alreadyManaged(hash));
    expect(Object.keys(await s.resources())).toHaveLength(1);
  });

  test("fails when another resource manages the object", async () => {
    const s = await open();
    const hash = existingKey(s);
    await s.up({ one: adopting(hash) });
    expectFailure(await s.up({ one: key({ name: "theirs" }), two: adopting(hash) }), alreadyManaged(hash));
  });

  test("keeps the key of the other resource when the failed one is removed", async () => {
    const s = await open();
    await s.up({ b: key({ name: "theirs" }) });
    const hash = await s.idOf("b");
    const both = { a: adopting(hash), b: key({ name: { outputOf: ["a", "name"] } }) };
    expect((await s.up(both)).ok).toBe(false);

    const kept = effectsOf(await s.up({ b: key({ name: "theirs" }) }));

    expect({ errors: kept.errors, writes: kept.writes }).toEqual({ errors: "", writes: [] });
    expect(s.simulator.account.keys.map((each) => each.hash)).toContain(hash);
  });

  test("fails in the preview when it names a different object from the one in the state", async () => {
    const s = await open();
    const hash = existingKey(s);
    await s.up({ one: key({ name: "theirs" }) });
    const outcome = await s.preview({ one: adopting(hash) });
    expectFailure(outcome, "`adopt` names a different object from the one that this resource has");
    expect(outcome.calls).toEqual([]);
  });
});

describe("another key of the same name", () => {
  const WARNING = "another key has this default name";

  test("is reported for a default name, without a command that removes it", async () => {
    const s = await open();
    const { key: live } = s.simulator.dashboard.createKey({ name: "declared/test/k" });
    const { output } = await s.up({ k: key() });
    expect(output).toContain(`${WARNING}: ${live.hash}, created ${live.created_at.toISOString().slice(0, 10)}`);
    expect(output).toContain("audit --stack");
    expect(output).not.toMatch(/remove key|left/);
  });

  test("is not reported when the program chose the name", async () => {
    const s = await open();
    s.simulator.dashboard.createKey({ name: "mine" });
    expect((await s.up({ k: key({ name: "mine" }) })).output).not.toContain("another key");
  });

  test.each([
    ["the resource has retainOnDelete", { opts: { retainOnDelete: true }, isUsed: false }],
    ["it was used before", { opts: {}, isUsed: true }],
  ])("survives deleteOrphans when %s", async (_case, { opts, isUsed }) => {
    const s = await open();
    const { hash } = s.simulator.dashboard.createKey({ name: "declared/test/k" }).key;
    if (isUsed) s.simulator.dashboard.useKey(hash, 0);
    const outcome = await s.up({ k: key({}, opts) }, { config: { "openrouter:deleteOrphans": "true" } });
    expect({ errors: errorsOf(outcome), writes: writes(outcome.calls) }).toEqual({
      errors: "",
      writes: ["POST /keys"],
    });
    expect(s.simulator.account.keys).toHaveLength(2);
  });
});
