// The quickstart as a project of its own, whose program changes during the demo: it imports the native provider, then a key, and
// then the dynamic provider again.
import { appendFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const PLUGIN = `plugins:
  providers:
    - name: openrouter
      path: node_modules/pulumi-openrouter/plugin
`;

/** @param {string} project The folder to write. */
export function copyOfProgram(project) {
  const program = path.join(project, "index.ts");
  cpSync(path.join(root, "examples/quickstart"), project, {
    recursive: true,
    filter: (source) => path.basename(source) !== "node_modules",
  });
  symlinkSync(path.join(root, "node_modules"), path.join(project, "node_modules"), "junction");
  appendFileSync(path.join(project, "Pulumi.yaml"), PLUGIN);
  /** @param {(text: string) => string} change */
  const edit = (change) => writeFileSync(program, change(readFileSync(program, "utf8")));
  edit((text) => text.replace('"pulumi-openrouter"', '"pulumi-openrouter/native"'));
  return {
    folder: project,
    declare: (/** @type {string} */ line) => edit((text) => `${text}\n${line}\n`),
    useDynamic: () =>
      edit((text) =>
        text.replace('"pulumi-openrouter/native"', '"pulumi-openrouter"').replace(/, \{ import: ".*" \}/, ""),
      ),
  };
}
