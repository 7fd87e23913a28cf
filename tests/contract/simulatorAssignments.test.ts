/** Assignments of guardrails: the API's rules in the simulator. */
import { startApi } from "./support/api";

test("moves a key that is assigned again, and unassigns only from the given guardrail", async () => {
  const { newKey, newGuardrail, assign, rowsOf, ask } = await startApi();
  const [key, first, second] = [await newKey(), await newGuardrail(), await newGuardrail()];
  expect((await assign(first, key)).body).toEqual({ assigned_count: 1 });
  expect((await assign(second, key)).body).toEqual({ assigned_count: 1 });
  expect(await rowsOf(`GET /guardrails/${first}/assignments/keys`)).toEqual([]);
  const removal = await ask(`POST /guardrails/${first}/assignments/keys/remove`, { body: { key_hashes: [key] } });
  expect(removal).toMatchObject({ status: 200, body: { unassigned_count: 0 } });
  expect(await rowsOf("GET /guardrails/assignments/keys")).toMatchObject([
    { guardrail_id: second, key_hash: key, key_name: "ci" },
  ]);
});

test("assigns, moves and unassigns many in one call, and rejects an empty list", async () => {
  const { newGuardrail, simulator, assign, rowsOf, ask, assignMembers } = await startApi();
  const [first, second] = [await newGuardrail(), await newGuardrail()];
  const keys = Array.from({ length: 150 }, (_, n) => simulator.dashboard.createKey({ name: `key ${n}` }).key.hash);
  const [key = ""] = keys;
  expect((await assign(first, ...keys, key)).body).toEqual({ assigned_count: 150 });
  expect((await assign(second, ...keys.slice(100))).body).toEqual({ assigned_count: 50 });
  expect(await rowsOf(`GET /guardrails/${first}/assignments/keys?limit=100`)).toHaveLength(100);
  const removal = { body: { key_hashes: [...keys, key] } };
  expect((await ask(`POST /guardrails/${first}/assignments/keys/remove`, removal)).body).toEqual({
    unassigned_count: 100,
  });
  expect(await rowsOf(`GET /guardrails/${second}/assignments/keys?limit=100`)).toHaveLength(50);
  expect((await assign(first)).status).toBe(400);
  expect((await assignMembers(first)).status).toBe(400);
});

test("skips unknown hashes with a 200, shown only by the count", async () => {
  const { newKey, newGuardrail, assign } = await startApi();
  const [key, guardrail] = [await newKey(), await newGuardrail()];
  expect(await assign(guardrail, key, "0".repeat(64))).toMatchObject({ status: 200, body: { assigned_count: 1 } });
});

test("counts a repeated assignment, depending on repeatedAssignmentCounts", async () => {
  const { newKey, newGuardrail, assign, simulator } = await startApi();
  const [key, guardrail] = [await newKey(), await newGuardrail()];
  await assign(guardrail, key);
  expect((await assign(guardrail, key)).body).toEqual({ assigned_count: 1 });
  simulator.switches.repeatedAssignmentCounts = false;
  expect((await assign(guardrail, key)).body).toEqual({ assigned_count: 0 });
  expect(simulator.account.keyAssignments).toHaveLength(1);
});

test("skips a new key as often as newKeyUnknownToAssignment says", async () => {
  const { simulator, newKey, newGuardrail, assign } = await startApi();
  simulator.switches.newKeyUnknownToAssignment = 2;
  const [key, guardrail] = [await newKey(), await newGuardrail()];
  const counts = [];
  for (let n = 0; n < 3; n++) counts.push((await assign(guardrail, key)).body.assigned_count);
  expect(counts).toEqual([0, 0, 1]);
});

test("rejects all keys if one is of a different workspace, except for a guardrail without workspace", async () => {
  const { simulator, newKey, assign, newGuardrail, assignMembers } = await startApi();
  const other = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
  const [here, there] = [await newKey(), await newKey({ workspace_id: other.id })];
  const message = "Some keys do not belong to the same workspace as the guardrail";
  expect(await assign(await newGuardrail(), here, there)).toMatchObject({
    status: 400,
    body: { error: { message } },
  });
  expect(simulator.account.keyAssignments).toEqual([]);
  const legacy = simulator.dashboard.createGuardrail({ name: "legacy", workspace_id: null });
  expect((await assign(legacy.id, here, there)).body).toEqual({ assigned_count: 2 });
  const [owner] = simulator.account.members;
  expect((await assignMembers(legacy.id, String(owner?.id))).body.error.message).toBe("Guardrail has no workspace_id");
});

test("assigns all members or none, and moves a member within a workspace", async () => {
  const { simulator, newGuardrail, assignMembers, rowsOf, ask } = await startApi();
  const member = simulator.dashboard.addMember({ email: "m@first.example" });
  const [first, second] = [await newGuardrail(), await newGuardrail()];
  expect((await assignMembers(first, member.id, "user_nobody")).body.error.message).toBe(
    "Some users are not members of the workspace",
  );
  expect(simulator.account.memberAssignments).toEqual([]);
  await assignMembers(first, member.id);
  await assignMembers(second, member.id);
  expect(await rowsOf("GET /guardrails/assignments/members")).toMatchObject([
    { guardrail_id: second, user_id: member.id, organization_id: simulator.account.organization_id },
  ]);
  const other = simulator.dashboard.addWorkspace({ name: "Other", slug: "other" });
  const third = await newGuardrail({ workspace_id: other.id });
  expect((await assignMembers(third, member.id)).status).toBe(400);
  const removal = { body: { member_user_ids: [member.id] } };
  expect((await ask(`POST /guardrails/${second}/assignments/members/remove`, removal)).body).toEqual({
    unassigned_count: 1,
  });
});

test("returns short pages where keys were deleted, and counts them in the total", async () => {
  const { newGuardrail, simulator, assign, ask } = await startApi();
  const guardrail = await newGuardrail();
  const keys = Array.from({ length: 6 }, (_, n) => simulator.dashboard.createKey({ name: `key ${n}` }).key.hash);
  await assign(guardrail, ...keys);
  simulator.dashboard.deleteKey(keys[0] as string);
  await ask(`DELETE /keys/${keys[1]}`);
  const page = (offset: number) => ask(`GET /guardrails/${guardrail}/assignments/keys?limit=2&offset=${offset}`);
  expect((await page(0)).body).toEqual({ data: [], total_count: 6 });
  expect((await page(2)).body).toMatchObject({ data: [{ key_hash: keys[2] }, {}], total_count: 6 });
});

test("returns 404 for a deleted guardrail and removes its assignments", async () => {
  const { newKey, newGuardrail, assign, ask, errorOf, rowsOf } = await startApi();
  const [key, guardrail] = [await newKey(), await newGuardrail()];
  await assign(guardrail, key);
  await ask(`DELETE /guardrails/${guardrail}`);
  expect((await assign(guardrail, key)).body.error).toEqual({ message: "Guardrail not found", code: 404 });
  expect((await errorOf(`GET /guardrails/${guardrail}/assignments/keys`))[0]).toBe(404);
  expect(await rowsOf("GET /guardrails/assignments/keys")).toEqual([]);
});
