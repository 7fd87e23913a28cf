/** The option `deletedWith` on the local engine and, where `pulumi` is on PATH, on Pulumi's own CLI. */
import { rmSync } from "node:fs";
import path from "node:path";
import { openLocalStack } from "../../testing/engine/localStack";
import { hasPulumi } from "../../testing/engine/openStack";
import { openPulumiStack } from "../../testing/engine/pulumiStack";
import { begun, type Entry, openScenario, resourceNamed, type Scenario, thing } from "./generic";

const engines = [openLocalStack, ...(hasPulumi() ? [openPulumiStack] : [])];

function owned(name: string, deletedWith: string, more: Omit<Entry, "name"> = {}): Entry {
  return thing(name, { ...more, options: { ...more.options, deletedWith } });
}

describe.each(engines.map((open) => [open.name, open] as const))("%s", (_, open) => {
  let s: Scenario;
  beforeAll(async () => {
    s = await openScenario({}, open);
  });

  const ownerOf = async (name: string) => {
    const { deletedWith } = await resourceNamed(s.stack, name);
    return deletedWith === undefined ? undefined : String(deletedWith).split("::").at(-1);
  };
  const kept = [
    thing("lost"),
    owned("orphan", "lost"),
    thing("last"),
    owned("skipped", "last"),
    thing("slow", { props: { delay: 300 }, options: { dependsOn: ["skipped"] } }),
  ];
  const onOwner = { refs: { on: "replacedFirst" } };

  test("stores the owner, its own or its parent's", async () => {
    const result = await s.up([
      ...["stays", "removed", "replaced"].map((name) => thing(name)),
      thing("replacedFirst"),
      thing("retained", { options: { retainOnDelete: true } }),
      owned("withStays", "stays"),
      owned("withRemoved", "removed"),
      owned("withReplaced", "replaced"),
      owned("replacedToo", "replaced"),
      owned("withReplacedFirst", "replacedFirst", onOwner),
      owned("withDependent", "withReplacedFirst", { refs: { on: "withReplacedFirst" } }),
      owned("removedLater", "withReplacedFirst"),
      owned("withRetained", "retained"),
      { kind: "Component", name: "group", options: { deletedWith: "removed" } },
      thing("child", { options: { parent: "group" } }),
      ...kept,
    ]);
    expect(result.output).not.toContain("error");
    expect(await ownerOf("withStays")).toBe("stays");
    expect(await ownerOf("child")).toBe("removed");
    expect(await ownerOf("stays")).toBeUndefined();
    s.done();
  });

  test("deletes no object whose owner the same up deletes or replaces", async () => {
    const result = await s.up([
      thing("stays"),
      thing("replaced", { props: { name: "replacement" } }),
      owned("replacedToo", "replaced", { props: { name: "replacementToo" } }),
      thing("replacedFirst", { props: { name: "replacementFirst", deleteFirst: true } }),
      owned("withReplacedFirst", "replacedFirst", onOwner),
      owned("withDependent", "withReplacedFirst", { refs: { on: "withReplacedFirst" } }),
      ...kept,
    ]);
    expect(result.output).not.toContain("error");
    // An owner that is deleted before its replacement does not count. A dependent that has to go with it does, until it
    // is there again.
    const deleted = ["removed", "removedLater", "replaced", "replacedFirst", "withReplacedFirst", "withStays"];
    expect(begun(s.done(), "delete").sort()).toEqual(deleted);
  });

  test("forgets an owner that a refresh does not find", async () => {
    const { id } = await resourceNamed(s.stack, "lost");
    rmSync(path.join(s.options.env?.WORLD ?? "", `${id}.json`));
    expect((await s.stack.refresh()).ok).toBe(true);
    expect(await ownerOf("orphan")).toBeUndefined();
    expect(await ownerOf("skipped")).toBe("last");
  });

  test("destroy deletes the owner last, and no object that goes with it", async () => {
    s.done();
    expect((await s.stack.destroy()).ok).toBe(true);
    const done = s.done();
    expect(begun(done)).toEqual(expect.arrayContaining(["orphan", "slow", "last"]));
    for (const name of ["skipped", "withReplacedFirst", "withDependent", "replacementToo"]) {
      expect(begun(done)).not.toContain(name);
    }
    const times = done.map(({ name, at }) => `${at} ${name}`);
    expect(times.indexOf("begin last")).toBeGreaterThan(times.indexOf("end slow"));
    expect((await s.stack.exportState()).deployment.resources).toBeUndefined();
  });
});

test("the local engine refuses an owner that the program has not registered", async () => {
  const s = await openScenario();
  const result = await s.up([thing("a", { options: { deletedWith: "urn:pulumi:dev::generic::x:y:Z::nobody" } })]);
  expect(result.ok).toBe(false);
  expect(result.output).toContain("deletedWith: the program has registered no resource");
  expect(s.objects()).toEqual([]);
});

test("an owner that was renamed stays the owner when the up fails before it comes to the resource", async () => {
  const s = await openScenario();
  await s.up([thing("before"), owned("a", "before")]);
  const failing = thing("b", { props: { fail: "create" } });
  const entries = [thing("after", { props: { name: "before" }, options: { aliases: [{ name: "before" }] } }), failing];
  const result = await s.up([...entries, owned("a", "after", { options: { dependsOn: ["b"] } })]);
  expect(result.ok).toBe(false);
  expect((await resourceNamed(s.stack, "a")).deletedWith).toBe((await resourceNamed(s.stack, "after")).urn);
});
