import { ApiError, NotAppliedError, PreconditionError } from "../../provider/errors";
import type { PlannedChange } from "../../provider/reconcile/lifecycle";
import { inferenceKey } from "../../provider/resources/inferenceKey";
import type { InferenceKeyInputs, InferenceKeyOutputs } from "../../provider/resources/inferenceKeyFields";
import { Secret } from "../../provider/secret";
import { OPERATION, scripted } from "./support/fakeApi";
import {
  ACCOUNT,
  CREATED_AT,
  checked,
  contextOf,
  failureOf,
  HASH,
  KEY,
  newSession,
  OTHER_HASH,
  OTHER_WORKSPACE,
  UNKNOWN_VALUE,
  WORKSPACE,
  wireKey,
} from "./support/samples";

const inputsOf = (given: object = {}) => checked(inferenceKey, { name: "ci", ...given });
const shown = (settings: object = {}) => ({ data: wireKey(settings) });
const stateWith = (outputs: object = {}): InferenceKeyOutputs => ({
  name: "ci",
  key: new Secret(KEY),
  label: "",
  createdAt: CREATED_AT,
  ...outputs,
});
const move = { method: "PATCH", path: `/keys/${HASH}`, body: { workspace_id: OTHER_WORKSPACE } };

describe("a move to another workspace", () => {
  test("sends one PATCH, and keeps the secret", async () => {
    const fake = scripted(shown({ workspace_id: OTHER_WORKSPACE }));
    const news = inputsOf({ workspaceId: OTHER_WORKSPACE });
    const outputs = await inferenceKey.update(contextOf(fake), HASH, stateWith({ workspaceId: WORKSPACE }), news);
    expect(fake.sent).toEqual([move]);
    expect(outputs.workspaceId).toBe(OTHER_WORKSPACE);
    expect(outputs.key.reveal()).toBe(KEY);
    expect(inferenceKey.diff(outputs, news)).toEqual({ changed: false, replaces: [] });
  });

  test("sends the id in lower case, and keeps it as declared", async () => {
    const fake = scripted(shown({ workspace_id: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa" }));
    const news = inputsOf({ workspaceId: "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA" });
    const outputs = await inferenceKey.update(contextOf(fake), HASH, stateWith(), news);
    expect(fake.sent[0]?.body).toEqual({ workspace_id: news.workspaceId?.toLowerCase() });
    expect(outputs.workspaceId).toBe(news.workspaceId);
  });

  test("fails with advice and keeps the key in state when an older server ignores it", async () => {
    const fake = scripted(shown(), shown());
    const news = inputsOf({ workspaceId: OTHER_WORKSPACE });
    const error = await failureOf(inferenceKey.update(contextOf(fake), HASH, stateWith(), news));
    expect(error.message).toBe(
      `${OPERATION}: the API accepted workspaceId but shows a different value. This server does not move keys: move it ` +
        "in the dashboard, or set `keepers` to replace it.",
    );
    expect(error.cause).toBeInstanceOf(NotAppliedError);
    expect((error.outputs as InferenceKeyOutputs).key.reveal()).toBe(KEY);
    expect(fake.sent).toEqual([move, move]);
  });

  test("fails with the same advice when an older server rejects it as an empty change", async () => {
    const fake = scripted(new ApiError(OPERATION, 400, "No update fields provided"));
    const update = inferenceKey.update(contextOf(fake), HASH, stateWith(), inputsOf({ workspaceId: OTHER_WORKSPACE }));
    const error = await failureOf(update);
    expect(error).toBeInstanceOf(NotAppliedError);
    expect(error.message).toContain("This server does not move keys");
  });

  test.each([
    [
      "a rejected move with another reason",
      { workspaceId: OTHER_WORKSPACE },
      new ApiError(OPERATION, 400, "bad workspace"),
    ],
    ["an empty change without a move", { limit: 5 }, new ApiError(OPERATION, 400, "No update fields provided")],
    ["a conflict without a move", { limit: 5 }, new ApiError(OPERATION, 409, "conflict")],
  ])("passes on the API's message for %s", async (_title, given, cause) => {
    const update = inferenceKey.update(contextOf(scripted(cause)), HASH, stateWith(), inputsOf(given));
    expect(await failureOf(update)).toBe(cause);
  });

  test("says what to do first when it conflicts with the key's guardrail", async () => {
    const fake = scripted(new ApiError(OPERATION, 409, "the key has a guardrail"));
    const update = inferenceKey.update(contextOf(fake), HASH, stateWith(), inputsOf({ workspaceId: OTHER_WORKSPACE }));
    const error = await failureOf(update);
    expect(error).toBeInstanceOf(PreconditionError);
    expect(error.message).toMatch(/409: the key has a guardrail.*remove that assignment/s);
  });
});

describe("the workspace in the outputs", () => {
  const read = async (live: object, state: object) =>
    (await inferenceKey.read(contextOf(scripted(shown(live))), HASH, stateWith(state)))?.outputs.workspaceId;

  test.each<[string, object, object, string | undefined]>([
    ["is omitted when it is the default one and not declared", {}, {}, undefined],
    ["is present when it is the default one and declared", {}, { workspaceId: WORKSPACE }, WORKSPACE],
    [
      "is present when it is not the default one, even if not declared",
      { workspace_id: OTHER_WORKSPACE },
      {},
      OTHER_WORKSPACE,
    ],
    [
      "is the live one when the declared one differs",
      { workspace_id: OTHER_WORKSPACE },
      { workspaceId: WORKSPACE },
      OTHER_WORKSPACE,
    ],
    ["is omitted when the API does not show it", { workspace_id: null }, {}, undefined],
  ])("%s", async (_title, live, state, expected) => {
    expect(await read(live, state)).toBe(expected);
  });

  test("makes a move in the dashboard drift only when the program declares a workspace", async () => {
    const fake = scripted(shown({ workspace_id: OTHER_WORKSPACE }));
    const found = await inferenceKey.read(contextOf(fake), HASH, stateWith({ workspaceId: WORKSPACE }));
    const outputs = found?.outputs as InferenceKeyOutputs;
    expect(inferenceKey.diff(outputs, inputsOf({ workspaceId: WORKSPACE }))).toEqual({ changed: true, replaces: [] });
    expect(inferenceKey.diff(outputs, inputsOf())).toEqual({ changed: false, replaces: [] });
  });
});

describe("forbid", () => {
  const forbid = (change: Partial<PlannedChange<InferenceKeyInputs, InferenceKeyOutputs>>) => () =>
    inferenceKey.forbid?.({
      id: HASH,
      olds: stateWith(),
      news: inputsOf(),
      replaces: [],
      session: newSession(),
      account: ACCOUNT,
      ...change,
    });
  const elsewhere = stateWith({ workspaceId: OTHER_WORKSPACE });

  test("accepts a replacement in the default workspace when its id is in capitals", () => {
    const workspace = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    const olds = stateWith({ workspaceId: workspace.toUpperCase() });
    expect(forbid({ olds, replaces: ["keepers"], account: { ...ACCOUNT, workspace } })).not.toThrow();
  });

  test("rejects a replacement that would lose the workspace, and shows the line to add", () => {
    const replace = forbid({ olds: elsewhere, replaces: ["keepers"] });
    expect(replace).toThrow(PreconditionError);
    expect(replace).toThrow(
      `replace inference key "ci": it is in workspace ${OTHER_WORKSPACE}, and a new key would be created in the default ` +
        `one. Add this line to its inputs: workspaceId: "${OTHER_WORKSPACE}".`,
    );
  });

  test("rejects it also when the state does not show which workspace is the default one", () => {
    expect(forbid({ olds: elsewhere, replaces: ["keepers"], account: undefined })).toThrow(/Add this line/);
  });

  test.each([
    ["an update", { olds: elsewhere }],
    [
      "a replacement with a declared workspace",
      { olds: elsewhere, replaces: ["keepers"], news: inputsOf({ workspaceId: WORKSPACE }) },
    ],
    [
      "a replacement with an unknown workspace",
      { olds: elsewhere, replaces: ["keepers"], news: inputsOf({ workspaceId: UNKNOWN_VALUE }) },
    ],
    [
      "a replacement in the default workspace",
      { olds: stateWith({ workspaceId: WORKSPACE.toUpperCase() }), replaces: ["keepers"] },
    ],
    ["a replacement without a workspace in the state", { replaces: ["keepers"] }],
  ])("accepts %s", (_title, change) => {
    expect(forbid(change)).not.toThrow();
  });

  test.each(["expiresAt", "creatorUserId", "externalUser", "keepers"])(
    "rejects a change of %s while `adopt` is present, and says to remove it",
    (name) => {
      const news = inputsOf({ adopt: HASH, [name]: name === "keepers" ? { a: "b" } : "2027-01-01T00:00:00Z" });
      const message = new RegExp(
        `replace inference key "ci": changing ${name} would replace the object that \`adopt\` keeps\\. Remove \`adopt\` first`,
      );
      expect(forbid({ news, replaces: [name] })).toThrow(message);
      expect(forbid({ news: { ...news, [name]: UNKNOWN_VALUE }, replaces: [name] })).not.toThrow();
      expect(forbid({ news: inputsOf({ adopt: HASH }), replaces: [name] })).toThrow(message);
    },
  );

  test("rejects `adopt` of a different key, but not of its own hash or an unknown one", () => {
    expect(forbid({ news: inputsOf({ adopt: OTHER_HASH }) })).toThrow(/`adopt` names a different object/);
    for (const adopt of [HASH, UNKNOWN_VALUE, undefined]) expect(forbid({ news: inputsOf({ adopt }) })).not.toThrow();
  });

  test("removes control characters from the name in the error", () => {
    const name = "a\u001b[31m\n::error::";
    expect(forbid({ news: { ...inputsOf({ adopt: OTHER_HASH }), name } })).toThrow(
      'update inference key "a ::error::": ',
    );
  });
});
