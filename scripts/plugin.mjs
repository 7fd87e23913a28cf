// Bundles the native provider for `pulumi plugin install`, with all that it needs but Node. The archives of all platforms have the
// same files; Pulumi chooses by name.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [target = path.join(root, "plugin-archives"), ...chosen] = process.argv.slice(2);
const PLATFORMS = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64", "windows-arm64"];
const NAME = "pulumi-resource-openrouter";
const { name, version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

const folder = mkdtempSync(path.join(tmpdir(), `${NAME}-`));
try {
  mkdirSync(path.join(folder, "plugin"));
  copyFileSync(path.join(root, "plugin/schema.json"), path.join(folder, "plugin/schema.json"));
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify({ name, version })}\n`);
  await bundle(path.join(folder, "index.js"));
  const unix = path.join(folder, NAME);
  writeFileSync(unix, '#!/usr/bin/env node\nrequire("./index.js");\n');
  chmodSync(unix, 0o755);
  writeFileSync(path.join(folder, `${NAME}.cmd`), '@node "%~dp0index.js" %*\r\n');
  mkdirSync(target, { recursive: true });
  for (const platform of chosen.length > 0 ? chosen : PLATFORMS) {
    const archive = path.join(target, `${NAME}-v${version}-${platform}.tar.gz`);
    execFileSync("tar", ["--create", "--gzip", "--file", archive, "--directory", folder, "."]);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** @param {string} outfile */
async function bundle(outfile) {
  await build({
    absWorkingDir: root,
    entryPoints: ["scripts/bundledPlugin.mjs"],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // Error messages include class names.
    keepNames: true,
    legalComments: "inline",
    logLevel: "warning",
  });
}
