/** A key moves between workspaces with its value, and a replacement never puts it into another one unasked. */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  openDeclaredStack,
  stepsOf,
  touched,
  writes,
} from "./support/declaredStack";

let s: DeclaredStack;
let second: string;
beforeEach(async () => {
  s = await openDeclaredStack();
  second = s.simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
});
afterEach(() => s.close());

const key = (args: Record<string, unknown> = {}): Declaration => ({ k: { kind: "InferenceKey", args } });
const live = () => s.simulator.account.keys[0];

test("moves the key in place and keeps its value", async () => {
  await s.up(key());
  const before = await s.stack.outputs({ showSecrets: true });
  const moved = await s.up(key({ workspaceId: second }));
  expect([errorsOf(moved), stepsOf(moved)]).toEqual(["", { k: ["update"] }]);
  expect(writes(moved.calls)).toEqual([`PATCH /keys/${live()?.hash}`]);
  expect(live()?.workspace_id).toBe(second);
  expect(await s.stack.outputs({ showSecrets: true })).toEqual(before);
});

test("moves a key back that was moved in the dashboard", async () => {
  await s.up(key({ workspaceId: second }));
  const hash = live()?.hash ?? "";
  s.simulator.dashboard.updateKey(hash, { workspace_id: s.simulator.account.default_workspace_id ?? "" });
  const healed = await s.up(undefined, { refresh: true });
  expect([errorsOf(healed), writes(healed.calls)]).toEqual(["", [`PATCH /keys/${hash}`]]);
  expect(live()).toMatchObject({ hash, workspace_id: second });
});

test("fails at preview, with the line to add, when a rotation would lose the workspace", async () => {
  await s.up(key({ workspaceId: second }));
  const omitted = await s.up(key());
  expect([errorsOf(omitted), touched(omitted)]).toEqual(["", []]);
  const rotated = await s.preview(key({ keepers: { round: "2" } }));
  expect(rotated.ok).toBe(false);
  expect(errorsOf(rotated)).toContain(`workspaceId: "${second}"`);
  const declared = await s.up(key({ workspaceId: second, keepers: { round: "2" } }));
  expect(errorsOf(declared)).toBe("");
  expect(s.simulator.account.keys).toMatchObject([{ workspace_id: second }]);
});

test("says that an older server ignores the move, and replaces nothing", async () => {
  await s.close();
  s = await openDeclaredStack({ switches: { keyMove: "ignored" } });
  second = s.simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
  await s.up(key());
  const hash = live()?.hash;
  for (const args of [{ workspaceId: second }, { workspaceId: second, limit: 5 }]) {
    const moved = await s.up(key(args));
    expect(moved.ok).toBe(false);
    expect(errorsOf(moved)).toContain("This server does not move keys");
  }
  expect(s.simulator.account.keys).toMatchObject([{ hash, limit: 5 }]);
});

const guarded = (workspaceId: string | undefined, guardrail: string): Declaration => ({
  near: { kind: "Guardrail" },
  far: { kind: "Guardrail", args: { workspaceId: second } },
  ...key(workspaceId ? { workspaceId } : {}),
  pair: { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: guardrail }, keyHash: { idOf: "k" } } },
});

test.each(["kept", "copied", "dropped"] as const)(
  "settles the guardrail of a moved key when the API has %s its assignment",
  async (movedKeyAssignment) => {
    await s.close();
    s = await openDeclaredStack({ switches: { movedKeyAssignment } });
    second = s.simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
    expect(errorsOf(await s.up(guarded(undefined, "near")))).toBe("");
    expect(errorsOf(await s.up(guarded(second, "far")))).toBe("");
    const settled = await s.up(undefined, { refresh: true });
    expect([errorsOf(settled), touched(settled), writes(settled.calls)]).toEqual(["", [], []]);
    const far = await s.resource("far");
    expect(s.simulator.account.keyAssignments).toMatchObject([{ guardrail_id: far?.id, key_hash: live()?.hash }]);
  },
);

test("says what to do when the API does not move a key that has a guardrail", async () => {
  await s.close();
  s = await openDeclaredStack({ switches: { movedKeyAssignment: "rejected" } });
  second = s.simulator.dashboard.addWorkspace({ name: "Second", slug: "second" }).id;
  await s.up(guarded(undefined, "near"));
  const refused = await s.up(guarded(second, "far"));
  expect(errorsOf(refused)).toContain("remove that assignment from the program first, then move the key");
  const { pair: _, ...unassigned } = guarded(undefined, "near");
  expect(errorsOf(await s.up(unassigned))).toBe("");
  expect(errorsOf(await s.up(guarded(second, "far")))).toBe("");
  expect(live()?.workspace_id).toBe(second);
});
