/** `adopt`: which objects and assignments of the account the program declares. */
import { declared, declaredNames, declaredSets, eachTestAdopts, programSource } from "./support/adoption";

const { simulator, adopt } = eachTestAdopts();

/** Keys of two teams that have one guardrail, and a key in a second workspace. */
function fillTeams(): { workspace: string } {
  const { dashboard } = simulator();
  const workspace = dashboard.addWorkspace({ name: "Other", slug: "other" }).id;
  const keys = ["team-a/ci", "team-a/web", "team-b.ci"].map((name) => dashboard.createKey({ name }).key.hash);
  dashboard.createKey({ name: "team-a/else", workspace_id: workspace });
  dashboard.assign(dashboard.createGuardrail({ name: "team-a/safe" }).id, { keys });
  return { workspace };
}

describe("--name", () => {
  test.each([
    ["team-a/*", ["team-a/ci", "team-a/else", "team-a/web"]],
    ["*ci", ["team-a/ci", "team-b.ci"]],
    ["team-a.ci", []],
    ["team-b.ci", ["team-b.ci"]],
    ["team-*i", ["team-a/ci", "team-b.ci"]],
  ])("%s selects %j", async (pattern, names) => {
    fillTeams();
    const { code } = await adopt("--name", pattern);
    expect(code).toBe(names.length > 0 ? 0 : 2);
    expect(names.length > 0 ? declaredNames("InferenceKey").sort() : []).toEqual(names);
  });
});

describe("--workspace", () => {
  test("selects the objects of a workspace, by name and by id", async () => {
    const { workspace } = fillTeams();
    for (const wanted of ["Other", workspace]) {
      await adopt("--workspace", wanted, "--force");
      expect([declaredNames("InferenceKey"), declaredNames("Guardrail")]).toEqual([["team-a/else"], []]);
    }
  });

  test("exits with 2 and a list of workspaces when none or several have the name", async () => {
    const { workspace } = fillTeams();
    const unknown = await adopt("--workspace", "Nowhere");
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining("it has Default (") });
    simulator().dashboard.addWorkspace({ name: "Other", slug: "other-2" });
    const ambiguous = await adopt("--workspace", "Other");
    expect(ambiguous).toMatchObject({ code: 2, err: expect.stringContaining(`Other (${workspace})`) });
  });
});

const PARTIAL = "Skipped 1 assignment with only the key or only the guardrail in the program\n";

test("leaves the guardrail of a key outside the program assigned, and says so", async () => {
  fillTeams();
  const { err } = await adopt("--name", "team-a/*");
  expect(declaredSets()["team-a-safe"]).toMatchObject({ keyHashes: { length: 2 }, exclusive: false });
  expect(err).toBe(PARTIAL);
  const comment = "// Not exclusive, so that 1 assignee outside this program can keep the guardrail.\n";
  expect(programSource()).toContain(comment);
});

test("writes no set for a guardrail outside the program, and says so", async () => {
  fillTeams();
  const { err } = await adopt("--name", "*/ci");
  expect(err).toBe(PARTIAL);
  expect(declaredSets()).toEqual({});
});

test("lists all keys of a set with more keys than a page", async () => {
  const { dashboard } = simulator();
  const keys = Array.from({ length: 205 }, (_, at) => dashboard.createKey({ name: `k${at}` }).key.hash);
  dashboard.assign(dashboard.createGuardrail({ name: "safe" }).id, { keys });
  const { out } = await adopt();
  expect(declaredSets().safe?.keyHashes).toHaveLength(205);
  expect(declaredSets().safe).not.toHaveProperty("exclusive");
  expect(out).toContain("1 guardrail, 205 keys, 205 assignments in 1 set.");
});

test("omits empty lists from a set, and writes no set without assignees", async () => {
  const { dashboard } = simulator();
  const { id } = dashboard.addMember({ email: "ada@example.com" });
  dashboard.assign(dashboard.createGuardrail({ name: "safe" }).id, { members: [id] });
  dashboard.createGuardrail({ name: "bare" });
  await adopt();
  expect(declaredSets()).toEqual({ safe: { guardrail: expect.anything(), userIds: [id] } });
});

test("omits a member whose id can't be declared, and says why", async () => {
  const { id } = simulator().dashboard.addMember({ email: "ada@example.com", id: "user_\n" });
  simulator().dashboard.assign(simulator().dashboard.createGuardrail({ name: "safe" }).id, { members: [id] });
  const { err } = await adopt();
  expect(declared().map(({ kind }) => kind)).toEqual(["Guardrail"]);
  expect(err).toMatch(/^Skipped assignment \([\w-]+\/user_ \): userId: must not contain control characters\n$/);
});
