// Bundles what Pulumi's provider process loads into one file, which replaces the module that every state refers to. Each Pulumi
// command starts that process. Unbundled, it takes 140 ms to load zod and undici, most of which it never uses.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [outDir = "dist"] = process.argv.slice(2);

/** @param {string} name */
const license = (name) => `/*! Contains ${name}:\n\n${readFileSync(`${root}/node_modules/${name}/LICENSE`, "utf8")}*/`;

await build({
  absWorkingDir: root,
  entryPoints: ["provider/dynamic/index.ts"],
  outfile: `${outDir}/provider/dynamic/index.js`,
  bundle: true,
  platform: "node",
  target: "node20",
  // Error messages include class names.
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
