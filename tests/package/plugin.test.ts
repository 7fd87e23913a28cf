/** The native provider as its users have it: in node_modules, and in the archive of a release. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { loadSdk } from "../../testing/engine/sdk";
import { npmLayout, pnpmLayout } from "./support/layouts";
import { filesOf, pack, repository, temporaryFolder } from "./support/pack";

const temporary = temporaryFolder();
const archives = path.join(temporary, "archives");
const unpacked = path.join(temporary, "unpacked");
const schema = fs.readFileSync(path.join(repository, "plugin/schema.json"), "utf8");
let programs: Record<string, string>;
let started: ChildProcess[] = [];

beforeAll(() => {
  const packed = pack(temporary);
  const addProgram = pnpmLayout(packed, path.join(temporary, "pnpm"));
  programs = {
    npm: npmLayout(packed, path.join(temporary, "npm")),
    pnpm: addProgram("direct", ["@pulumi/pulumi", "pulumi-openrouter"]),
  };
  execFileSync(process.execPath, [path.join(repository, "scripts/plugin.mjs"), archives]);
  fs.mkdirSync(unpacked);
  const archive = fs.readdirSync(archives).find((name) => name.endsWith("-linux-amd64.tar.gz")) ?? "";
  execFileSync("tar", ["-xzf", path.join(archives, archive)], { cwd: unpacked });
});
afterEach(() => {
  for (const child of started) child.kill();
  started = [];
});
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

/** The schema that a plugin returns which finds its packages, and Node, by itself only. */
async function schemaOf(command: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin` };
  const child = spawn(command, [...args, "127.0.0.1:1"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const port = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([line]) => String(line)),
    once(child, "exit").then(() => Promise.reject(new Error(errors))),
  ]);
  const { grpc, provider } = loadSdk(repository);
  const client = new provider.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  return new Promise<string>((resolve, reject) => {
    client.getSchema(new provider.GetSchemaRequest(), (error, response) =>
      error ? reject(error) : resolve(response.getSchema()),
    );
  }).finally(() => client.close());
}

it.each(["npm", "pnpm"])("starts from the node_modules of %s, where Pulumi.yaml names it", async (manager) => {
  const program = programs[manager] as string;
  const plugin = path.join(program, "node_modules/pulumi-openrouter/plugin");
  expect(fs.readdirSync(plugin).sort()).toEqual(["PulumiPlugin.yaml", "index.js", "package.json", "schema.json"]);
  expect(await schemaOf(process.execPath, [path.join(plugin, "index.js")], program)).toBe(schema);
});

it("has nothing to install, because Pulumi runs `npm install` in its folder", () => {
  const plugin = path.join(programs.npm as string, "node_modules/pulumi-openrouter/plugin");
  const shell = process.platform === "win32";
  expect(execFileSync("npm", ["prefix"], { cwd: plugin, encoding: "utf8", shell }).trim()).toBe(
    fs.realpathSync(plugin),
  );
  const manifest = JSON.parse(fs.readFileSync(path.join(plugin, "package.json"), "utf8"));
  expect(Object.keys(manifest).sort()).toEqual(["description", "private"]);
});

describe("the archive of a release", () => {
  it("is made for each platform, with the name that Pulumi downloads", () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8"));
    const platforms = ["darwin", "linux", "windows"].flatMap((os) => [`${os}-amd64`, `${os}-arm64`]);
    expect(fs.readdirSync(archives).sort()).toEqual(
      platforms.map((platform) => `pulumi-resource-openrouter-v${version}-${platform}.tar.gz`),
    );
  });

  it("starts with nothing but Node", async () => {
    expect(await schemaOf(path.join(unpacked, "pulumi-resource-openrouter"), [], unpacked)).toBe(schema);
  });

  it("contains no package in files, and the license of each that it contains", () => {
    expect(filesOf(unpacked)).toEqual([
      "LICENSE",
      "LICENSES-OF-PACKAGES",
      "index.js",
      "package.json",
      "plugin/schema.json",
      "pulumi-resource-openrouter",
      "pulumi-resource-openrouter.cmd",
    ]);
    const licenses = fs.readFileSync(path.join(unpacked, "LICENSES-OF-PACKAGES"), "utf8");
    for (const name of ["@grpc/grpc-js", "@pulumi/pulumi", "google-protobuf", "undici", "zod"]) {
      const own = fs
        .readdirSync(path.join(repository, "node_modules", name))
        .find((file) => /^LICENSE(\.md)?$/.test(file));
      const license = fs.readFileSync(path.join(repository, "node_modules", name, own ?? ""), "utf8");
      expect(licenses).toContain(`${name}\n\n${license}`);
    }
  });

  it("is minified, and keeps the names of classes, which errors show", () => {
    const bundle = fs.readFileSync(path.join(unpacked, "index.js"), "utf8");
    expect(bundle.includes('(this,"PreconditionError")')).toBe(true);
    expect(bundle.match(/^\s+/gm)?.join("").length).toBeLessThan(bundle.length / 20);
  });
});
