import { ServerError } from "../../provider/errors";
import { createOnce } from "../../provider/reconcile/createOnce";
import { at, type Given, making, twin } from "./support/making";
import { failureOf } from "./support/samples";

/** What stood in a workspace before this process created anything there. */
const OLD = twin({ createdAt: at(-3_600_000) });
const SAID =
  "do something: another key has this default name: left, created 2026-11-21T09:30:00.000Z; " +
  "`pulumi-openrouter audit --stack …` tells whether a stack has it";
const REMOVED =
  "do something: removed an unused object of the same default name: left, created 2026-11-21T09:30:00.000Z";

test.each<[string, Given, string[], string[]]>([
  ["is named and stays", {}, [], [SAID]],
  ["is removed if the user has allowed it", { deleteOrphans: true }, ["remove left"], [REMOVED]],
  ["is nothing to speak of if this process has met it", { deleteOrphans: true, known: ["left"] }, [], []],
  [
    "is named and stays if it is used or has other settings",
    { newest: [{ ...OLD, asDeclared: false }], deleteOrphans: true },
    [],
    [SAID],
  ],
  ["is nothing to speak of if the name is the user's", { nameIsDefault: false, deleteOrphans: true }, [], []],
])("another object of the default name %s", async (_title, given, removed, lines) => {
  const { task, context, did, said } = making({ newest: [OLD], ...given });
  await createOnce(context, task);
  expect(did.filter((each) => each.startsWith("remove"))).toEqual(removed);
  expect(said).toEqual(lines);
});

test("another guardrail of the default name is called one", async () => {
  const { task, context, said } = making({ newest: [OLD] });
  await createOnce(context, { ...task, collection: "guardrails" });
  expect(said).toEqual([SAID.replace("another key", "another guardrail")]);
});

test("a failure to read what stood there before is told by each operation as its own, and not remembered", async () => {
  const { task, context, did } = making({});
  let fails = true;
  const newest = () => (fails ? Promise.reject(new ServerError("create a", 500, "oops")) : Promise.resolve([]));
  const other = { ...context, api: { ...context.api, operation: "create b" } };
  const works = [createOnce(context, { ...task, newest }), createOnce(other, { ...task, name: "acme/prod/d", newest })];
  const failures = await Promise.all(works.map(failureOf));
  expect(failures.map(({ message }) => message.slice(0, 14))).toEqual(["do something: ", "create b: the "]);
  fails = false;
  expect((await createOnce(context, { ...task, newest })).live).toBe("made");
  expect(did).toEqual(["post"]);
});

test("each workspace and each kind is looked at once by itself", async () => {
  const { task, context, did } = making({ posts: ["a"] });
  const places = [{}, { workspaceId: "w" }, { collection: "guardrails" }, { workspaceId: "w", name: "other" }];
  for (const place of places) await createOnce(context, { ...task, ...place });
  expect(did.filter((each) => each === "newest")).toHaveLength(3);
});
