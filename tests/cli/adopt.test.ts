/** `adopt` as it is used: what it writes for an account, what it leaves out, and what it refuses. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { adoptCommand } from "../../cli/adopt/command";
import { provider } from "../../provider/dynamic";
import type { ImportedResource } from "../../testing/index";
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { check, compiler } from "../package/support/compiler";
import { fillOddly, ODD_NAMES, PASTED_KEY, UNDECLARABLE } from "./support/oddAccount";
import { type Run, run } from "./support/terminal";

const repository = resolve(__dirname, "../..");
let simulator: Simulator;
let folder: string;
beforeEach(async () => {
  simulator = await startSimulator();
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-adopt-"));
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

function adopt(...args: string[]): Promise<Run> {
  const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
  return run(adoptCommand, ["--out", join(folder, "index.ts"), ...args], { env });
}

interface Declared {
  kind: string;
  name: string;
  args: Record<string, unknown>;
}

/** What the written program declares: it's run with resources that only remember how they were made. */
function declared(): Declared[] {
  const ts = compiler("6");
  const { outputText } = ts.transpileModule(readFileSync(join(folder, "index.ts"), "utf8"), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const all: Declared[] = [];
  const kinds = ["InferenceKey", "Guardrail", "GuardrailAssignments"];
  const classes = kinds.map((kind) => {
    const remember = function (this: { id: string }, name: string, args: Declared["args"]) {
      this.id = `the id of ${kind} ${name}`;
      all.push({ kind, name, args });
    };
    return [kind, remember];
  });
  new Function("require", "exports", outputText)(() => Object.fromEntries(classes), {});
  return all;
}

function setsByName(): Record<string, Declared["args"]> {
  const sets = declared().filter(({ kind }) => kind === "GuardrailAssignments");
  return Object.fromEntries(sets.map(({ name, args }) => [name, args]));
}

function namesOf(kind: string): unknown[] {
  return declared()
    .filter((each) => each.kind === kind)
    .map(({ args }) => args.name);
}

function writes(): string[] {
  return simulator.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);
}

const STRICTEST = {
  ...{ strict: true, target: "ES2022", module: "nodenext", moduleResolution: "nodenext", skipLibCheck: true },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ...{ noUnusedLocals: true, isolatedModules: true, noPropertyAccessFromIndexSignature: true },
};
const FALLBACK = { target: "ES2020", module: "commonjs", moduleResolution: "node", noUnusedLocals: true };

describe("the program for an account full of odd things", () => {
  let result: Run;
  beforeEach(async () => {
    fillOddly(simulator);
    simulator.clearRequests();
    result = await adopt();
  });

  test("has each key, guardrail and set of assignments once, under a name of its own", () => {
    const all = declared();
    expect(namesOf("InferenceKey").sort()).toEqual([...ODD_NAMES, "disabled", "expired", "full"].sort());
    expect(namesOf("Guardrail")).toEqual(expect.arrayContaining(["ci", "full"]));
    const sets = setsByName();
    expect(Object.keys(sets)).toEqual(["full", "ci"]);
    expect(sets.ci).toMatchObject({ keyHashes: { length: ODD_NAMES.length }, userIds: [expect.any(String)] });
    expect(new Set(all.map(({ kind, name }) => `${kind} ${name}`)).size).toBe(all.length);
  });

  test("names the object that each resource adopts", () => {
    const adopted = declared().flatMap(({ args }) => (args.adopt ? [[args.name, args.adopt]] : []));
    const { keys, guardrails } = simulator.account;
    const live = [...keys.map(({ name, hash }) => [name, hash]), ...guardrails.map(({ name, id }) => [name, id])];
    expect(live.filter(([name]) => !Object.hasOwn(UNDECLARABLE, name ?? "")).sort()).toEqual(adopted.sort());
  });

  test("passes its own resources to sets, which are exclusive where they list all that is assigned", () => {
    const [user] = simulator.account.memberAssignments;
    expect(setsByName().full).toEqual({
      guardrail: expect.objectContaining({ id: "the id of Guardrail full" }),
      keyHashes: ["the id of InferenceKey full"],
      userIds: [user?.user_id],
    });
  });

  test.each([
    ["the strictest options", "6", STRICTEST],
    ["what Pulumi falls back to without a tsconfig.json", "vendored", FALLBACK],
  ] as const)("compiles with %s", (_what, version, options) => {
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
    const program = join(folder, "index.ts");
    expect(check(compiler(version), folder, options, [program]).errorsIn(program)).toEqual([]);
  });

  test("stays as it is when it's formatted", () => {
    const text = readFileSync(join(folder, "index.ts"), "utf8");
    expect(formatted(text)).toBe(text);
  });

  test("has no letter that can't be seen or turns the text around", () => {
    expect(readFileSync(join(folder, "index.ts"), "utf8").replaceAll("\n", "")).not.toMatch(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
    );
  });

  test("leaves out what can't be declared, and says why", () => {
    for (const [name, reason] of Object.entries(UNDECLARABLE)) {
      const hash = simulator.account.keys.find((key) => key.name === name)?.hash;
      expect(result.err).toMatch(new RegExp(`Left out: key ".*" \\(${hash}\\): .*${reason}`));
    }
  });

  test("says of each key that its secret can't be read back, and what to do", () => {
    const [about, table = ""] = result.out.split("RESOURCE");
    expect(about).toContain("can't be read back");
    expect(about).toContain("Keep using the secret that you have");
    expect(about).toContain("remove its `adopt` and set `keepers");
    expect(table.trim().split("\n")).toHaveLength(ODD_NAMES.length + 3);
  });

  test("holds no secret, and nothing that's printed does", async () => {
    await adopt("--import", join(folder, "import.json"), "--force");
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    expect(files).toHaveLength(2);
    for (const text of [...files, result.out, result.err]) {
      expect(text).not.toContain(PASTED_KEY.slice(-12));
      expect(text).not.toContain(simulator.managementKey);
    }
  });

  test("is written by reading alone", () => {
    expect(writes()).toEqual([]);
  });
});

function formatted(text: string): string {
  const biome = join(repository, "node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "format", "--stdin-file-path=index.ts"];
  return execFileSync(process.execPath, args, { cwd: repository, input: text, encoding: "utf8", stdio: "pipe" });
}

test("lines break where a formatter breaks them, for texts and lists of any length", async () => {
  for (let length = 96; length <= 112; length++) simulator.dashboard.createKey({ name: "n".repeat(length) });
  for (let length = 1; length <= 20; length++) {
    simulator.dashboard.createGuardrail({
      name: `g${length}`,
      allowed_providers: ["a".repeat(50), "b".repeat(30), "c".repeat(length)],
      description: "生".repeat(40 + length),
    });
  }
  await adopt();
  const text = readFileSync(join(folder, "index.ts"), "utf8");
  expect(formatted(text)).toBe(text);
});

test("what is made later leaves the names of the rest as they are, whatever workspace it is in", async () => {
  const { dashboard, clock } = simulator;
  const { id } = dashboard.addWorkspace({ name: "Other", slug: "other" });
  const make = (name: string, workspace_id?: string) => {
    clock.advance(60_000);
    dashboard.createKey({ name, workspace_id });
  };
  make("ci", id);
  make("CI");
  make("🔑", id);
  await adopt();
  expect(declared().map(({ name }) => name)).toEqual(["ci", "CI-2", "key"]);
  make("ci");
  make("key", id);
  make("0");
  await adopt("--force");
  expect(declared().map(({ name }) => name)).toEqual(["ci", "CI-2", "key", "ci-3", "key-2", "0"]);
});

test("a workspace is declared where there are several, and a creator where keys have several", async () => {
  const { hash } = simulator.dashboard.createKey({ name: "a", creator_user_id: "user_a" }).key;
  await adopt();
  expect(declared().map(({ args }) => args)).toEqual([{ name: "a", adopt: hash }]);
  const { id } = simulator.dashboard.addWorkspace({ name: "B", slug: "b" });
  simulator.dashboard.createKey({ name: "b", creator_user_id: "user_b", workspace_id: id });
  await adopt("--force");
  const of = declared().map(({ args }) => [args.name, [args.workspaceId, args.creatorUserId]]);
  const [first] = simulator.account.workspaces;
  expect(Object.fromEntries(of)).toEqual({ a: [first?.id, "user_a"], b: [id, "user_b"] });
});

describe("filters", () => {
  let other: string;
  beforeEach(() => {
    const { dashboard } = simulator;
    other = dashboard.addWorkspace({ name: "Other", slug: "other" }).id;
    const keys = ["team-a/ci", "team-a/web", "team-b.ci"].map((name) => dashboard.createKey({ name }).key.hash);
    dashboard.createKey({ name: "team-a/else", workspace_id: other });
    dashboard.assign(dashboard.createGuardrail({ name: "team-a/safe" }).id, { keys });
  });

  test.each([
    ["team-a/*", ["team-a/ci", "team-a/else", "team-a/web"]],
    ["*ci", ["team-a/ci", "team-b.ci"]],
    ["team-a.ci", []],
    ["team-b.ci", ["team-b.ci"]],
    ["team-*i", ["team-a/ci", "team-b.ci"]],
  ])("--name %s", async (pattern, names) => {
    const { code } = await adopt("--name", pattern);
    expect(code).toBe(names.length > 0 ? 0 : 2);
    expect(names.length > 0 ? namesOf("InferenceKey").sort() : []).toEqual(names);
  });

  test("--workspace by name and by id", async () => {
    await adopt("--workspace", "Other");
    expect(namesOf("InferenceKey")).toEqual(["team-a/else"]);
    expect(namesOf("Guardrail")).toEqual([]);
    await adopt("--workspace", other, "--force");
    expect(namesOf("InferenceKey")).toEqual(["team-a/else"]);
  });

  test("a workspace that isn't there, and a name that several have, are wrong usage with the list", async () => {
    const unknown = await adopt("--workspace", "Nowhere");
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining(`it has Default (`) });
    simulator.dashboard.addWorkspace({ name: "Other", slug: "other-2" });
    const ambiguous = await adopt("--workspace", "Other");
    expect(ambiguous).toMatchObject({ code: 2, err: expect.stringContaining(`Other (${other})`) });
  });

  test("a key that is not in the program keeps its guardrail, and that is said", async () => {
    const { err } = await adopt("--name", "team-a/*");
    expect(setsByName()["team-a-safe"]).toMatchObject({ keyHashes: { length: 2 }, exclusive: false });
    expect(err).toBe("Left out: 1 assignment; only the key or only the guardrail of each is taken over\n");
    expect(readFileSync(join(folder, "index.ts"), "utf8")).toContain(
      "// 1 other assignee has this guardrail and is not in this program. Not exclusive, the set leaves it as it is.\n",
    );
  });

  test("a guardrail that is not in the program is left out, with the keys that have it", async () => {
    const { err } = await adopt("--name", "*/ci");
    expect(err).toBe("Left out: 1 assignment; only the key or only the guardrail of each is taken over\n");
    expect(setsByName()).toEqual({});
  });
});

test("a set of more keys than one page has lists all of them", async () => {
  const { dashboard } = simulator;
  const keys = Array.from({ length: 205 }, (_, at) => dashboard.createKey({ name: `k${at}` }).key.hash);
  dashboard.assign(dashboard.createGuardrail({ name: "safe" }).id, { keys });
  const { out } = await adopt();
  expect(setsByName().safe?.keyHashes).toHaveLength(205);
  expect(setsByName().safe).not.toHaveProperty("exclusive");
  expect(out).toContain("1 guardrail, 205 keys, 205 assignments in 1 set.");
});

test("a list that is empty is not managed, and a guardrail that nothing has gets no set", async () => {
  const { dashboard } = simulator;
  const { id } = dashboard.addMember({ email: "ada@example.com" });
  dashboard.assign(dashboard.createGuardrail({ name: "safe" }).id, { members: [id] });
  dashboard.createGuardrail({ name: "bare" });
  await adopt();
  expect(setsByName()).toEqual({ safe: { guardrail: expect.anything(), userIds: [id] } });
});

test("a member whose id can't be declared is left out, and that is said", async () => {
  const { id } = simulator.dashboard.addMember({ email: "ada@example.com", id: "user_\n" });
  simulator.dashboard.assign(simulator.dashboard.createGuardrail({ name: "safe" }).id, { members: [id] });
  const { err } = await adopt();
  expect(declared().map(({ kind }) => kind)).toEqual(["Guardrail"]);
  expect(err).toMatch(/^Left out: assignment \([\w-]+\/user_ \): userId: must not contain control characters\n$/);
});

test("the guardrail that a workspace has by itself is declared so that a destroy leaves it", async () => {
  fillOddly(simulator);
  await adopt("--name", "Workspace *");
  expect(readFileSync(join(folder, "index.ts"), "utf8")).toContain("  { retainOnDelete: true },\n);");
});

describe("with --import", () => {
  let result: Run;
  beforeEach(async () => {
    fillOddly(simulator);
    result = await adopt("--import", join(folder, "import.json"));
  });

  function imported(): ImportedResource[] {
    return JSON.parse(readFileSync(join(folder, "import.json"), "utf8")).resources;
  }

  test("the file has what the program declares, and the program does without `adopt`", () => {
    const all = declared().map(({ kind, name }) => `pulumi-nodejs:dynamic/openrouter:${kind} ${name}`);
    expect(imported().map(({ type, name }) => `${type} ${name}`)).toEqual(all);
    expect(declared().filter(({ args }) => "adopt" in args)).toEqual([]);
    expect(result.out).toContain(`--file ${join(folder, "import.json")} --generate-code=false --protect=false`);
    expect(result.out).not.toContain("adopt`");
  });

  test("its outputs are whole, so that a change before the first refresh replaces nothing", async () => {
    const key = imported().find(({ inputs }) => inputs.expiresAt !== undefined && inputs.limit !== undefined);
    const { id = "", inputs = {}, outputs = {} } = key ?? {};
    expect(await provider("InferenceKey").diff(id, outputs, { ...inputs, limit: 5 })).toEqual({ replaces: [] });
  });

  test("both hold the text by which Pulumi finds the provider, and no secret", () => {
    for (const { type, inputs, outputs } of imported()) {
      const kind = type.split(":").at(-1);
      const __provider = `exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`;
      expect([inputs.__provider, outputs.__provider]).toEqual([__provider, __provider]);
      if (kind === "InferenceKey") expect(outputs.key).toBe("");
    }
  });
});

describe("files that are there", () => {
  beforeEach(() => {
    simulator.dashboard.createKey({ name: "ci" });
    writeFileSync(join(folder, "index.ts"), "mine");
  });

  test("are kept, and nothing is asked of the API", async () => {
    const refused = await adopt("--import", join(folder, "import.json"));
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("index.ts exists already; ") });
    expect(readFileSync(join(folder, "index.ts"), "utf8")).toBe("mine");
    expect(existsSync(join(folder, "import.json"))).toBe(false);
    expect(simulator.requests).toEqual([]);
  });

  test("are replaced with --force", async () => {
    expect(await adopt("--force")).toMatchObject({ code: 0 });
    expect(namesOf("InferenceKey")).toEqual(["ci"]);
  });
});

test("an account without keys and guardrails is a failure, and no file is written", async () => {
  expect(await adopt()).toMatchObject({ code: 2, err: expect.stringContaining("nothing was written") });
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder that isn't there is named", async () => {
  simulator.dashboard.createKey({ name: "ci" });
  const { code, err } = await adopt("--out", join(folder, "none/index.ts"));
  expect({ code, err }).toMatchObject({
    code: 2,
    err: expect.stringMatching(/can't be written: there is no such folder\n$/),
  });
});
