/** Moving an account from Terraform: the command, the import, the next `up`, and the keys in the stack. */
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fillByTerraform } from "../cli/support/terraform";
import { adoptInProject, expectNoChanges } from "./support/adoptedProject";
import { effectsOf, errorsOf } from "./support/declaredStack";

describe.each([
  ["dynamic", []],
  ["native", ["--native"]],
] as const)("with the %s provider", (_host, args) => {
  test("manages what Terraform has managed without a change, and has its keys encrypted", async () => {
    const project = await adoptInProject({
      fill: fillByTerraform,
      args: ["--from-terraform", "-", "--import", "import.json", ...args],
      inputOf: ({ state }) => state,
    });
    const { account } = project.simulator;
    const { keys } = project.filled;
    const before = structuredClone(account);

    const imported = await project.import();
    expect({ errors: errorsOf(imported), writes: effectsOf(imported).writes }).toEqual({ errors: "", writes: [] });
    expect(imported.steps.filter(({ op }) => op === "import")).toHaveLength(7);
    await expectNoChanges(project);
    expect(account).toEqual(before);

    // The program can pass the key on, and the state has it encrypted only.
    appendFileSync(project.program, "\nexport const secrets = [ciKey.key];\n");
    expect(errorsOf(await project.up())).toBe("");
    expect((await project.stack.outputs({ showSecrets: true })).secrets).toEqual([keys.ci.secret]);
    expect(await project.stack.outputs()).toEqual({ secrets: ["[secret]"] });
    const state = JSON.stringify(await project.stack.exportState());
    for (const { secret } of Object.values(keys)) expect(state).not.toContain(secret);
    expect(textsIn(join(dirname(project.program), "state"))).not.toMatch(/sk-or-v1-[0-9a-f]{64}/);

    // A destroy deletes these objects, and nothing else.
    expect(errorsOf(await project.stack.destroy())).toBe("");
    expect(account.keys.map(({ name }) => name)).toEqual(["made in the dashboard"]);
    const left = account.guardrails.map(({ name }) => name).sort();
    expect(left).toEqual([expect.stringMatching(/^Workspace .* Default$/), "made in the dashboard"]);
  });
});

function textsIn(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")).join("\n");
}
