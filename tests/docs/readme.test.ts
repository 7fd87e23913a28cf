/** The README's installation and program, from an empty folder to a stack with a key. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { name, peerDependencies, peerDependenciesMeta } from "../../package.json";
import { openStack, startSimulator } from "../../testing/index";

const root = resolve(__dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** The first block of a language below a heading. */
function block(heading: string, language: string): string {
  const [, text] = new RegExp(`^## ${heading}\\n.*?^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(readme) ?? [];
  if (text === undefined) throw new Error(`README.md has no ${language} below "${heading}"`);
  return text;
}

test("is at most 130 lines", () => {
  expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(130);
});

test("leads from an empty folder to a key in at most ten lines", async () => {
  const lines = block("Install", "sh").trim().split("\n");
  expect(lines.length).toBeLessThanOrEqual(10);
  const commands = lines.map((line) => line.replace(/ +#.*/, "")).filter((line) => !line.startsWith("#"));
  const required = Object.keys(peerDependencies).filter((peer) => !(peer in peerDependenciesMeta));
  expect(commands).toEqual([
    `npm install ${[name, ...required].join(" ")}`,
    expect.stringMatching(/^printf .* > Pulumi\.yaml$/),
    "export OPENROUTER_MANAGEMENT_KEY=…",
    "pulumi login",
    "pulumi stack init dev",
    "pulumi up",
    "pulumi stack output key --show-secrets",
  ]);

  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-readme-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), "{}");
  execFileSync("sh", ["-c", commands[1] ?? ""], { cwd: folder });
  writeFileSync(join(folder, "index.ts"), block("The program", "ts"));

  const simulator = await startSimulator();
  try {
    const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
    const stack = await openStack({ projectDir: folder, stack: "dev", stateDir: folder, passphrase: "test", env });
    const { ok, output } = await stack.up();
    expect({ ok, output: ok ? "" : output }).toEqual({ ok: true, output: "" });
    expect(await stack.outputs({ showSecrets: true })).toEqual({ key: expect.stringMatching(/^sk-or-v1-/) });
    expect(simulator.account.keyAssignments).toHaveLength(1);
  } finally {
    await simulator.close();
  }
});
