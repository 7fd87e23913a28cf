/** The resource options and what follows from a failure, with the real provider process and a provider of files. */
import { begun, openScenario, resourceNamed, type Scenario, thing } from "./generic";

describe("one stack through its life", () => {
  let s: Scenario;
  beforeAll(async () => {
    s = await openScenario({ config: { "generic:account": "from-config" } });
  });

  test("dependsOn, parent, property and provider order creation, and each provider has its own process", async () => {
    const result = await s.up(
      [
        { kind: "Component", name: "group" },
        { kind: "Provider", name: "other", options: { envVarMappings: { OTHER_ACCOUNT: "ACCOUNT" } } },
        thing("a", { props: { delay: 150 }, options: { parent: "group" } }),
        thing("b", { props: { delay: 100 }, options: { dependsOn: ["a"] } }),
        thing("c", { refs: { uses: "b" }, options: { provider: "other", protect: true } }),
        thing("kept", { options: { retainOnDelete: true } }),
      ],
      { env: { OTHER_ACCOUNT: "from-mapping" } },
    );
    expect(result.output).not.toContain("error");
    expect(result.summary.create).toBe(7);
    const done = s.done();
    expect(begun(done).filter((name) => name !== "kept")).toEqual(["a", "b", "c"]);
    expect(done.find(({ name }) => name === "a")?.account).toBe("from-config");
    expect(done.find(({ name }) => name === "c")?.account).toBe("from-mapping");
    expect((await resourceNamed(s.stack, "a")).urn).toContain(
      "::generic:index:Component$pulumi-nodejs:dynamic/generic:Thing::a",
    );
  });

  test("a protected resource is neither deleted by up nor by destroy, and nothing else is", async () => {
    const up = await s.up([]);
    expect(up.ok).toBe(false);
    expect(up.diagnostics.map(({ message }) => message).join()).toContain("because it is protected");
    const destroyed = await s.stack.destroy();
    expect(destroyed.ok).toBe(false);
    expect(s.done()).toEqual([]);
    expect(s.objects()).toHaveLength(4);
  });

  test("a protected resource is not replaced", async () => {
    const program = [
      { kind: "Provider" as const, name: "other" },
      thing("kept", { options: { retainOnDelete: true } }),
    ];
    const changed = thing("c", { props: { name: "renamed" }, options: { provider: "other", protect: true } });
    const result = await s.up([...program, changed]);
    expect(result.ok).toBe(false);
    expect(result.diagnostics.map(({ message }) => message).join()).toContain("unable to replace resource");
    expect(s.done()).toEqual([]);
  });

  test("aliases rename without touching the object, and what else is gone from the program is deleted in order", async () => {
    const result = await s.up([
      { kind: "Component", name: "team", options: { aliases: [{ name: "group" }] } },
      { kind: "Provider", name: "other", options: { envVarMappings: { OTHER_ACCOUNT: "ACCOUNT" } } },
      thing("renamed", { props: { name: "a", delay: 150 }, options: { parent: "team", aliases: [{ name: "a" }] } }),
      thing("c", { options: { provider: "other" } }),
    ]);
    expect(result.output).not.toContain("error");
    // `c` no longer uses `b`, so it is updated before `b` is deleted; `kept` leaves the state and stays in the world.
    expect(s.done().map(({ op, name, at }) => `${at} ${op} ${name}`)).toEqual([
      "begin update c",
      "end update c",
      "begin delete b",
      "end delete b",
    ]);
    expect(
      result.steps
        .filter(({ op }) => op === "delete")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["b", "kept"]);
    expect(
      s
        .objects()
        .map((id) => id.split("-")[0])
        .sort(),
    ).toEqual(["a", "c", "kept"]);
  });

  test("destroy deletes the rest and empties the state", async () => {
    expect((await s.stack.destroy()).ok).toBe(true);
    expect(begun(s.done(), "delete").sort()).toEqual(["a", "c"]);
    expect((await s.stack.exportState()).deployment.resources).toBeUndefined();
  });
});

test("at most `parallel` steps run together, creates and deletes alike", async () => {
  const s = await openScenario({ parallel: 2 });
  const names = ["a", "b", "c", "d", "e"];
  await s.up(names.map((name) => thing(name, { props: { delay: 150 } })));
  expect(mostTogether(s)).toBe(2);
  await s.stack.destroy();
  expect(mostTogether(s)).toBe(2);
});

function mostTogether(s: Scenario): number {
  let running = 0;
  return Math.max(...s.done().map(({ at }) => (running += at === "begin" ? 1 : -1)));
}

describe("after a failure", () => {
  let s: Scenario;
  beforeAll(async () => {
    s = await openScenario();
    await s.up([thing("a"), thing("b", { refs: { uses: "a" } })]);
    s.done();
  });

  test("a program that throws deletes nothing", async () => {
    const result = await s.up([], { env: { THROW: "1" } });
    expect(result.ok).toBe(false);
    expect(result.diagnostics).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("the program gave up") }),
    );
    expect(s.done()).toEqual([]);
  });

  test("a step that fails deletes nothing, lets others end and starts no dependent", async () => {
    const result = await s.up([
      thing("slow", { props: { delay: 600 } }),
      thing("new", { props: { fail: "create", delay: 200 } }),
      thing("dependent", { refs: { uses: "new" } }),
    ]);
    expect(result.ok).toBe(false);
    expect(result.steps).toContainEqual(
      expect.objectContaining({ name: "new", op: "create", error: "create of new failed as asked" }),
    );
    expect(result.diagnostics.map(({ message }) => message)).toEqual(["create of new failed as asked"]);
    const done = s.done();
    expect(begun(done).sort()).toEqual(["new", "slow"]);
    expect(done.filter(({ at }) => at === "end").map(({ name }) => name)).toEqual(["slow"]);
    expect((await resourceNamed(s.stack, "slow")).id).toMatch(/^slow-/);
    expect((await resourceNamed(s.stack, "a")).id).toMatch(/^a-/);
  });

  test("what was created half is updated by the next up", async () => {
    const entries = [thing("a"), thing("b", { refs: { uses: "a" } })];
    const failed = await s.up([...entries, thing("half", { props: { partial: true } })]);
    expect(failed.ok).toBe(false);
    expect(await resourceNamed(s.stack, "half")).toMatchObject({ initErrors: ["the second half failed"] });
    s.done();
    await s.up([...entries, thing("half")]);
    expect(begun(s.done(), "update")).toEqual(["half"]);
    expect(await resourceNamed(s.stack, "half")).not.toHaveProperty("initErrors");
  });

  test("delete before replace takes dependents along, and an error between leaves a state that heals", async () => {
    const broken = thing("a", { props: { name: "a2", deleteFirst: true, fail: "create" } });
    const entries = (a: typeof broken) => [a, thing("b", { refs: { uses: "a" } })];
    expect((await s.up(entries(broken))).ok).toBe(false);
    expect(await resourceNamed(s.stack, "a")).toMatchObject({ pendingReplacement: true });
    s.done();
    const healed = await s.up(entries(thing("a", { props: { name: "a2", deleteFirst: true } })));
    expect(healed.output).not.toContain("error");
    expect(begun(s.done(), "create")).toContain("a2");
    expect(await resourceNamed(s.stack, "a")).not.toHaveProperty("pendingReplacement");
  });
});

test("rejects options that the local engine does not support", async () => {
  const s = await openScenario();
  const result = await s.up([thing("a"), thing("b", { options: { replaceWith: ["a"] } })]);
  expect(result.ok).toBe(false);
  expect(result.output).toContain("does not support the ReplaceWith option");
});
