/** The TypeScript on the pages compiles, with the names that a page takes as given. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { check, compiler } from "../package/support/compiler";

const root = resolve(__dirname, "../..");
const folders = [".", "docs", "docs/commands", "docs/resources"];
const pages = folders.flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)));

const GIVEN: Record<string, string> = {
  openrouter: 'import * as openrouter from "pulumi-openrouter";',
  pulumi: 'import * as pulumi from "@pulumi/pulumi";',
  config: 'declare const config: import("@pulumi/pulumi").Config;',
  ci: 'declare const ci: import("pulumi-openrouter").InferenceKey;',
  keys: 'declare const keys: import("pulumi-openrouter").InferenceKey[];',
  safe: 'declare const safe: import("pulumi-openrouter").Guardrail;',
};

const snippets = pages
  .filter((page) => page.endsWith(".md"))
  .flatMap((page) => {
    const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^ *```ts\n(.*?)^ *```/gms)];
    return blocks.map(([, code = ""], index) => ({
      page,
      file: join(root, `${page}.${index}.ts`),
      code: complete(code),
    }));
  });

/** With a declaration of each given name that the code does not declare. */
function complete(code: string): string {
  const isDeclared = (name: string) => new RegExp(`(const|let|as) ${name}\\b`).test(code);
  const missing = Object.keys(GIVEN).filter((name) => new RegExp(`\\b${name}\\b`).test(code) && !isDeclared(name));
  return `${missing.map((name) => GIVEN[name]).join(" ")} export {};\n${code}`;
}

test("every snippet compiles", () => {
  expect(snippets.length).toBeGreaterThan(8);
  const ts = compiler("6");
  const options = {
    strict: true,
    target: "ES2022",
    module: "commonjs",
    moduleResolution: "bundler",
    types: ["node", "jest"],
  };
  const read = ts.sys.readFile;
  const texts = new Map(snippets.map(({ file, code }) => [file, code]));
  jest.spyOn(ts.sys, "readFile").mockImplementation((file, encoding) => texts.get(file) ?? read(file, encoding));
  const { errorsIn } = check(ts, root, { ...options, skipLibCheck: true }, [...texts.keys()]);
  expect(snippets.flatMap(({ page, file }) => errorsIn(file).map((error) => `${page}: ${error}`))).toEqual([]);
});
