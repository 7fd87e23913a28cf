/** The checked-in files of `npm run docs` are current. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** What a script writes today, by file name. */
function generated(script: string, ...args: readonly string[]): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-docs-"));
  const command = [join(root, "scripts", script), folder, ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return contentsOf(folder, () => true);
}

function contentsOf(folder: string, isMeant: (file: string) => boolean): Record<string, string> {
  const files = readdirSync(folder).filter(isMeant);
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

test("docs/resources has the doc comments of every resource; `npm run docs` updates it", () => {
  expect(contentsOf(join(root, "docs/resources"), () => true)).toEqual(generated("resources.mjs"));
});

test("docs/review.svg shows the review of the recorded change; `npm run docs` updates it", () => {
  const pictures = contentsOf(join(root, "docs"), (file) => file === "review.svg");
  expect(pictures).toEqual(generated("picture.mjs"));
  expect(Object.values(pictures).join("").length).toBeLessThan(20_000);
});

test("plugin/schema.json has the classes and doc comments of the SDK; `npm run docs` updates it", () => {
  expect(contentsOf(join(root, "plugin"), (file) => file === "schema.json")).toEqual(generated("schema.mjs"));
});

test("the schema of a release says where Pulumi downloads the archives, and is the same otherwise", () => {
  const { pluginDownloadURL, ...schema } = JSON.parse(generated("schema.mjs", "acme/tools")["schema.json"] ?? "");
  expect(pluginDownloadURL).toBe("github://api.github.com/acme/tools");
  expect(schema).toEqual(JSON.parse(readFileSync(join(root, "plugin/schema.json"), "utf8")));
});
