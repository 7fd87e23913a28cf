/** The option `deletedWith` on the local engine and, where `pulumi` is on PATH, on Pulumi's own CLI. */
import { rmSync } from "node:fs";
import path from "node:path";
import { openLocalStack } from "../../testing/engine/localStack";
import { hasPulumi } from "../../testing/engine/openStack";
import { openPulumiStack } from "../../testing/engine/pulumiStack";
import { type Entry, openScenario, resourceNamed, type Scenario, startedIn, thing } from "./generic";

const engines = [openLocalStack, ...(hasPulumi() ? [openPulumiStack] : [])];

function owned(name: string, deletedWith: string, more: Omit<Entry, "name"> = {}): Entry {
  return thing(name, { ...more, options: { ...more.options, deletedWith } });
}

async function ownerOf(s: Scenario, name: string): Promise<string | undefined> {
  const { deletedWith } = await resourceNamed(s.stack, name);
  return deletedWith === undefined ? undefined : String(deletedWith).split("::").at(-1);
}

/** Resources that the first two programs have in common. */
const KEPT = [
  thing("lost"),
  owned("orphan", "lost"),
  thing("last"),
  owned("skipped", "last"),
  thing("slow", { props: { delay: 300 }, options: { dependsOn: ["skipped"] } }),
];
const ON_OWNER = { refs: { on: "replacedFirst" } };

test.each(engines.map((open) => [open.name, open] as const))(
  "skips the delete of every object whose owner is deleted too (%s)",
  async (_, open) => {
    const s = await openScenario({}, open);

    // Stores the resource's own owner, or that of its parent.
    const created = await s.up([
      ...["stays", "removed", "replaced"].map((name) => thing(name)),
      thing("replacedFirst"),
      thing("retained", { options: { retainOnDelete: true } }),
      owned("withStays", "stays"),
      owned("withRemoved", "removed"),
      owned("withReplaced", "replaced"),
      owned("replacedToo", "replaced"),
      owned("withReplacedFirst", "replacedFirst", ON_OWNER),
      owned("withDependent", "withReplacedFirst", { refs: { on: "withReplacedFirst" } }),
      owned("removedLater", "withReplacedFirst"),
      owned("withRetained", "retained"),
      { kind: "Component", name: "group", options: { deletedWith: "removed" } },
      thing("child", { options: { parent: "group" } }),
      ...KEPT,
    ]);
    expect(created.output).not.toContain("error");
    const owners = {
      withStays: await ownerOf(s, "withStays"),
      child: await ownerOf(s, "child"),
      stays: await ownerOf(s, "stays"),
    };
    expect(owners).toEqual({ withStays: "stays", child: "removed", stays: undefined });
    s.newEvents();

    // An up skips the objects of owners that it deletes or replaces. An owner that is deleted before its replacement
    // does not count. A dependent that is deleted with it counts until it is created again.
    const changed = await s.up([
      thing("stays"),
      thing("replaced", { props: { name: "replacement" } }),
      owned("replacedToo", "replaced", { props: { name: "replacementToo" } }),
      thing("replacedFirst", { props: { name: "replacementFirst", deleteFirst: true } }),
      owned("withReplacedFirst", "replacedFirst", ON_OWNER),
      owned("withDependent", "withReplacedFirst", { refs: { on: "withReplacedFirst" } }),
      ...KEPT,
    ]);
    expect(changed.output).not.toContain("error");
    const deleted = ["removed", "removedLater", "replaced", "replacedFirst", "withReplacedFirst", "withStays"];
    expect(startedIn(s.newEvents(), "delete").sort()).toEqual(deleted);

    // A refresh that does not find an owner removes it from its resources.
    const { id } = await resourceNamed(s.stack, "lost");
    rmSync(path.join(s.options.env?.WORLD ?? "", `${id}.json`));
    expect((await s.stack.refresh()).ok).toBe(true);
    const afterRefresh = { orphan: await ownerOf(s, "orphan"), skipped: await ownerOf(s, "skipped") };
    expect(afterRefresh).toEqual({ orphan: undefined, skipped: "last" });
    s.newEvents();

    // Destroy deletes an owner after the dependents of its resources, and skips its resources.
    expect((await s.stack.destroy()).ok).toBe(true);
    const events = s.newEvents();
    const started = startedIn(events);
    expect(started).toEqual(expect.arrayContaining(["orphan", "slow", "last"]));
    const ofDeletedOwners = ["skipped", "withReplacedFirst", "withDependent", "replacementToo"];
    expect({ skipped: ofDeletedOwners.filter((name) => !started.includes(name)) }).toEqual({
      skipped: ofDeletedOwners,
    });
    const order = events.map(({ name, at }) => `${at} ${name}`);
    expect(order.indexOf("begin last")).toBeGreaterThan(order.indexOf("end slow"));
    expect((await s.stack.exportState()).deployment.resources).toBeUndefined();
  },
);

test("fails on the local engine when the program has not registered the owner", async () => {
  const s = await openScenario();
  const result = await s.up([thing("a", { options: { deletedWith: "urn:pulumi:dev::generic::x:y:Z::missing" } })]);
  expect({ ok: result.ok, output: result.output, objects: s.objects() }).toEqual({
    ok: false,
    output: expect.stringContaining("deletedWith: the program has registered no resource"),
    objects: [],
  });
});

test("keeps a renamed owner when the up fails before it reaches the resource", async () => {
  const s = await openScenario();
  await s.up([thing("before"), owned("a", "before")]);
  const renamedOwner = thing("after", { props: { name: "before" }, options: { aliases: [{ name: "before" }] } });
  const failing = thing("b", { props: { fail: "create" } });

  const result = await s.up([renamedOwner, failing, owned("a", "after", { options: { dependsOn: ["b"] } })]);

  const owner = (await resourceNamed(s.stack, "a")).deletedWith;
  expect({ ok: result.ok, owner }).toEqual({ ok: false, owner: (await resourceNamed(s.stack, "after")).urn });
});
