/** The example of docs/testing.md, with the program of the README, as a user would have it: it passes under Jest. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** The block after the line with the file's name. */
function fileIn(page: string, name: string): string {
  const [, text] = new RegExp(`^\`${name}\`:\n\n\`\`\`\\w+\n(.*?)^\`\`\``, "ms").exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/testing.md has no ${name}`);
  return text;
}

function programIn(readme: string): string {
  const [, text] = /^## The program\n\n```ts\n(.*?)^```/ms.exec(readme) ?? [];
  if (text === undefined) throw new Error("README.md has no program");
  return text;
}

/** A project folder; its packages are those of the repository. */
function project(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-example-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test("the example passes, and fails when the program has no limit", () => {
  const page = readFileSync(join(root, "docs/testing.md"), "utf8");
  const program = programIn(readFileSync(join(root, "README.md"), "utf8"));
  const files = ["jest.config.js", "tsconfig.json", "budgets.test.ts"].map((name) => [name, fileIn(page, name)]);
  const folder = project({
    ...Object.fromEntries(files),
    "index.ts": program,
    "Pulumi.yaml": "name: budgets\nruntime: nodejs\n",
    "package.json": "{}",
  });
  const jest = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, "node_modules/jest/bin/jest.js"), "--no-cache", ...args], {
      cwd: folder,
      encoding: "utf8",
    });

  const whole = jest();
  expect({ status: whole.status, output: whole.stderr }).toEqual({
    status: 0,
    output: expect.stringContaining("4 passed, 4 total"),
  });

  writeFileSync(join(folder, "index.ts"), program.replace("limit: 25, limitReset", "limitReset"));
  const { status, stderr } = jest("-t", "gives every key a limit");
  expect(status).toBe(1);
  expect(stderr).toContain("toBeGreaterThan");
});
