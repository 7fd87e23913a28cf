/** The modules that a provider process loads: one bundled file, and an HTTP client only for calls. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** Prints the files that the entry loads, and whether it loads a network module before its first call. */
const SCRIPT = `
  const Module = require("node:module");
  const load = Module._load;
  const builtins = new Set();
  Module._load = (request, ...rest) => {
    if (Module.isBuiltin(request)) builtins.add(request.replace("node:", ""));
    return load(request, ...rest);
  };
  const { provider } = require("pulumi-openrouter/dynamic");
  const { check, diff, read } = provider("InferenceKey");
  const news = { name: "ci", limit: 5 };
  (async () => {
    const { inputs } = await check({}, news);
    await diff("0".repeat(64), { ...inputs, key: "", label: "", createdAt: "", __v: "1" }, inputs);
    const files = Object.keys(require.cache);
    const before = builtins.has("net");
    read("0".repeat(64), {}).catch(() => undefined);
    while (!builtins.has("net")) await new Promise((resolve) => setTimeout(resolve, 10));
    console.log(JSON.stringify({ files, before }));
    process.exit();
  })();
`;

const env = {
  PATH: process.env.PATH,
  OPENROUTER_BASE_URL: "http://127.0.0.1:1",
  OPENROUTER_MANAGEMENT_KEY: "management-key-of-this-test",
};

const { files, before } = JSON.parse(
  execFileSync(process.execPath, ["-e", SCRIPT], { env, cwd: root, encoding: "utf8" }),
) as { files: string[]; before: boolean };

test("loads an HTTP client for the first call, but not for check and diff", () => {
  expect(before).toBe(false);
});

test("loads one file", () => {
  expect(files).toEqual([join(root, "dist/provider/dynamic/index.js")]);
});

test("bundles no translations, nothing of Pulumi's SDK, and only the request code of undici", () => {
  const bundle = files.map((file) => readFileSync(file, "utf8")).join("\n");
  // The bundle has a comment with the name of each source file.
  const sources = [...files, ...[...bundle.matchAll(/^ *\/\/ (\S+\.[cm]?[jt]s)$/gm)].map(([, file = ""]) => file)];
  expect(sources.filter((file) => file.includes("/zod/")).length).toBeGreaterThan(5);
  expect(sources.filter((file) => file.includes("@pulumi/"))).toEqual([]);
  expect(sources.filter((file) => file.includes("/locales/"))).toEqual(["node_modules/zod/v4/locales/en.js"]);
  expect(sources).toContain("node_modules/undici/lib/dispatcher/agent.js");
  expect(sources.filter((file) => /undici\/lib\/(mock|cache|web\/(websocket|eventsource|cache))/.test(file))).toEqual(
    [],
  );
});
