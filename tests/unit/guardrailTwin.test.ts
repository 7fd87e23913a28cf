import { AmbiguousCreateError, TimeoutError } from "../../provider/errors";
import { guardrail } from "../../provider/resources/guardrail";
import { OPERATION, responding } from "./support/fakeApi";
import {
  checked,
  contextOf,
  GUARDRAIL,
  HASH,
  newSession,
  OTHER_GUARDRAIL,
  OTHER_WORKSPACE,
  WORKSPACE,
  wireGuardrail,
} from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));

const NOW = "2026-11-21T10:30:00Z";
const NAME = "acme/prod/safe";
const twin = (settings: object = {}) =>
  wireGuardrail({ id: OTHER_GUARDRAIL, name: NAME, created_at: NOW, ...settings });

interface Listed {
  guardrails: object[];
  assignedTo?: "keys" | "members";
}

/** An account that creates these guardrails, loses the response to the first POST, and responds to the second. */
function losingFirstPost(given: object, { guardrails, assignedTo }: Listed) {
  let posts = 0;
  const rows = { keys: [{ key_hash: HASH }], members: [{ user_id: "user_ada" }] };
  const fake = responding(({ method, path, body }) => {
    if (method === "POST" && posts++ === 0) throw new TimeoutError(OPERATION, 20);
    if (method === "POST") return { data: wireGuardrail(body as object) };
    if (method === "DELETE") return { deleted: true };
    if (path === "/guardrails") return { data: guardrails, total_count: guardrails.length };
    const kind = path.split("/").at(-1);
    const data = kind === assignedTo ? rows[kind as keyof typeof rows] : [];
    return { data, total_count: data.length };
  });
  const session = { ...newSession(), preexisting: new Map() };
  const api = { ...fake.api, serverTime: () => Date.parse(NOW) };
  const inputs = checked(guardrail, { name: NAME, __defaultName: true, ...given });
  const collectionKey = `guardrails ${inputs.workspaceId ?? ""}`;
  session.preexisting.set(collectionKey, Promise.resolve([]));
  return { fake, session, create: () => guardrail.create(contextOf({ ...fake, api }, session), inputs) };
}

async function isDeleted(given: object, listed: Listed): Promise<boolean> {
  const { fake, create } = losingFirstPost(given, listed);
  const result = await create().catch((error: unknown) => error);
  const isGone = fake.lines().includes(`DELETE /guardrails/${OTHER_GUARDRAIL}`);
  if (!isGone) expect(result).toBeInstanceOf(AmbiguousCreateError);
  if (!isGone)
    expect((result as AmbiguousCreateError).message).toContain(`may have produced: ${OTHER_GUARDRAIL}, created ${NOW}`);
  expect(fake.lines().filter((line) => line === "POST /guardrails")).toHaveLength(isGone ? 2 : 1);
  return isGone;
}

test.each<[string, object, object]>([
  ["has the declared settings", { description: "a" }, { description: "a" }],
  ["shows false for a switch that is not declared", {}, { enforce_zdr_xai: false }],
  ["has its lists in a different order", { allowedProviders: ["b", "a"] }, { allowed_providers: ["a", "b"] }],
])("deletes an unassigned orphan of a lost response that %s", async (_title, given, settings) => {
  expect(await isDeleted(given, { guardrails: [twin(settings)] })).toBe(true);
});

test.each<[string, object, Listed]>([
  ["has different settings", { description: "a" }, { guardrails: [twin({ description: "b" })] }],
  ["has a setting that is not declared", {}, { guardrails: [twin({ description: "b" })] }],
  ["is assigned to a key", {}, { guardrails: [twin()], assignedTo: "keys" }],
  ["is assigned to a member", {}, { guardrails: [twin()], assignedTo: "members" }],
  ["has a name that the program chose", { __defaultName: false }, { guardrails: [twin()] }],
  ["may have a name that the program chose", { __defaultName: undefined }, { guardrails: [twin()] }],
])("keeps and names a guardrail that %s", async (_title, given, listed) => {
  expect(await isDeleted(given, listed)).toBe(false);
});

test("ignores guardrails with different names", async () => {
  const { fake, create } = losingFirstPost({}, { guardrails: [twin({ name: "acme/prod/safer" })] });
  expect((await create()).id).toBe(GUARDRAIL);
  expect(fake.lines().filter((line) => line.startsWith("DELETE"))).toEqual([]);
});

test("lists only the guardrail's workspace, both before the first create and after a lost response", async () => {
  const { fake, session, create } = losingFirstPost({ workspaceId: OTHER_WORKSPACE.toUpperCase() }, { guardrails: [] });
  session.preexisting.clear();
  await create();
  const lists = fake.sent.filter(({ method }) => method === "GET");
  expect(fake.lines()[0]).toBe("GET /guardrails");
  for (const { query } of lists) expect(query).toMatchObject({ workspace_id: OTHER_WORKSPACE });
  expect(session.createdIds).toContain(GUARDRAIL);
});

test("reads many guardrails from pages of their workspace", async () => {
  const ids = ["a", "b", "c"].map((letter) => `${letter.repeat(8)}-3333-4333-8333-333333333333`);
  const fake = responding(({ path, query }) => {
    const { offset = 0 } = (query ?? {}) as { offset?: number };
    const rows = ids.map((id) => wireGuardrail({ id }));
    if (path === "/guardrails") return { data: rows.slice(offset), total_count: rows.length };
    return { data: wireGuardrail({ id: path.split("/").at(-1) }) };
  });
  const context = contextOf(fake);
  const state = { name: "safe", createdAt: NOW, workspaceId: WORKSPACE };
  const found = await Promise.all(ids.map((id) => guardrail.read(context, id, state)));
  expect(found.every(Boolean)).toBe(true);
  const pages = fake.sent.filter(({ path }) => path === "/guardrails");
  expect(pages.map(({ query }) => query)).toEqual([{ workspace_id: WORKSPACE, offset: 0, limit: 100 }]);
});
