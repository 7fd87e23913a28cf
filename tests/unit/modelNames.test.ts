import { canonicalName, canonicalSlugs, isKnownModel } from "../../provider/api/models";
import { ApiError, PreconditionError, ServerError } from "../../provider/errors";
import { guardrail } from "../../provider/resources/guardrail";
import { shortNames } from "../../provider/resources/modelNames";
import { OPERATION, responding, type SentRequest, scripted } from "./support/fakeApi";
import { checked, contextOf, failureOf, GUARDRAIL, throughState, wireGuardrail } from "./support/samples";

const CATALOG = [
  { id: "openai/gpt-4o-mini", canonical_slug: "openai/gpt-4o-mini-2024-07-18" },
  { id: "deepseek/r1", canonical_slug: "deepseek/r1-0528" },
  { id: "deepseek/r1:free", canonical_slug: "deepseek/r1-0528:free" },
  { id: "meta/llama:free", canonical_slug: "meta/llama-2025" },
  { id: "qwen/coder:free", canonical_slug: "qwen/coder" },
  { id: "qwen/coder", canonical_slug: "qwen/coder" },
  { id: "anthropic/claude", canonical_slug: "anthropic/claude-20260101" },
  { id: "anthropic/claude-latest", canonical_slug: "anthropic/claude-20260101" },
  { id: "plain/model", canonical_slug: null },
];
const SLUGS = new Map(
  CATALOG.flatMap(({ id, canonical_slug }): [string, string][] => [
    [id, canonical_slug ?? id],
    ...(canonical_slug ? [[canonical_slug, canonical_slug] as [string, string]] : []),
  ]),
);

test.each([
  ["openai/gpt-4o-mini", "openai/gpt-4o-mini-2024-07-18"],
  ["openai/gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini-2024-07-18"],
  ["openai/gpt-4o-mini:online", "openai/gpt-4o-mini-2024-07-18:online"],
  ["openai/gpt-4o-mini-2024-07-18:free", "openai/gpt-4o-mini-2024-07-18:free"],
  ["deepseek/r1:free", "deepseek/r1-0528:free"],
  ["meta/llama:free", "meta/llama-2025:free"],
  ["plain/model", "plain/model"],
  ["not/known", "not/known"],
  ["not/known:free", "not/known:free"],
])("resolves %s to %s", (name, stored) => {
  expect(canonicalName(SLUGS, name)).toBe(stored);
});

test.each([
  ["openai/gpt-4o-mini", true],
  ["openai/gpt-4o-mini-2024-07-18:free", true],
  ["not/known", false],
  ["not/known:free", false],
  [":free", false],
])("decides whether the catalog has %s: %s", (name, isKnown) => {
  expect(isKnownModel(SLUGS, name)).toBe(isKnown);
});

test.each([
  ["openai/gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"],
  ["openai/gpt-4o-mini-2024-07-18:online", "openai/gpt-4o-mini:online"],
  ["deepseek/r1-0528:free", "deepseek/r1:free"],
  ["meta/llama-2025:free", "meta/llama:free"],
  // Only its free variant is listed, which is a different model.
  ["meta/llama-2025", "meta/llama-2025"],
  ["qwen/coder", "qwen/coder"],
  ["qwen/coder:free", "qwen/coder:free"],
  ["plain/model:free", "plain/model:free"],
  ["not/known:free", "not/known:free"],
])("imports %s as %s, which means the same", async (stored, short) => {
  const names = Object.entries(await shortNames(scripted({ data: CATALOG }).api, [stored]));
  expect(names).toEqual(short === stored ? [] : [[short, stored]]);
  expect(canonicalName(SLUGS, short)).toBe(stored);
});

test("reads the catalog of all modalities to its last page, without credentials", async () => {
  const fake = responding(({ query }) => {
    const { offset } = query as { offset: number };
    return { data: CATALOG.map(({ id }) => ({ id: `${id}${offset}`, canonical_slug: null })), total_count: 2500 };
  });
  const authenticated: unknown[] = [];
  const api = {
    ...fake.api,
    request: (call: Parameters<typeof fake.api.request>[0]) => {
      authenticated.push(call.authenticated);
      return fake.api.request(call);
    },
  } as typeof fake.api;
  expect((await canonicalSlugs(api)).size).toBe(3 * CATALOG.length);
  expect(fake.sent.map(({ query }) => query)).toEqual(
    [0, 1000, 2000].map((offset) => ({ output_modalities: "all", offset, limit: 1000 })),
  );
  expect(authenticated).toEqual([false, false, false]);
});

/** An API that stores the canonical names of models, without duplicates, like the real one. */
function canonicalizing() {
  let stored = wireGuardrail();
  return responding(({ method, path, body }: SentRequest) => {
    if (path === "/models") return { data: CATALOG, total_count: CATALOG.length };
    if (method !== "GET") stored = { ...stored, ...canonical(body as Record<string, unknown>) };
    return { data: stored };
  });
}

function canonical(body: Record<string, unknown>): object {
  const lists = ["allowed_models", "ignored_models"].filter((name) => Array.isArray(body[name]));
  const stored = lists.map((name) => [
    name,
    [...new Set((body[name] as string[]).map((model) => canonicalName(SLUGS, model)))],
  ]);
  return { ...body, ...Object.fromEntries(stored) };
}

const inputsOf = (allowedModels: string[], more: object = {}) =>
  checked(guardrail, { name: "safe", allowedModels, ...more });

test.each([
  ["a slug", ["openai/gpt-4o-mini"]],
  ["a canonical slug", ["openai/gpt-4o-mini-2024-07-18"]],
  ["a slug and its canonical slug", ["openai/gpt-4o-mini", "openai/gpt-4o-mini-2024-07-18"]],
  ["a model and its variant", ["deepseek/r1", "deepseek/r1:free"]],
  ["only variants", ["meta/llama:free", "openai/gpt-4o-mini:online"]],
  ["two slugs of one model", ["anthropic/claude", "anthropic/claude-latest"]],
])("finds no change after a create and a refresh with %s", async (_title, models) => {
  const fake = canonicalizing();
  const declared = inputsOf(models);
  const { outputs } = await guardrail.create(contextOf(fake), declared);
  const state = throughState(outputs);
  expect(fake.lines().filter((line) => line.startsWith("PATCH"))).toEqual([]);
  expect(guardrail.diff(state, declared)).toEqual({ changed: false, replaces: [] });
  const found = await guardrail.read(contextOf(fake), GUARDRAIL, state);
  expect(guardrail.diff(throughState(found?.outputs ?? outputs), declared).changed).toBe(false);
});

test("keeps the declared names in a refresh, without the catalog, when the state remembers the canonical ones", async () => {
  const fake = canonicalizing();
  const { outputs } = await guardrail.create(contextOf(fake), inputsOf(["openai/gpt-4o-mini"]));
  fake.sent.length = 0;
  const found = await guardrail.read(contextOf(fake), GUARDRAIL, throughState(outputs));
  expect(fake.lines()).toEqual([`GET /guardrails/${GUARDRAIL}`]);
  expect(found?.inputs.allowedModels).toEqual(["openai/gpt-4o-mini"]);
  expect(found?.outputs.__models).toEqual({ "openai/gpt-4o-mini": "openai/gpt-4o-mini-2024-07-18" });
});

test("finds no change when the program replaces a slug with its canonical name, or the reverse", async () => {
  for (const [first, second] of [
    ["openai/gpt-4o-mini", "openai/gpt-4o-mini-2024-07-18"],
    ["deepseek/r1:free", "deepseek/r1-0528:free"],
  ] as const) {
    const { outputs } = await guardrail.create(contextOf(canonicalizing()), inputsOf([first]));
    expect(guardrail.diff(throughState(outputs), inputsOf([second])).changed).toBe(false);
  }
});

test("sends one PATCH with both models when one is added, and finds no change afterwards", async () => {
  const fake = canonicalizing();
  const { outputs } = await guardrail.create(contextOf(fake), inputsOf(["openai/gpt-4o-mini"]));
  fake.sent.length = 0;
  const declared = inputsOf(["openai/gpt-4o-mini", "deepseek/r1"]);
  const updated = await guardrail.update(contextOf(fake), GUARDRAIL, throughState(outputs), declared);
  expect(fake.lines()).toEqual([`PATCH /guardrails/${GUARDRAIL}`, "GET /models"]);
  expect(fake.sent[0]?.body).toEqual({ allowed_models: ["deepseek/r1", "openai/gpt-4o-mini"] });
  expect(guardrail.diff(throughState(updated), declared).changed).toBe(false);
});

test("returns a model from the dashboard as drift, next to one with a remembered name", async () => {
  const fake = scripted({
    data: wireGuardrail({ allowed_models: ["openai/gpt-4o-mini-2024-07-18", "deepseek/r1-0528"] }),
  });
  const state = {
    name: "safe",
    createdAt: "",
    allowedModels: ["openai/gpt-4o-mini"],
    __models: { "openai/gpt-4o-mini": "openai/gpt-4o-mini-2024-07-18" },
  };
  const found = await guardrail.read(contextOf(fake), GUARDRAIL, state);
  // The declared model keeps its position, so that an index path of ignoreChanges finds it.
  expect(found?.inputs.allowedModels).toEqual(["openai/gpt-4o-mini", "deepseek/r1-0528"]);
});

test("drops a remembered name when its model is no longer declared", async () => {
  const fake = canonicalizing();
  const { outputs } = await guardrail.create(contextOf(fake), inputsOf(["openai/gpt-4o-mini"]));
  const updated = await guardrail.update(contextOf(fake), GUARDRAIL, outputs, inputsOf(["plain/model"]));
  expect(updated).not.toHaveProperty("__models");
});

test("keeps the guardrail in state when the catalog can't be read after the POST", async () => {
  const broken = new ServerError(OPERATION, 500, "Internal Server Error");
  const fake = scripted({ data: wireGuardrail({ allowed_models: ["openai/gpt-4o-mini-2024-07-18"] }) }, broken);
  const error = await failureOf(guardrail.create(contextOf(fake), inputsOf(["openai/gpt-4o-mini"])));
  expect(error).toMatchObject({ id: GUARDRAIL, message: broken.message });
});

describe("an unknown model", () => {
  const catalog = { data: CATALOG, total_count: CATALOG.length };

  test("is named in the error when the API does not name it", async () => {
    const fake = scripted(new ApiError(OPERATION, 400, "Invalid request parameters"), catalog);
    const error = await failureOf(guardrail.create(contextOf(fake), inputsOf(["openai/gpt-4o-mini", "plian/model"])));
    expect(error).toBeInstanceOf(PreconditionError);
    expect(error.message).toMatch(/no model plian\/model \(did you mean plain\/model\?\)\. Take the names from/);
  });

  test("gets a suggestion when the API names it", async () => {
    const fake = scripted(new ApiError(OPERATION, 400, "Invalid allowed_models: openai/gpt-4o-mni"), catalog);
    const error = await failureOf(guardrail.create(contextOf(fake), inputsOf(["openai/gpt-4o-mni"])));
    expect(error.message).toContain("did you mean openai/gpt-4o-mini?");
  });

  test("does not change the error of any other status", async () => {
    const cause = new ApiError(OPERATION, 409, "Resource conflict");
    expect(await failureOf(guardrail.create(contextOf(scripted(cause)), inputsOf(["not/known"])))).toBe(cause);
  });

  test("does not change the error when the catalog has all models", async () => {
    const rejection = new ApiError(OPERATION, 400, "Invalid request parameters");
    const create = guardrail.create(contextOf(scripted(rejection, catalog)), inputsOf(["plain/model"]));
    expect(await failureOf(create)).toBe(rejection);
  });
});
