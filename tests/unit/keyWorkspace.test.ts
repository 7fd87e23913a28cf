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
  test("is one PATCH, and the key keeps its value", async () => {
    const fake = scripted(shown({ workspace_id: OTHER_WORKSPACE }));
    const news = inputsOf({ workspaceId: OTHER_WORKSPACE });
    const outputs = await inferenceKey.update(contextOf(fake), HASH, stateWith({ workspaceId: WORKSPACE }), news);
    expect(fake.sent).toEqual([move]);
    expect(outputs.workspaceId).toBe(OTHER_WORKSPACE);
    expect(outputs.key.reveal()).toBe(KEY);
    expect(inferenceKey.diff(outputs, news)).toEqual({ changed: false, replaces: [] });
  });

  test("is sent in small letters, and kept as declared", async () => {
    const fake = scripted(shown({ workspace_id: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa" }));
    const news = inputsOf({ workspaceId: "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA" });
    const outputs = await inferenceKey.update(contextOf(fake), HASH, stateWith(), news);
    expect(fake.sent[0]?.body).toEqual({ workspace_id: news.workspaceId?.toLowerCase() });
    expect(outputs.workspaceId).toBe(news.workspaceId);
  });

  test("that an older server ignores is an error that says so, and the key stays in the state", async () => {
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

  test("that an older server refuses as an empty change is an error that says the same", async () => {
    const fake = scripted(new ApiError(OPERATION, 400, "No update fields provided"));
    const update = inferenceKey.update(contextOf(fake), HASH, stateWith(), inputsOf({ workspaceId: OTHER_WORKSPACE }));
    const error = await failureOf(update);
    expect(error).toBeInstanceOf(NotAppliedError);
    expect(error.message).toContain("This server does not move keys");
  });

  test.each([
    ["another refusal of a move", { workspaceId: OTHER_WORKSPACE }, new ApiError(OPERATION, 400, "bad workspace")],
    ["an empty change that is no move", { limit: 5 }, new ApiError(OPERATION, 400, "No update fields provided")],
    ["a conflict that is no move", { limit: 5 }, new ApiError(OPERATION, 409, "conflict")],
  ])("%s is left to the words of the API", async (_title, given, cause) => {
    const update = inferenceKey.update(contextOf(scripted(cause)), HASH, stateWith(), inputsOf(given));
    expect(await failureOf(update)).toBe(cause);
  });

  test("that conflicts with the key's guardrail says what to do first", async () => {
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
    ["is missing where it is the account's default and not declared", {}, {}, undefined],
    ["is there where it is the default and declared", {}, { workspaceId: WORKSPACE }, WORKSPACE],
    ["is there where it is another one and not declared", { workspace_id: OTHER_WORKSPACE }, {}, OTHER_WORKSPACE],
    [
      "is the live one where the declared one differs",
      { workspace_id: OTHER_WORKSPACE },
      { workspaceId: WORKSPACE },
      OTHER_WORKSPACE,
    ],
    ["is missing where the API does not tell", { workspace_id: null }, {}, undefined],
  ])("%s", async (_title, live, state, expected) => {
    expect(await read(live, state)).toBe(expected);
  });

  test("makes a move in the dashboard drift, which is moved back, and no change where it is left to the server", async () => {
    const fake = scripted(shown({ workspace_id: OTHER_WORKSPACE }));
    const found = await inferenceKey.read(contextOf(fake), HASH, stateWith({ workspaceId: WORKSPACE }));
    const outputs = found?.outputs as InferenceKeyOutputs;
    expect(inferenceKey.diff(outputs, inputsOf({ workspaceId: WORKSPACE }))).toEqual({ changed: true, replaces: [] });
    expect(inferenceKey.diff(outputs, inputsOf())).toEqual({ changed: false, replaces: [] });
  });
});

describe("what must not be planned", () => {
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

  test("the default workspace is the same in capitals", () => {
    const workspace = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    const olds = stateWith({ workspaceId: workspace.toUpperCase() });
    expect(forbid({ olds, replaces: ["keepers"], account: { ...ACCOUNT, workspace } })).not.toThrow();
  });

  test("a replacement that would lose the workspace says the line to add", () => {
    const replace = forbid({ olds: elsewhere, replaces: ["keepers"] });
    expect(replace).toThrow(PreconditionError);
    expect(replace).toThrow(
      `replace inference key "ci": it is in workspace ${OTHER_WORKSPACE}, and a new key would be created in the default ` +
        `one. Add this line to its inputs: workspaceId: "${OTHER_WORKSPACE}".`,
    );
  });

  test("the same is refused if the state does not tell which workspace is the default one", () => {
    expect(forbid({ olds: elsewhere, replaces: ["keepers"], account: undefined })).toThrow(/Add this line/);
  });

  test.each([
    ["no replacement", { olds: elsewhere }],
    ["a declared workspace", { olds: elsewhere, replaces: ["keepers"], news: inputsOf({ workspaceId: WORKSPACE }) }],
    ["one not known yet", { olds: elsewhere, replaces: ["keepers"], news: inputsOf({ workspaceId: UNKNOWN_VALUE }) }],
    ["the default workspace", { olds: stateWith({ workspaceId: WORKSPACE.toUpperCase() }), replaces: ["keepers"] }],
    ["a workspace that was left to the server", { replaces: ["keepers"] }],
  ])("%s is no such replacement", (_title, change) => {
    expect(forbid(change)).not.toThrow();
  });

  test.each(["expiresAt", "creatorUserId", "externalUser", "keepers"])(
    "a change of %s while adopt is present says to remove it",
    (name) => {
      const news = inputsOf({ adopt: HASH, [name]: name === "keepers" ? { a: "b" } : "2027-01-01T00:00:00Z" });
      const said = new RegExp(
        `replace inference key "ci": a change of ${name} replaces the object that \`adopt\` keeps\\. Remove \`adopt\` first`,
      );
      expect(forbid({ news, replaces: [name] })).toThrow(said);
      expect(forbid({ news: { ...news, [name]: UNKNOWN_VALUE }, replaces: [name] })).not.toThrow();
      expect(forbid({ news: inputsOf({ adopt: HASH }), replaces: [name] })).toThrow(said);
    },
  );

  test("adopt of another key is an error, and of its own, of none or of one not known yet is not", () => {
    expect(forbid({ news: inputsOf({ adopt: OTHER_HASH }) })).toThrow(/`adopt` names a different object/);
    for (const adopt of [HASH, UNKNOWN_VALUE, undefined]) expect(forbid({ news: inputsOf({ adopt }) })).not.toThrow();
  });

  test("a name never brings a control character into the error", () => {
    const name = "a\u001b[31m\n::error::";
    expect(forbid({ news: { ...inputsOf({ adopt: OTHER_HASH }), name } })).toThrow(
      'update inference key "a ::error::": ',
    );
  });
});
