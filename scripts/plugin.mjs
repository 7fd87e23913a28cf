// Bundles the native provider for `pulumi plugin install`, with all that it needs but Node. The archives of all platforms have the
// same files; Pulumi chooses by name.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
  const packages = await bundle(path.join(folder, "index.js"));
  copyFileSync(path.join(root, "LICENSE"), path.join(folder, "LICENSE"));
  writeFileSync(path.join(folder, "LICENSES-OF-PACKAGES"), packages.map(licenseOf).join("\n\n"));
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

/**
 * @param {string} outfile
 * @returns {Promise<string[]>} The packages that the bundle contains.
 */
async function bundle(outfile) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["scripts/bundledPlugin.ts"],
    outfile,
    bundle: true,
    metafile: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // Error messages include class names.
    keepNames: true,
    legalComments: "inline",
    logLevel: "warning",
  });
  const names = Object.keys(metafile.inputs).map(
    (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? "",
  );
  return [...new Set(names)].filter((each) => each !== "").sort();
}

/** @param {string} bundled */
function licenseOf(bundled) {
  const home = path.join(root, "node_modules", bundled);
  const file = readdirSync(home).find((each) => /^licen[cs]e(\.(md|txt))?$/i.test(each));
  if (file === undefined) throw new Error(`${bundled} has no license file, so the archive can't contain the package`);
  return `${bundled}\n\n${readFileSync(path.join(home, file), "utf8")}`;
}
