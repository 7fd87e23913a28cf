/** What a create does about an object of its default name that was in the workspace before. */
import { ServerError } from "../../provider/errors";
import { createOnce } from "../../provider/reconcile/createOnce";
import { at, creating, type Given, orphan } from "./support/createOnce";
import { failureOf } from "./support/samples";

const OLD = orphan({ createdAt: at(-3_600_000) });
const REPORTED =
  "do something: another key has this default name: orphan, created 2026-11-21T09:30:00.000Z; " +
  "run `pulumi-openrouter audit --stack …` to see whether a stack has it";
const REMOVED =
  "do something: removed an unused key with the same default name: orphan, created 2026-11-21T09:30:00.000Z";

test.each<[string, Given, string[], string[]]>([
  ["reports and keeps it by default", {}, [], [REPORTED]],
  ["deletes it with deleteOrphans", { deleteOrphans: true }, ["remove orphan"], [REMOVED]],
  ["keeps one that this process has seen", { deleteOrphans: true, seen: ["orphan"] }, [], []],
  [
    "reports and keeps one that is used or has other settings",
    { newest: [{ ...OLD, isUnusedMatch: false }], deleteOrphans: true },
    [],
    [REPORTED],
  ],
  ["ignores it when the program chose the name", { hasDefaultName: false, deleteOrphans: true }, [], []],
])("%s", async (_title, given, removed, lines) => {
  const { create, requests, messages } = creating({ newest: [OLD], ...given });
  await create();
  expect(requests.filter((request) => request.startsWith("remove"))).toEqual(removed);
  expect(messages).toEqual(lines);
});

test("reports a guardrail as a guardrail", async () => {
  const { context, collection, draft, post, messages } = creating({ newest: [OLD] });
  await createOnce(context, { ...collection, name: "guardrails", noun: "guardrail" }, draft, post);
  expect(messages).toEqual([REPORTED.replace("another key", "another guardrail")]);
});

test("reports a failure to list in the name of each operation, and lists again next time", async () => {
  const { context, collection, draft, post, requests } = creating();
  let fails = true;
  const listNewest = () => (fails ? Promise.reject(new ServerError("create a", 500, "oops")) : Promise.resolve([]));
  const failing = { ...collection, listNewest };
  const other = { ...context, api: { ...context.api, operation: "create b" } };
  const creates = [
    createOnce(context, failing, draft, post),
    createOnce(other, failing, { ...draft, name: "acme/prod/d" }, post),
  ];
  const failures = await Promise.all(creates.map(failureOf));
  expect(failures.map(({ message }) => message.slice(0, 14))).toEqual(["do something: ", "create b: the "]);
  fails = false;
  expect((await createOnce(context, failing, draft, post)).live.id).toBe("created");
  expect(requests).toEqual(["post"]);
});

test("lists each workspace and each kind once", async () => {
  const { context, collection, draft, post, requests } = creating();
  const drafts = [draft, { ...draft, workspaceId: "w" }, { ...draft, workspaceId: "w", name: "other" }];
  for (const each of drafts) await createOnce(context, collection, each, post);
  await createOnce(context, { ...collection, name: "guardrails" }, draft, post);
  expect(requests.filter((request) => request === "list newest")).toHaveLength(3);
});
