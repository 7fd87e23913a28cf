// Makes one file of what Pulumi's provider process loads, over the module that every stack points at. Each command of
// Pulumi starts that process anew. Unbundled it spends 140 ms on loading zod and undici, most of which it never uses.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [built = "dist"] = process.argv.slice(2);

/** @param {string} name */
const license = (name) => `/*! Contains ${name}:\n\n${readFileSync(`${root}/node_modules/${name}/LICENSE`, "utf8")}*/`;

await build({
  absWorkingDir: root,
  entryPoints: ["provider/dynamic/index.ts"],
  outfile: `${built}/provider/dynamic/index.js`,
  bundle: true,
  platform: "node",
  target: "node20",
  // Errors show the names of their classes.
  keepNames: true,
  banner: { js: ["undici", "zod"].map(license).join("\n") },
  logLevel: "warning",
  plugins: [
    {
      name: "undici",
      setup: ({ onResolve }) => onResolve({ filter: /^undici$/ }, () => ({ path: `${root}/scripts/undici.cjs` })),
    },
  ],
});
