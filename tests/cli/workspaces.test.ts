/** `workspaces` on a simulated account. */
import { workspacesCommand } from "../../cli/workspaces/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const workspaces = (args: readonly string[] = [], width?: number) =>
  run(workspacesCommand, args, { env: credentials(simulator()), ...(width === undefined ? {} : { width }) });

test("lists all workspaces, oldest first, with name, slug and id", async () => {
  const older = simulator().dashboard.addWorkspace({ name: "Research", slug: "research" });
  older.created_at = new Date("2020-01-01T00:00:00Z");
  const { out, code } = await workspaces();
  expect(code).toBe(0);
  const rows = out.trimEnd().split("\n");
  expect(rows.map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ["NAME", "SLUG", "ID"],
    ["Research", "research", older.id],
    ["Default", "default", simulator().account.default_workspace_id],
  ]);
});

test("prints ids, slugs and descriptions as JSON", async () => {
  const [workspace] = simulator().account.workspaces;
  Object.assign(workspace as object, { description: "all teams" });
  const { command, data } = JSON.parse((await workspaces(["--json"])).out);
  expect(command).toBe("workspaces");
  expect(data.workspaces).toEqual([
    {
      ...{ id: workspace?.id, name: "Default", slug: "default", description: "all teams" },
      ...{ defaultGuardrailId: workspace?.default_guardrail_id, createdAt: expect.stringMatching(/Z$/) },
    },
  ]);
});

test("reads more workspaces than fit into one page", async () => {
  for (let number = 1; number <= 120; number++) {
    simulator().dashboard.addWorkspace({ name: `Team ${number}`, slug: `team-${number}` });
  }
  const { data } = JSON.parse((await workspaces(["--json"])).out);
  expect(data.workspaces).toHaveLength(121);
  expect(simulator().requests).toHaveLength(2);
});

test("fits 80 columns and prints no control character, whatever the names are", async () => {
  for (const name of ["x".repeat(100), "\u001b[31mred", "a\nb"]) {
    simulator().dashboard.addWorkspace({ name, slug: "s".repeat(50) });
  }
  const { out } = await workspaces([], 80);
  expect(out.trimEnd().split("\n")).toHaveLength(5);
  expect(Math.max(...out.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(out).not.toContain("\u001b");
});

test("exits with 2 when the key is rejected", async () => {
  const env = { ...credentials(simulator()), OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-wrong" };
  const { out, err, code } = await run(workspacesCommand, [], { env });
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toMatch(/^read the list of workspaces: [^\n]*401[^\n]*\n$/);
});
