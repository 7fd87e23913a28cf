/** `adopt`: the program and the import file that it writes, and what it refuses to write. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { provider } from "../../provider/dynamic";
import type { ImportedResource } from "../../testing/index";
import { check, compiler } from "../package/support/compiler";
import { declared, declaredNames, declaredSets, eachTestAdopts, inFolder, programSource } from "./support/adoption";
import { fillOddly, ODD_NAMES, PASTED_KEY, UNDECLARABLE } from "./support/oddAccount";
import type { Run } from "./support/terminal";

const repository = resolve(__dirname, "../..");
const { simulator, adopt } = eachTestAdopts();

const STRICTEST = {
  ...{ strict: true, target: "ES2022", module: "nodenext", moduleResolution: "nodenext", skipLibCheck: true },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ...{ noUnusedLocals: true, isolatedModules: true, noPropertyAccessFromIndexSignature: true },
};
const FALLBACK = { target: "ES2020", module: "commonjs", moduleResolution: "node", noUnusedLocals: true };

function adoptOddAccount(...args: string[]): Promise<Run> {
  fillOddly(simulator());
  simulator().clearRequests();
  return adopt(...args);
}

function formatted(source: string): string {
  const biome = join(repository, "node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "format", "--stdin-file-path=index.ts"];
  return execFileSync(process.execPath, args, { cwd: repository, input: source, encoding: "utf8", stdio: "pipe" });
}

describe("the program for an account of odd objects", () => {
  test("declares each key, guardrail and set of assignments once, under a unique name", async () => {
    await adoptOddAccount();
    const names = declared().map(({ kind, name }) => `${kind} ${name}`);
    expect(declaredNames("InferenceKey").sort()).toEqual([...ODD_NAMES, "disabled", "expired", "full"].sort());
    expect(declaredNames("Guardrail")).toEqual(expect.arrayContaining(["ci", "full"]));
    const sets = declaredSets();
    expect(Object.keys(sets)).toEqual(["full", "ci"]);
    expect(sets.ci).toMatchObject({ keyHashes: { length: ODD_NAMES.length }, userIds: [expect.any(String)] });
    expect(new Set(names).size).toBe(names.length);
  });

  test("adopts each object by its id", async () => {
    await adoptOddAccount();
    const adopted = declared().flatMap(({ args }) => (args.adopt ? [[args.name, args.adopt]] : []));
    const { keys, guardrails } = simulator().account;
    const live = [...keys.map(({ name, hash }) => [name, hash]), ...guardrails.map(({ name, id }) => [name, id])];
    expect(live.filter(([name]) => !Object.hasOwn(UNDECLARABLE, name ?? "")).sort()).toEqual(adopted.sort());
  });

  test("passes its own resources to a set, which is exclusive if it lists every assignee", async () => {
    await adoptOddAccount();
    const [user] = simulator().account.memberAssignments;
    expect(declaredSets().full).toEqual({
      guardrail: expect.objectContaining({ id: "the id of Guardrail full" }),
      keyHashes: ["the id of InferenceKey full"],
      userIds: [user?.user_id],
    });
  });

  test.each([
    ["the strictest options", "6", STRICTEST],
    ["Pulumi's default without a tsconfig.json", "vendored", FALLBACK],
  ] as const)("compiles with %s", async (_options, version, options) => {
    await adoptOddAccount();
    symlinkSync(join(repository, "node_modules"), inFolder("node_modules"), "junction");
    const program = inFolder("index.ts");
    expect(check(compiler(version), inFolder("."), options, [program]).errorsIn(program)).toEqual([]);
  });

  test("is formatted, and has no invisible or bidirectional character", async () => {
    await adoptOddAccount();
    expect(formatted(programSource())).toBe(programSource());
    expect(programSource().replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  test("omits objects that can't be declared, and standard error says why", async () => {
    const { err } = await adoptOddAccount();
    for (const [name, reason] of Object.entries(UNDECLARABLE)) {
      const hash = simulator().account.keys.find((key) => key.name === name)?.hash;
      expect(err).toMatch(new RegExp(`Skipped key ".*" \\(${hash}\\): .*${reason}`));
    }
  });

  test("comes with a list of the keys whose secret can't be read back, and both options for them", async () => {
    const { out } = await adoptOddAccount();
    const [about, table = ""] = out.split("RESOURCE");
    expect(about).toContain("can't be read back");
    expect(about).toContain("Keep the secret that you have");
    expect(about).toContain("remove its `adopt` and set `keepers");
    expect(table.trim().split("\n")).toHaveLength(ODD_NAMES.length + 3);
  });

  test("contains no secret, nor does the import file or the output", async () => {
    const { out, err } = await adoptOddAccount("--import", inFolder("import.json"));
    const files = readdirSync(inFolder(".")).map((file) => readFileSync(inFolder(file), "utf8"));
    expect(files).toHaveLength(2);
    for (const text of [...files, out, err]) {
      expect(text).not.toContain(PASTED_KEY.slice(-12));
      expect(text).not.toContain(simulator().managementKey);
    }
  });

  test("is written without a write to the account", async () => {
    await adoptOddAccount();
    expect(new Set(simulator().requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });
});

test("breaks lines like a formatter, for strings and lists of any length", async () => {
  const { dashboard } = simulator();
  for (let length = 96; length <= 112; length++) dashboard.createKey({ name: "n".repeat(length) });
  for (let length = 1; length <= 20; length++) {
    dashboard.createGuardrail({
      name: `g${length}`,
      allowed_providers: ["a".repeat(50), "b".repeat(30), "c".repeat(length)],
      description: "生".repeat(40 + length),
    });
  }
  await adopt();
  expect(formatted(programSource())).toBe(programSource());
});

test("keeps the names of resources when later objects get similar names", async () => {
  const { dashboard, clock } = simulator();
  const { id } = dashboard.addWorkspace({ name: "Other", slug: "other" });
  const createKey = (name: string, workspace_id?: string) => {
    clock.advance(60_000);
    dashboard.createKey({ name, workspace_id });
  };
  createKey("ci", id);
  createKey("CI");
  createKey("🔑", id);
  await adopt();
  expect(declared().map(({ name }) => name)).toEqual(["ci", "CI-2", "key"]);
  createKey("ci");
  createKey("key", id);
  createKey("0");
  await adopt("--force");
  expect(declared().map(({ name }) => name)).toEqual(["ci", "CI-2", "key", "ci-3", "key-2", "0"]);
});

test("declares the workspace only if there are several, and the owner only if keys have several", async () => {
  const { dashboard, account } = simulator();
  const { hash } = dashboard.createKey({ name: "a", creator_user_id: "user_a" }).key;
  await adopt();
  expect(declared().map(({ args }) => args)).toEqual([{ name: "a", adopt: hash }]);
  const { id } = dashboard.addWorkspace({ name: "B", slug: "b" });
  dashboard.createKey({ name: "b", creator_user_id: "user_b", workspace_id: id });
  await adopt("--force");
  const inputs = declared().map(({ args }) => [args.name, [args.workspaceId, args.creatorUserId]]);
  expect(Object.fromEntries(inputs)).toEqual({ a: [account.workspaces[0]?.id, "user_a"], b: [id, "user_b"] });
});

test("declares the external user of a key, which a rotated key must keep", async () => {
  const { hash } = simulator().dashboard.createKey({ name: "partner's", external_user: "user-1" }).key;
  await adopt();
  expect(declared().map(({ args }) => args)).toEqual([{ name: "partner's", externalUser: "user-1", adopt: hash }]);
});

test("declares the default guardrail of a workspace so that a destroy leaves it", async () => {
  await adoptOddAccount("--name", "Workspace *");
  expect(programSource()).toContain("  { retainOnDelete: true },\n);");
});

describe("with --import", () => {
  async function imported(): Promise<Required<ImportedResource>[]> {
    await adoptOddAccount("--import", inFolder("import.json"));
    return JSON.parse(readFileSync(inFolder("import.json"), "utf8")).resources;
  }

  test("writes the resources of the program to the file, and omits `adopt` from the program", async () => {
    const { out } = await adoptOddAccount("--import", inFolder("import.json"));
    const { resources } = JSON.parse(readFileSync(inFolder("import.json"), "utf8"));
    const types = declared().map(({ kind, name }) => `pulumi-nodejs:dynamic/openrouter:${kind} ${name}`);
    expect(resources.map(({ type, name }: ImportedResource) => `${type} ${name}`)).toEqual(types);
    expect(declared().filter(({ args }) => "adopt" in args)).toEqual([]);
    expect(out).toContain(`--file ${inFolder("import.json")} --generate-code=false --protect=false`);
    expect(out).not.toContain("adopt`");
  });

  test("writes all outputs, so that a change before the first refresh replaces nothing", async () => {
    const key = (await imported()).find(({ inputs }) => inputs.expiresAt !== undefined && inputs.limit !== undefined);
    const { id = "", inputs = {}, outputs = {} } = key ?? {};
    expect(await provider("InferenceKey").diff(id, outputs, { ...inputs, limit: 5 })).toEqual({ replaces: [] });
  });

  test("writes the string by which Pulumi finds the provider, and no secret", async () => {
    for (const { type, inputs, outputs } of await imported()) {
      const kind = type.split(":").at(-1);
      const __provider = `exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`;
      expect([inputs.__provider, outputs.__provider]).toEqual([__provider, __provider]);
      if (kind === "InferenceKey") expect(outputs.key).toBe("");
    }
  });
});

describe("with --native", () => {
  test("writes a program for the native provider, and the plain id of each object", async () => {
    const { out } = await adoptOddAccount("--native", "--import", inFolder("import.json"));
    expect(out).toContain("        path: node_modules/pulumi-openrouter/plugin\n");
    expect(programSource()).toContain('import * as openrouter from "pulumi-openrouter/native";');
    const { resources } = JSON.parse(readFileSync(inFolder("import.json"), "utf8"));
    const types = declared().map(({ kind, name }) => `openrouter:index:${kind} ${name}`);
    expect(resources.map(({ type, name }: ImportedResource) => `${type} ${name}`)).toEqual(types);
    const whole = resources.filter((each: ImportedResource) => Object.keys(each).join() !== "type,name,id");
    expect(whole.map(({ name }: ImportedResource) => name)).toEqual(["turned-around-line"]);
    expect(declared().filter(({ args }) => "adopt" in args)).toEqual([]);
  });

  test("writes the whole of a set that lists some of its assignees", async () => {
    const { dashboard } = simulator();
    const keys = ["a/1", "b/1"].map((name) => dashboard.createKey({ name }).key.hash);
    dashboard.assign(dashboard.createGuardrail({ name: "a/safe" }).id, { keys });
    await adopt("--native", "--import", inFolder("import.json"), "--name", "a/*");
    const { resources } = JSON.parse(readFileSync(inFolder("import.json"), "utf8"));
    const [set] = resources.filter(({ type }: ImportedResource) => type.endsWith(":GuardrailAssignments"));
    expect(set).toMatchObject({ inputs: { exclusive: false }, outputs: { keyHashes: [keys[0]] } });
  });
});

test("keeps existing files, and sends no request", async () => {
  writeFileSync(inFolder("index.ts"), "mine");
  const importing = ["--import", inFolder("import.json")];
  const refused = await adopt(...importing);
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("index.ts already exists. ") });
  expect(existsSync(inFolder("import.json"))).toBe(false);
  writeFileSync(inFolder("import.json"), "{}");
  expect((await adopt(...importing)).err).toContain("import.json already exist. Name another file, or overwrite them");
  expect(programSource()).toBe("mine");
  expect(simulator().requests).toEqual([]);
});

test("overwrites existing files with --force", async () => {
  simulator().dashboard.createKey({ name: "ci" });
  writeFileSync(inFolder("index.ts"), "mine");
  expect(await adopt("--force")).toMatchObject({ code: 0 });
  expect(declaredNames("InferenceKey")).toEqual(["ci"]);
});

test("fails and writes no file for an empty account", async () => {
  expect(await adopt()).toMatchObject({ code: 2, err: expect.stringContaining("nothing was written") });
  expect(readdirSync(inFolder("."))).toEqual([]);
});

test("names a folder that doesn't exist", async () => {
  simulator().dashboard.createKey({ name: "ci" });
  const { code, err } = await adopt("--out", inFolder("none/index.ts"));
  expect({ code, err }).toEqual({ code: 2, err: `write ${inFolder("none/index.ts")}: no such folder\n` });
});
