/** Resource options and the aftermath of failures, with the real provider process and a provider that keeps files. */
import type { Result } from "../../testing/engine/stack";
import { type Entry, openScenario, resourceNamed, type Scenario, startedIn, thing } from "./generic";

const messagesOf = ({ diagnostics }: Result) => diagnostics.map(({ message }) => message).join();

/** Names of the existing objects, without the counter in their ids. */
const objectNames = (s: Scenario) =>
  s
    .objects()
    .map((id) => id.split("-")[0])
    .sort();

test("honors dependsOn, parent, provider, protect, retainOnDelete and aliases through the life of a stack", async () => {
  const s = await openScenario({ config: { "generic:account": "from-config" } });
  const other: Entry = { kind: "Provider", name: "other", options: { envVarMappings: { OTHER_ACCOUNT: "ACCOUNT" } } };
  const retained = thing("retained", { options: { retainOnDelete: true } });

  // Dependencies order the creates. Each provider has its own process and configuration.
  const created = await s.up(
    [
      { kind: "Component", name: "group" },
      other,
      thing("a", { props: { delay: 150 }, options: { parent: "group" } }),
      thing("b", { props: { delay: 100 }, options: { dependsOn: ["a"] } }),
      thing("c", { refs: { uses: "b" }, options: { provider: "other", protect: true } }),
      retained,
    ],
    { env: { OTHER_ACCOUNT: "from-mapping" } },
  );
  expect(created.output).not.toContain("error");
  expect(created.summary.create).toBe(7);
  const events = s.newEvents();
  expect(startedIn(events).filter((name) => name !== "retained")).toEqual(["a", "b", "c"]);
  const accountOf = (resource: string) => events.find(({ name }) => name === resource)?.account;
  expect({ a: accountOf("a"), c: accountOf("c") }).toEqual({ a: "from-config", c: "from-mapping" });
  const { urn } = await resourceNamed(s.stack, "a");
  expect(urn).toContain("::generic:index:Component$pulumi-nodejs:dynamic/generic:Thing::a");

  // A protected resource that left the program fails the up and the destroy before they delete anything.
  const emptied = await s.up([]);
  expect({ ok: emptied.ok, messages: messagesOf(emptied) }).toEqual({
    ok: false,
    messages: expect.stringContaining("because it is protected"),
  });
  expect((await s.stack.destroy()).ok).toBe(false);
  expect({ events: s.newEvents(), objects: objectNames(s) }).toEqual({
    events: [],
    objects: ["a", "b", "c", "retained"],
  });

  // A protected resource is not replaced either.
  const renamedObject = thing("c", { props: { name: "renamed" }, options: { provider: "other", protect: true } });
  const refused = await s.up([{ kind: "Provider", name: "other" }, retained, renamedObject]);
  expect({ ok: refused.ok, messages: messagesOf(refused), events: s.newEvents() }).toEqual({
    ok: false,
    messages: expect.stringContaining("unable to replace resource"),
    events: [],
  });

  // Aliases rename without touching the object. `c` no longer uses `b`, so its update precedes the delete of `b`.
  // `retained` leaves the state and keeps its object.
  const renamed = await s.up([
    { kind: "Component", name: "team", options: { aliases: [{ name: "group" }] } },
    other,
    thing("renamed", { props: { name: "a", delay: 150 }, options: { parent: "team", aliases: [{ name: "a" }] } }),
    thing("c", { options: { provider: "other" } }),
  ]);
  expect(renamed.output).not.toContain("error");
  const order = s.newEvents().map(({ op, name, at }) => `${at} ${op} ${name}`);
  expect(order).toEqual(["begin update c", "end update c", "begin delete b", "end delete b"]);
  const deleted = renamed.steps.filter(({ op }) => op === "delete").map(({ name }) => name);
  expect({ deleted: deleted.sort(), objects: objectNames(s) }).toEqual({
    deleted: ["b", "retained"],
    objects: ["a", "c", "retained"],
  });

  // Destroy deletes the rest and empties the state.
  expect((await s.stack.destroy()).ok).toBe(true);
  expect(startedIn(s.newEvents(), "delete").sort()).toEqual(["a", "c"]);
  expect((await s.stack.exportState()).deployment.resources).toBeUndefined();
});

test("runs at most `parallel` creates or deletes at a time", async () => {
  const s = await openScenario({ parallel: 2 });
  const names = ["a", "b", "c", "d", "e"];
  await s.up(names.map((name) => thing(name, { props: { delay: 150 } })));
  const creates = peakConcurrency(s);
  await s.stack.destroy();
  expect({ creates, deletes: peakConcurrency(s) }).toEqual({ creates: 2, deletes: 2 });
});

function peakConcurrency(s: Scenario): number {
  let running = 0;
  return Math.max(...s.newEvents().map(({ at }) => (running += at === "begin" ? 1 : -1)));
}

test("deletes nothing when the program throws", async () => {
  const s = await openScenario();
  await s.up([thing("a")]);
  s.newEvents();
  const result = await s.up([], { env: { THROW: "1" } });
  expect({ ok: result.ok, messages: messagesOf(result), events: s.newEvents() }).toEqual({
    ok: false,
    messages: expect.stringContaining("the program gave up"),
    events: [],
  });
});

test("deletes nothing, lets other steps finish and starts no dependent when a step fails", async () => {
  const s = await openScenario();
  await s.up([thing("a"), thing("b", { refs: { uses: "a" } })]);
  s.newEvents();
  const result = await s.up([
    thing("slow", { props: { delay: 600 } }),
    thing("new", { props: { fail: "create", delay: 200 } }),
    thing("dependent", { refs: { uses: "new" } }),
  ]);
  expect({ ok: result.ok, messages: messagesOf(result) }).toEqual({
    ok: false,
    messages: "create of new failed as asked",
  });
  expect(result.steps).toContainEqual(
    expect.objectContaining({ name: "new", op: "create", error: "create of new failed as asked" }),
  );
  const events = s.newEvents();
  const ended = events.filter(({ at }) => at === "end").map(({ name }) => name);
  expect({ started: startedIn(events).sort(), ended }).toEqual({ started: ["new", "slow"], ended: ["slow"] });
  expect((await resourceNamed(s.stack, "slow")).id).toMatch(/^slow-/);
  expect((await resourceNamed(s.stack, "a")).id).toMatch(/^a-/);
});

test("updates a partially created object in the next up", async () => {
  const s = await openScenario();
  expect((await s.up([thing("half", { props: { partial: true } })])).ok).toBe(false);
  expect(await resourceNamed(s.stack, "half")).toMatchObject({ initErrors: ["the second half failed"] });
  s.newEvents();
  await s.up([thing("half")]);
  expect({ updated: startedIn(s.newEvents(), "update") }).toEqual({ updated: ["half"] });
  expect(await resourceNamed(s.stack, "half")).not.toHaveProperty("initErrors");
});

test("finishes a replacement in the next up when it failed between delete and create", async () => {
  const s = await openScenario();
  const withDependent = (props: Record<string, unknown>) => [
    thing("a", { props }),
    thing("b", { refs: { uses: "a" } }),
  ];
  await s.up(withDependent({}));
  const replacement = { name: "a2", deleteFirst: true };
  expect((await s.up(withDependent({ ...replacement, fail: "create" }))).ok).toBe(false);
  expect(await resourceNamed(s.stack, "a")).toMatchObject({ pendingReplacement: true });
  s.newEvents();

  const healed = await s.up(withDependent(replacement));

  expect(healed.output).not.toContain("error");
  expect(startedIn(s.newEvents(), "create")).toContain("a2");
  expect(await resourceNamed(s.stack, "a")).not.toHaveProperty("pendingReplacement");
});

test("fails when the program uses an option that the local engine does not support", async () => {
  const s = await openScenario();
  const { ok, output } = await s.up([thing("a"), thing("b", { options: { replaceWith: ["a"] } })]);
  expect({ ok, output }).toEqual({
    ok: false,
    output: expect.stringContaining("does not support the ReplaceWith option"),
  });
});
