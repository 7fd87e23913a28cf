import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { compiler } from "./support/compiler";
import { filesOf, type Packed, pack, repository, temporaryFolder } from "./support/pack";
import { run } from "./support/run";

const temporary = temporaryFolder();
let packed: Packed;
let files: string[];

beforeAll(() => {
  packed = pack(temporary);
  files = filesOf(packed.folder);
});

afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

describe("the tarball", () => {
  it("has the build, the documentation, the examples and the manifest, and nothing else", () => {
    const isBuild = (file: string) => /^dist\/(sdk|provider|formats|cli|testing)\/[\w/]+(\.d\.ts|\.js)$/.test(file);
    const isPage = (file: string) => /^docs\/[\w/-]+\.(md|svg)$/.test(file) || file.startsWith("examples/");
    expect(files.filter((file) => !isBuild(file) && !isPage(file))).toEqual([
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "package.json",
      "plugin/PulumiPlugin.yaml",
      "plugin/index.js",
      "plugin/package.json",
      "plugin/schema.json",
    ]);
  });

  it("grows by less than 60 kB, packed, through the native provider", () => {
    const isOfNative = (file: string) =>
      /^(plugin|dist\/(provider|sdk)\/(native|host|lookUps)|docs\/(native|terraform)|dist\/cli\/adopt\/terraform)/.test(
        file,
      );
    const sizes = files
      .filter(isOfNative)
      .map((file) => gzipSync(fs.readFileSync(path.join(packed.folder, file))).length);
    expect(sizes.length).toBeGreaterThan(20);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
  });

  it("has the files that its pages link to", () => {
    const pages = files.filter((file) => file.endsWith(".md"));
    const broken = pages.flatMap((page) => {
      const text = fs.readFileSync(path.join(packed.folder, page), "utf8").replaceAll(/`[^`\n]*`/g, "code");
      const targets = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target = ""]) => target);
      const own = targets.filter((target) => !target.startsWith("https:"));
      return own.filter((target) => !fs.existsSync(path.resolve(packed.folder, path.dirname(page), target)));
    });
    expect(pages).toContain("docs/resources/inference-key.md");
    expect(broken).toEqual([]);
  });

  it("has no file without a source", () => {
    const sourceOf = (file: string) => file.replace(/^dist\//, "").replace(/(\.d\.ts|\.js)$/, ".ts");
    const built = files.filter((file) => file.startsWith("dist/"));
    expect(built.filter((file) => !fs.existsSync(path.join(repository, sourceOf(file))))).toEqual([]);
  });

  it("has only the declarations that its entries import", () => {
    const targets = Object.values(packed.manifest.exports ?? {}).filter((target) => typeof target === "object");
    const entries = targets.map(({ types }) => path.join(packed.folder, types));
    const program = compiler("6").createProgram(entries, { noLib: true, types: [] });
    const reached = program.getSourceFiles().map(({ fileName }) => path.relative(packed.folder, fileName));
    const own = reached.filter((file) => file.startsWith("dist/"));
    expect(own.length).toBeGreaterThan(entries.length);
    expect(files.filter((file) => file.endsWith(".d.ts"))).toEqual(own.sort());
  });

  it("contains no path of the build machine", () => {
    const paths = [repository, os.homedir(), "/home/", "/Users/", "C:\\"];
    const leaking = files.filter((file) => {
      const text = fs.readFileSync(path.join(packed.folder, file), "utf8");
      return paths.some((one) => text.includes(one));
    });
    expect(leaking).toEqual([]);
  });

  it("has no script that runs on installation", () => {
    const { scripts = {} } = JSON.parse(fs.readFileSync(path.join(packed.folder, "package.json"), "utf8")) as {
      scripts?: Record<string, string>;
    };
    expect(Object.keys(scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
  });
});

describe("the manifest", () => {
  it("exports the SDK, the native SDK, the provider entry, the testing tools and itself", () => {
    expect(Object.keys(packed.manifest.exports ?? {})).toEqual([
      ".",
      "./native",
      "./dynamic",
      "./testing",
      "./package.json",
    ]);
  });

  it.each([".", "./native", "./dynamic", "./testing"])("points %s to a module and its declarations", (entry) => {
    const target = packed.manifest.exports?.[entry];
    if (typeof target !== "object") throw new Error(`${entry} is not exported`);
    expect(files).toContain(target.types.slice(2));
    expect(files).toContain(target.default.slice(2));
  });

  it("requires no package for the native provider: a program that uses dynamic resources installs no more", () => {
    const { dependencies, peerDependencies, optionalDependencies } = packed.manifest;
    expect(Object.keys(dependencies ?? {})).toEqual(["commander", "fastest-levenshtein", "undici", "yaml", "zod"]);
    expect(Object.keys(peerDependencies ?? {})).toEqual(["@modelcontextprotocol/server", "@pulumi/pulumi"]);
    expect(optionalDependencies).toBeUndefined();
  });

  it("points main and types to the SDK, for tools that don't know exports", () => {
    expect(packed.manifest.exports?.["."]).toEqual({ types: packed.manifest.types, default: packed.manifest.main });
  });

  /** Package managers make it executable; see registry.test.ts. */
  it("has a command that starts with a shebang", () => {
    const command = path.join(packed.folder, packed.manifest.bin?.["pulumi-openrouter"] ?? "");
    expect(fs.readFileSync(command, "utf8")).toMatch(/^#!\/usr\/bin\/env node\r?\n/);
  });
});

describe("importing the unpacked package", () => {
  const attempt = (code: string) =>
    run(packed.folder, ["-e", `${code}.then(() => console.log("found"), (error) => console.log(error.code))`]);

  it.each([
    ["require", 'Promise.resolve().then(() => require("pulumi-openrouter/dist/sdk/index.js"))'],
    ["import", 'import("pulumi-openrouter/dist/sdk/index.js")'],
  ])("rejects a deep import by %s", (_, code) => {
    expect(attempt(code)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it.each(["", "/native", "/dynamic", "/testing", "/package.json"])(
    "resolves pulumi-openrouter%s by require and import",
    (entry) => {
      const name = JSON.stringify(`pulumi-openrouter${entry}`);
      const required = `console.log(require("node:url").pathToFileURL(require.resolve(${name})).href)`;
      const imported = `import.meta.resolve && console.log(import.meta.resolve(${name}))`;
      const byRequire = run(packed.folder, ["-e", required]);
      expect(fs.existsSync(new URL(byRequire))).toBe(true);
      expect(run(packed.folder, ["--input-type=module", "-e", imported])).toBe(byRequire);
    },
  );
});
