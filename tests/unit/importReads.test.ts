/** What an import reads: the next `up` changes nothing, whether or not the program declares what the server has chosen. */
import { guardrail } from "../../provider/resources/guardrail";
import { guardrailAssignments } from "../../provider/resources/guardrailAssignments";
import { inferenceKey } from "../../provider/resources/inferenceKey";
import { assignments, hash, SET_ID } from "./support/assignments";
import { type FakeApi, scripted } from "./support/fakeApi";
import {
  ACCOUNT,
  CREATOR,
  checked,
  contextOf,
  GUARDRAIL,
  HASH,
  OTHER_WORKSPACE,
  WORKSPACE,
  wireGuardrail,
  wireKey,
} from "./support/samples";

const importing = (fake: FakeApi) => ({ ...contextOf(fake), isImport: true });
const unchanged = { changed: false, replaces: [] };

describe("a key", () => {
  const importKey = (settings: object) =>
    inferenceKey.read(importing(scripted({ data: wireKey(settings) })), HASH, undefined);

  test.each([
    ["nothing else", {}],
    ["its workspace", { workspaceId: WORKSPACE }],
    ["its owner", { creatorUserId: CREATOR }],
    ["its external user", { externalUser: "user-7" }],
  ])("has no change in a program that declares %s", async (_title, declared) => {
    const found = await importKey({ workspace_id: WORKSPACE, creator_user_id: CREATOR, external_user: "user-7" });
    const news = checked(inferenceKey, { name: "ci", ...declared });
    expect(found && inferenceKey.diff(found.outputs, news, ACCOUNT)).toEqual(unchanged);
    expect(found?.inputs).toEqual({ name: "ci", externalUser: "user-7" });
  });

  test("declares no external user if it has none", async () => {
    expect((await importKey({ external_user: null }))?.inputs).toEqual({ name: "ci" });
  });

  test("declares a workspace other than the default one, so that a replacement stays in it", async () => {
    const found = await importKey({ workspace_id: OTHER_WORKSPACE });
    expect(found?.inputs).toEqual({ name: "ci", workspaceId: OTHER_WORKSPACE });
  });
});

describe("a guardrail", () => {
  const importGuardrail = (settings: object) =>
    guardrail.read(importing(scripted({ data: wireGuardrail(settings) })), GUARDRAIL, undefined);

  test.each([{}, { workspaceId: WORKSPACE }])("has no change in a program that declares %j", async (declared) => {
    const found = await importGuardrail({ workspace_id: WORKSPACE });
    const news = checked(guardrail, { name: "safe", ...declared });
    expect(found && guardrail.diff(found.outputs, news, ACCOUNT)).toEqual(unchanged);
    expect(found?.inputs).toEqual({ name: "safe" });
  });

  test("declares a workspace other than the default one, and none if it has none", async () => {
    expect((await importGuardrail({ workspace_id: OTHER_WORKSPACE }))?.inputs).toEqual({
      ...{ name: "safe", workspaceId: OTHER_WORKSPACE },
    });
    expect((await importGuardrail({ workspace_id: null }))?.inputs).toEqual({ name: "safe" });
  });
});

describe("a set of assignments", () => {
  const importSet = (given: Parameters<typeof assignments>[0]) =>
    guardrailAssignments.read(importing(assignments(given)), SET_ID, undefined);

  test("declares only the list that is not empty", async () => {
    expect((await importSet({ keys: [hash(1)] }))?.inputs).toEqual({ guardrailId: GUARDRAIL, keyHashes: [hash(1)] });
    expect((await importSet({ members: ["user_a"] }))?.inputs).toEqual({ guardrailId: GUARDRAIL, userIds: ["user_a"] });
  });

  test("shows both lists to a program that only reads it", async () => {
    const found = await guardrailAssignments.read(contextOf(assignments({ keys: [hash(1)] })), SET_ID, undefined);
    expect(found?.outputs).toEqual({ guardrailId: GUARDRAIL, keyHashes: [hash(1)], userIds: [] });
  });

  test("declares both lists if both are empty, because a set needs one", async () => {
    expect((await importSet({}))?.inputs).toEqual({ guardrailId: GUARDRAIL, keyHashes: [], userIds: [] });
  });
});
