// Removes type declarations that are not reachable from an entry of the package: editors would suggest them, but programs can't
// import them.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [outDir = "dist"] = process.argv.slice(2);
const dist = path.resolve(root, outDir);

const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const entries = Object.values(exports).flatMap(({ types }) =>
  types ? [path.join(dist, types.replace("./dist/", ""))] : [],
);

/** @type {Set<string>} */
const reached = new Set();
for (const entry of entries) visit(entry);

const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).map((file) => path.join(dist, file));
for (const file of files) if (file.endsWith(".d.ts") && !reached.has(file)) rmSync(file);

/** @param {string} file */
function visit(file) {
  if (reached.has(file)) return;
  reached.add(file);
  const imports = readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]*)"/g);
  for (const [, target = ""] of imports) visit(declarationOf(path.resolve(path.dirname(file), target)));
}

/** @param {string} module */
function declarationOf(module) {
  const file = `${module}.d.ts`;
  return existsSync(file) ? file : path.join(module, "index.d.ts");
}
