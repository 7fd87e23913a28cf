/** Keys that move between workspaces: in place, and never by a replacement that the program did not ask for. */
import {
  type Declaration,
  type DeclaredOptions,
  type DeclaredStack,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  openDeclaredStack,
  stepsOf,
  touched,
  writes,
} from "./support/declaredStack";

/** A stack in an account with a second workspace. */
async function openWithSecondWorkspace(switches: DeclaredOptions["switches"] = {}) {
  const s = await openDeclaredStack({ switches });
  return { s, second: s.simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id };
}

const key = (args: Record<string, unknown> = {}): Declaration => ({ k: { kind: "InferenceKey", args } });
const liveKey = ({ simulator }: DeclaredStack) => simulator.account.keys[0];

test("moves the key in place and keeps its value", async () => {
  const { s, second } = await openWithSecondWorkspace();
  await s.up(key());
  const before = await s.stack.outputs({ showSecrets: true });
  const moved = await s.up(key({ workspaceId: second }));
  expect({ errors: errorsOf(moved), steps: stepsOf(moved), writes: writes(moved.calls) }).toEqual({
    errors: "",
    steps: { k: ["update"] },
    writes: [`PATCH /keys/${liveKey(s)?.hash}`],
  });
  expect(liveKey(s)?.workspace_id).toBe(second);
  expect(await s.stack.outputs({ showSecrets: true })).toEqual(before);
});

test("moves a key back when it was moved in the dashboard", async () => {
  const { s, second } = await openWithSecondWorkspace();
  await s.up(key({ workspaceId: second }));
  const hash = await s.idOf("k");
  s.simulator.dashboard.updateKey(hash, { workspace_id: s.simulator.account.default_workspace_id ?? "" });
  const healed = await s.up(undefined, { refresh: true });
  expect({ errors: errorsOf(healed), writes: writes(healed.calls) }).toEqual({
    errors: "",
    writes: [`PATCH /keys/${hash}`],
  });
  expect(liveKey(s)).toMatchObject({ hash, workspace_id: second });
});

test("fails in the preview, showing the line to add, when a rotation would lose the workspace", async () => {
  const { s, second } = await openWithSecondWorkspace();
  await s.up(key({ workspaceId: second }));

  // Omitting the workspace keeps the key where it is.
  const omitted = await s.up(key());
  expect({ errors: errorsOf(omitted), touched: touched(omitted) }).toEqual({ errors: "", touched: [] });

  // A new key without it would be in the default workspace.
  expectFailure(await s.preview(key({ keepers: { round: "2" } })), `workspaceId: "${second}"`);

  expect(errorsOf(await s.up(key({ workspaceId: second, keepers: { round: "2" } })))).toBe("");
  expect(s.simulator.account.keys).toMatchObject([{ workspace_id: second }]);
});

test("fails and replaces nothing when the server ignores the move", async () => {
  const { s, second } = await openWithSecondWorkspace({ keyMove: "ignored" });
  await s.up(key());
  const hash = liveKey(s)?.hash;
  for (const args of [{ workspaceId: second }, { workspaceId: second, limit: 5 }]) {
    expectFailure(await s.up(key(args)), "This server does not move keys");
  }
  expect(s.simulator.account.keys).toMatchObject([{ hash, limit: 5 }]);
});

/** A key with a guardrail, and a guardrail in each workspace. */
const guarded = (second: string, { isMoved }: { isMoved: boolean }): Declaration => ({
  near: { kind: "Guardrail" },
  far: { kind: "Guardrail", args: { workspaceId: second } },
  ...key(isMoved ? { workspaceId: second } : {}),
  pair: {
    kind: "GuardrailKeyAssignment",
    args: { guardrailId: { idOf: isMoved ? "far" : "near" }, keyHash: { idOf: "k" } },
  },
});

test.each(["kept", "copied", "dropped"] as const)(
  "assigns a moved key to its new guardrail when the API has %s the old assignment",
  async (movedKeyAssignment) => {
    const { s, second } = await openWithSecondWorkspace({ movedKeyAssignment });
    expect(errorsOf(await s.up(guarded(second, { isMoved: false })))).toBe("");
    expect(errorsOf(await s.up(guarded(second, { isMoved: true })))).toBe("");
    expect({ nextUp: effectsOf(await s.up(undefined, { refresh: true })) }).toEqual({ nextUp: NO_EFFECTS });
    expect(s.simulator.account.keyAssignments).toMatchObject([
      { guardrail_id: await s.idOf("far"), key_hash: liveKey(s)?.hash },
    ]);
  },
);

test("shows what to do when the API does not move a key that has a guardrail", async () => {
  const { s, second } = await openWithSecondWorkspace({ movedKeyAssignment: "rejected" });
  await s.up(guarded(second, { isMoved: false }));
  const refused = await s.up(guarded(second, { isMoved: true }));
  expectFailure(refused, "remove that assignment from the program first, then move the key");

  const { pair: _, ...unassigned } = guarded(second, { isMoved: false });
  expect(errorsOf(await s.up(unassigned))).toBe("");
  expect(errorsOf(await s.up(guarded(second, { isMoved: true })))).toBe("");
  expect(liveKey(s)?.workspace_id).toBe(second);
});
