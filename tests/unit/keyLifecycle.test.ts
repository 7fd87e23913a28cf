import { sleep } from "../../provider/api/retry";
import { ApiError, NotFoundError, PartialFailureError, RequestError, ServerError } from "../../provider/errors";
import { inferenceKey } from "../../provider/resources/inferenceKey";
import type { InferenceKeyOutputs } from "../../provider/resources/inferenceKeyFields";
import { Secret } from "../../provider/secret";
import { OPERATION, responding, scripted } from "./support/fakeApi";
import {
  CREATED_AT,
  CREATOR,
  checked,
  contextOf,
  failureOf,
  HASH,
  KEY,
  newSession,
  OTHER_WORKSPACE,
  WORKSPACE,
  wireKey,
} from "./support/samples";

jest.mock("../../provider/api/retry", () => ({
  ...jest.requireActual("../../provider/api/retry"),
  sleep: jest.fn(async () => undefined),
}));
beforeEach(() => jest.mocked(sleep).mockClear());

const inputsOf = (given: object = {}) => checked(inferenceKey, { name: "ci", ...given });
const created = (settings: object = {}) => ({ data: wireKey(settings), key: KEY });
const shown = (settings: object = {}) => ({ data: wireKey(settings) });
const gone = new NotFoundError(OPERATION, 404, "Resource not found");
const broken = new ServerError(OPERATION, 500, "Internal Server Error");
const rejection = new ApiError(OPERATION, 400, "Invalid request parameters");

/** The state of a key with these outputs and those that every key has. */
function stateWith(outputs: object = {}): InferenceKeyOutputs {
  return {
    name: "ci",
    key: new Secret(KEY),
    label: "sk-or-v1-5e4...e1b",
    createdAt: CREATED_AT,
    ...outputs,
  };
}
const patch = (body: object) => ({ method: "PATCH", path: `/keys/${HASH}`, body });
const readKey = { method: "GET", path: `/keys/${HASH}` };

describe("create", () => {
  test.each([
    ["only a name", {}, { name: "ci" }],
    ["a limit of 0", { limit: 0 }, { name: "ci", limit: 0 }],
    [
      "every field that POST accepts",
      {
        limit: 25,
        limitReset: "monthly",
        includeByokInLimit: true,
        expiresAt: "2027-01-01T02:00:00+02:00",
        workspaceId: OTHER_WORKSPACE,
        creatorUserId: "user_ada",
        keepers: { when: "may" },
      },
      {
        name: "ci",
        limit: 25,
        limit_reset: "monthly",
        include_byok_in_limit: true,
        expires_at: "2027-01-01T00:00:00Z",
        workspace_id: OTHER_WORKSPACE,
        creator_user_id: "user_ada",
      },
    ],
  ])("sends one POST with %s, and returns the key", async (_title, given, body) => {
    const fake = scripted(created(body));
    const { id, outputs } = await inferenceKey.create(contextOf(fake), inputsOf(given));
    expect(fake.sent).toEqual([{ method: "POST", path: "/keys", body }]);
    expect(id).toBe(HASH);
    expect(outputs.key.reveal()).toBe(KEY);
    expect(outputs).toMatchObject({ ...inputsOf(given), createdAt: CREATED_AT, label: "sk-or-v1-5e4...e1b" });
    expect(Object.keys(outputs)).not.toContain("usage");
  });

  test("disables a key with a PATCH after the POST", async () => {
    const fake = scripted(created(), shown({ disabled: true }));
    const { outputs } = await inferenceKey.create(contextOf(fake), inputsOf({ disabled: true }));
    expect(fake.sent).toEqual([{ method: "POST", path: "/keys", body: { name: "ci" } }, patch({ disabled: true })]);
    expect(outputs.disabled).toBe(true);
  });

  test("sets reset interval and BYOK with a PATCH when POST drops them", async () => {
    const settings = { limit: 25, limit_reset: "weekly", include_byok_in_limit: true };
    const fake = scripted(created({ limit: 25 }), shown(settings));
    const given = { limit: 25, limitReset: "weekly", includeByokInLimit: true };
    const { outputs } = await inferenceKey.create(contextOf(fake), inputsOf(given));
    expect(fake.sent[1]).toEqual(patch({ limit_reset: "weekly", include_byok_in_limit: true }));
    expect(outputs).toMatchObject(given);
  });

  test("clears defaults that the server sets on omitted inputs", async () => {
    const fake = scripted(created({ limit: 10, include_byok_in_limit: true }), shown());
    await inferenceKey.create(contextOf(fake), inputsOf());
    expect(fake.sent[1]).toEqual(patch({ limit: null, include_byok_in_limit: false }));
  });

  test("fails after two writes and keeps the key when the API accepts a field but does not apply it", async () => {
    const fake = scripted(created(), shown(), shown());
    const error = await failureOf(inferenceKey.create(contextOf(fake), inputsOf({ limit: 25 })));
    expect(fake.lines()).toEqual(["POST /keys", `PATCH /keys/${HASH}`, `PATCH /keys/${HASH}`]);
    expect(error.message).toMatch(/accepted limit but shows a different value/);
    expectKept(error);
  });

  test.each([
    ["a server failure", broken],
    ["an unexpected error", new TypeError("oops")],
  ])("keeps id, key and known outputs after %s in the PATCH that follows the POST", async (_title, cause) => {
    const fake = scripted(created(), cause);
    const error = await failureOf(
      inferenceKey.create(contextOf(fake), inputsOf({ disabled: true, keepers: { a: "b" } })),
    );
    expect(error.message).toBe(cause.message);
    expectKept(error);
    expect(error.outputs).toMatchObject({ name: "ci", keepers: { a: "b" } });
    expect(error.outputs).not.toHaveProperty("disabled");
  });

  test("fails without a partial state when the POST fails", async () => {
    const error = await failureOf(inferenceKey.create(contextOf(scripted(rejection)), inputsOf()));
    expect(error).toBe(rejection);
  });

  test("keeps the key when the response has an unreadable expiry", async () => {
    const fake = scripted(created({ expires_at: "tomorrow" }));
    const given = inputsOf({ expiresAt: "2027-01-01T00:00:00Z" });
    const result = inferenceKey.create(contextOf(fake), given).catch((error: unknown) => error);
    const kept = (await result) as { id: string; outputs: InferenceKeyOutputs };
    expect(kept.id).toBe(HASH);
    expect(kept.outputs.key.reveal()).toBe(KEY);
  });

  test("fails and keeps the key when the API drops the expiry, instead of replacing it at every up", async () => {
    const fake = scripted(created({ expires_at: null }));
    const given = inputsOf({ expiresAt: "2027-01-01T00:00:00Z" });
    const error = await failureOf(inferenceKey.create(contextOf(fake), given));
    expect(error.message).toMatch(/expiresAt/);
    expectKept(error);
  });

  test("finds no change when the API shows the expiry in another format", async () => {
    const fake = scripted(created({ expires_at: "2027-01-01T00:00:00.000000+00:00" }));
    const given = inputsOf({ expiresAt: "2027-01-01T00:00:00Z" });
    const { outputs } = await inferenceKey.create(contextOf(fake), given);
    expect(inferenceKey.diff(outputs, given)).toEqual({ changed: false, replaces: [] });
  });

  function expectKept(error: unknown): void {
    expect(error).toBeInstanceOf(PartialFailureError);
    const { id, outputs } = error as PartialFailureError<InferenceKeyOutputs>;
    expect(id).toBe(HASH);
    expect(outputs.key.reveal()).toBe(KEY);
  }
});

describe("update", () => {
  const set = { limit: 25, limitReset: "monthly", includeByokInLimit: true, disabled: true };
  const wire = { limit: 25, limit_reset: "monthly", include_byok_in_limit: true, disabled: true };

  test.each([
    ["limit", { limit: null }],
    ["limitReset", { limit_reset: null }],
    ["includeByokInLimit", { include_byok_in_limit: false }],
    ["disabled", { disabled: false }],
  ])("clears %s by sending only its empty value", async (name, body) => {
    const fake = scripted(shown({ ...wire, ...body }));
    const { [name as keyof typeof set]: _, ...rest } = set;
    const outputs = await inferenceKey.update(contextOf(fake), HASH, stateWith(set), inputsOf(rest));
    expect(fake.sent).toEqual([patch(body)]);
    expect(outputs).not.toHaveProperty(name);
  });

  test("sends a limit of 0 as 0, not null", async () => {
    const fake = scripted(shown({ limit: 0 }));
    const outputs = await inferenceKey.update(contextOf(fake), HASH, stateWith(), inputsOf({ limit: 0 }));
    expect(fake.sent).toEqual([patch({ limit: 0 })]);
    expect(outputs.limit).toBe(0);
  });

  test("sends several changes in one PATCH, and keeps the key", async () => {
    const fake = scripted(shown({ name: "deploy", limit: 50 }));
    const news = inputsOf({ name: "deploy", limit: 50 });
    const outputs = await inferenceKey.update(contextOf(fake), HASH, stateWith({ limit: 25 }), news);
    expect(fake.sent).toEqual([patch({ name: "deploy", limit: 50 })]);
    expect(outputs.key.reveal()).toBe(KEY);
  });

  test("leaves drift of other fields to the next refresh, because no preview has shown it", async () => {
    const fake = scripted(shown({ limit: 50, disabled: true, limit_reset: "daily" }));
    const state = stateWith({ limit: 25, limitReset: "monthly" });
    const declared = inputsOf({ limit: 50, limitReset: "monthly" });
    const outputs = await inferenceKey.update(contextOf(fake), HASH, state, declared);
    expect(fake.sent).toEqual([patch({ limit: 50 })]);
    expect(inferenceKey.diff(outputs, declared)).toEqual({ changed: false, replaces: [] });
  });

  test("reads the key and writes the rest when the state shows no change", async () => {
    const fake = scripted(shown(), shown({ disabled: true }));
    const declared = inputsOf({ disabled: true });
    const outputs = await inferenceKey.update(contextOf(fake), HASH, stateWith({ disabled: true }), declared);
    expect(fake.sent).toEqual([readKey, patch({ disabled: true })]);
    expect(outputs.disabled).toBe(true);
  });

  test("keeps the key and what the API last returned when a later write fails", async () => {
    const fake = scripted(shown({ limit: 50, limit_reset: "daily" }), broken);
    const declared = inputsOf({ limit: 50, limitReset: "weekly" });
    const update = inferenceKey.update(contextOf(fake), HASH, stateWith({ limit: 25 }), declared);
    const error = (await failureOf(update)) as unknown as PartialFailureError<InferenceKeyOutputs>;
    expect(error).toBeInstanceOf(PartialFailureError);
    expect(error.outputs).toMatchObject({ limit: 50, limitReset: "daily" });
    expect(error.outputs.key.reveal()).toBe(KEY);
  });

  test("passes on a rejected PATCH, and keeps the state when the outcome of the PATCH is unknown", async () => {
    const update = (cause: Error) =>
      inferenceKey.update(contextOf(scripted(cause)), HASH, stateWith(), inputsOf({ limit: 50 }));
    expect(await failureOf(update(gone))).toBe(gone);
    expect(await failureOf(update(broken))).toMatchObject({ id: HASH, outputs: stateWith() });
  });
});

describe("read", () => {
  test.each([
    ["no drift", {}, {}],
    ["a limit", { limit: 99 }, { limit: 99 }],
    ["a limit of 0", { limit: 0 }, { limit: 0 }],
    ["a reset interval", { limit_reset: "daily" }, { limitReset: "daily" }],
    ["BYOK accounting", { include_byok_in_limit: true }, { includeByokInLimit: true }],
    ["disabled", { disabled: true }, { disabled: true }],
    ["a new name", { name: "renamed" }, { name: "renamed" }],
    ["an interval that this release does not know", { limit_reset: "yearly" }, { limitReset: "yearly" }],
  ])("returns %s as an input when it was set outside Pulumi", async (_title, drift, inputs) => {
    const fake = scripted(shown(drift));
    const found = await inferenceKey.read(contextOf(fake), HASH, stateWith());
    expect(fake.sent).toEqual([readKey]);
    expect(found?.inputs).toEqual({ name: "ci", ...inputs });
  });

  test("omits a limit that was cleared outside Pulumi", async () => {
    const found = await inferenceKey.read(contextOf(scripted(shown())), HASH, stateWith({ limit: 25 }));
    expect(found?.inputs).toEqual({ name: "ci" });
    expect(found?.outputs).not.toHaveProperty("limit");
  });

  test("omits an expiry that was cleared outside Pulumi", async () => {
    const state = stateWith({ expiresAt: "2027-01-01T00:00:00Z" });
    const found = await inferenceKey.read(contextOf(scripted(shown())), HASH, state);
    expect(found?.inputs).not.toHaveProperty("expiresAt");
  });

  test("keeps the key, keepers and adopt, which no response has", async () => {
    const state = stateWith({ keepers: { when: "may" }, adopt: HASH });
    const found = await inferenceKey.read(contextOf(scripted(shown())), HASH, state);
    expect(found?.outputs.key.reveal()).toBe(KEY);
    expect(found?.inputs).toEqual({ name: "ci", keepers: { when: "may" }, adopt: HASH });
  });

  test("returns workspace and creator as inputs only when they were declared", async () => {
    const declared = { ...stateWith(), workspaceId: WORKSPACE, creatorUserId: CREATOR };
    const fake = scripted(shown(), shown());
    const own = await inferenceKey.read(contextOf(fake), HASH, declared);
    expect(own?.inputs).toEqual({ name: "ci", workspaceId: WORKSPACE, creatorUserId: CREATOR });
    const chosen = await inferenceKey.read(contextOf(fake), HASH, stateWith());
    expect(chosen?.inputs).toEqual({ name: "ci" });
    expect(chosen?.outputs).not.toHaveProperty("workspaceId");
    expect(chosen?.outputs).not.toHaveProperty("creatorUserId");
  });

  test("returns an empty secret for a key that this stack did not create", async () => {
    const found = await inferenceKey.read(contextOf(scripted(shown({ limit: 5 }))), HASH, undefined);
    expect(found?.outputs.key.reveal()).toBe("");
    expect(found?.inputs).toEqual({ name: "ci", limit: 5 });
  });

  test("accepts a response with missing and unknown fields", async () => {
    const fake = scripted({ data: { hash: HASH, name: "ci", last_used_at: CREATED_AT } });
    const found = await inferenceKey.read(contextOf(fake), HASH, stateWith());
    expect(found?.inputs).toEqual({ name: "ci" });
  });

  test("reads many keys from pages of their workspaces, and one without a state individually", async () => {
    const hashes = ["a", "b", "c"].map((letter) => letter.repeat(64));
    const fake = responding(({ path, query }) => {
      const keys = hashes.map((hash) => wireKey({ hash }));
      const offset = (query as { offset?: number } | undefined)?.offset ?? 0;
      return path === "/keys" ? { data: keys.slice(offset) } : { data: wireKey({ hash: path.split("/").at(-1) }) };
    });
    const context = contextOf(fake, newSession());
    const workspaces = [{}, { workspaceId: WORKSPACE }, { workspaceId: OTHER_WORKSPACE }];
    const reads = workspaces.flatMap((workspace) =>
      hashes.map((hash) => inferenceKey.read(context, hash, stateWith(workspace))),
    );
    expect((await Promise.all(reads)).every(Boolean)).toBe(true);
    expect(fake.sent.filter(({ path }) => path === "/keys").map(({ query }) => query)).toEqual([
      { include_disabled: "true", include_expired: "true", workspace_id: undefined, offset: undefined },
      { include_disabled: "true", include_expired: "true", workspace_id: WORKSPACE, offset: undefined },
      { include_disabled: "true", include_expired: "true", workspace_id: OTHER_WORKSPACE, offset: undefined },
    ]);
    expect(fake.sent).toHaveLength(2 * workspaces.length);
    await inferenceKey.read(context, "d".repeat(64), undefined);
    expect(fake.sent.at(-1)?.path).toBe(`/keys/${"d".repeat(64)}`);
  });

  test("returns nothing for a 404, and passes on any other failure", async () => {
    expect(await inferenceKey.read(contextOf(scripted(gone)), HASH, stateWith())).toBeUndefined();
    const failure = failureOf(inferenceKey.read(contextOf(scripted(broken)), HASH, stateWith()));
    expect(await failure).toBeInstanceOf(RequestError);
  });
});

describe("delete", () => {
  test("sends one DELETE, and passes on a 404", async () => {
    const fake = scripted({ deleted: true }, gone);
    await inferenceKey.delete(contextOf(fake), HASH, stateWith());
    expect(fake.sent).toEqual([{ method: "DELETE", path: `/keys/${HASH}` }]);
    expect(await failureOf(inferenceKey.delete(contextOf(fake), HASH, stateWith()))).toBe(gone);
  });
});
