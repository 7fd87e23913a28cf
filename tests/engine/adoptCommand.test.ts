/** The two ways of taking over an account full of odd things, from the command to the second `up` and a rotation. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { adoptCommand } from "../../cli/adopt/command";
import { openStack, type Result, type Simulator, type Stack, type Switches, startSimulator } from "../../testing/index";
import { fillOddly, type OddAccount, UNDECLARABLE } from "../cli/support/oddAccount";
import { run } from "../cli/support/terminal";
import { errorsOf, touched, writes } from "./support/declaredStack";

/** The API may word "none", defaults and instants otherwise. */
const OTHER_WORDING = {
  unsetBooleans: "false",
  emptyContentFilters: "null",
  nullGuardrailFields: "omitted",
  scanScopeDefault: "filled",
  timestamps: "microseconds",
} as const;

interface Scene {
  simulator: Simulator;
  odd: OddAccount;
  stack: Stack;
  program: string;
  importFile: string;
  close(): Promise<void>;
}

/** A Pulumi project with the program that the command has written for the account. */
async function takeOver(
  way: "adopt" | "import",
  switches: Partial<Switches>,
  { fill = fillOddly, only = [] }: { fill?: (simulator: Simulator) => OddAccount; only?: string[] } = {},
): Promise<Scene> {
  const simulator = await startSimulator({ switches });
  const odd = fill(simulator);
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-adopt-"));
  const [program, importFile, stateDir] = [
    join(folder, "index.ts"),
    join(folder, "import.json"),
    join(folder, "state"),
  ];
  mkdirSync(stateDir);
  symlinkSync(resolve(__dirname, "../../node_modules"), join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "Pulumi.yaml"), "name: taken\nruntime: nodejs\n");
  writeFileSync(join(folder, "package.json"), '{"name":"taken","private":true,"main":"index.ts"}');
  const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
  const args = ["--out", program, ...only, ...(way === "import" ? ["--import", importFile] : [])];
  expect(await run(adoptCommand, args, { env })).toMatchObject({ code: 0 });
  const stack = await openStack({ projectDir: folder, stack: "test", stateDir, passphrase: "test", env });
  const close = async () => {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { simulator, odd, stack, program, importFile, close };
}

/** The result of an operation, and what it wrote to the account. */
async function writesOf({ simulator }: Scene, operation: Promise<Result>): Promise<Result & { written: string[] }> {
  simulator.clearRequests();
  const result = await operation;
  return { ...result, written: writes(simulator.requests) };
}

const NOTHING_HAPPENS = { ok: true, written: [] };

const WAYS = [
  ["adopt", OTHER_WORDING],
  ["import", {}],
] as const;

describe.each(WAYS)("taken over by %s", (way, switches) => {
  let s: Scene;
  beforeAll(async () => {
    s = await takeOver(way, switches);
  });
  afterAll(() => s.close());

  test("all is in the stack, and nothing was written to the account", async () => {
    const before = structuredClone(s.simulator.account);
    const operation =
      way === "adopt" ? s.stack.up() : s.stack.importFile(JSON.parse(readFileSync(s.importFile, "utf8")));
    const outcome = await writesOf(s, operation);
    expect(errorsOf(outcome)).toBe("");
    expect(outcome.written).toEqual([]);
    expect(s.simulator.account).toEqual(before);
    const { keys, guardrails, keyAssignments, memberAssignments } = before;
    const assigned = new Set([...keyAssignments, ...memberAssignments].map(({ guardrail_id }) => guardrail_id));
    const all = [...keys, ...guardrails, ...assigned].length;
    const ours = outcome.steps.filter(({ type }) => type.includes("dynamic/openrouter:"));
    expect(new Set(ours.map(({ urn }) => urn)).size).toBe(all - Object.keys(UNDECLARABLE).length);
    expect(new Set(ours.map(({ op }) => op))).toEqual(new Set([way === "adopt" ? "create" : "import"]));
  });

  test("the next `up` has no changes, nor has one with a refresh", async () => {
    const plain = await writesOf(s, s.stack.up());
    expect({ ...plain, touched: touched(plain) }).toMatchObject({ ...NOTHING_HAPPENS, touched: [] });
    const refreshed = await writesOf(s, s.stack.up({ refresh: true }));
    expect({ ...refreshed, touched: touched(refreshed) }).toMatchObject({ ...NOTHING_HAPPENS, touched: [] });
  });

  test("a key gets a new secret as the program says it does, and keeps its settings and its guardrail", async () => {
    const { guarded, full } = s.odd;
    const rotated = readFileSync(s.program, "utf8")
      .replace(`  adopt: "${guarded}",\n`, "")
      .replace("  limit: 0.000001,\n", '  limit: 0.000001,\n  keepers: { rotated: "1" },\n');
    writeFileSync(s.program, `${rotated}\nexport const secret = fullKey.key;\n`);
    const outcome = await writesOf(s, s.stack.up());
    expect(errorsOf(outcome)).toBe("");
    const ofKeys = outcome.steps.filter(({ type, op }) => type.endsWith(":InferenceKey") && op !== "same");
    expect(ofKeys.map(({ name, op }) => `${op} ${name}`)).toEqual(["replace full", "delete-replaced full"]);
    const { account } = s.simulator;
    const made = account.keys.filter(({ name }) => name === "full");
    expect(made).toMatchObject([{ limit: 0.000001, limit_reset: "weekly", workspace_id: s.odd.workspaceId }]);
    expect(account.keyAssignments).toContainEqual(
      expect.objectContaining({ guardrail_id: full, key_hash: made[0]?.hash }),
    );
    expect((await s.stack.outputs({ showSecrets: true })).secret).toMatch(/^sk-or-/);
  });

  test("destroy deletes what was taken over, but for what the API does not delete, and nothing else", async () => {
    expect(errorsOf(await s.stack.destroy())).toBe("");
    const { keys, guardrails } = s.simulator.account;
    expect(keys.map(({ name }) => name)).toEqual(Object.keys(UNDECLARABLE));
    expect(guardrails.map(({ name }) => name)).toEqual([expect.stringMatching(/^Workspace .* Default$/)]);
  });
});

describe.each(["adopt", "import"] as const)("a part of an account, taken over by %s", (way) => {
  test("no key and no member loses its guardrail, and the next `up` has no changes", async () => {
    const only = ["--name", "full"];
    const s = await takeOver(way, {}, { only, fill: withOthersUnder("full") });
    const assigned = () => {
      const { keyAssignments, memberAssignments } = s.simulator.account;
      const keys = keyAssignments.map(({ guardrail_id, key_hash }) => `${guardrail_id} ${key_hash}`);
      return [...keys, ...memberAssignments.map(({ guardrail_id, user_id }) => `${guardrail_id} ${user_id}`)].sort();
    };
    const before = assigned();
    const operation = () =>
      way === "adopt" ? s.stack.up() : s.stack.importFile(JSON.parse(readFileSync(s.importFile, "utf8")));
    expect(errorsOf(await writesOf(s, operation()))).toBe("");
    for (const refresh of [false, true]) {
      const again = await writesOf(s, s.stack.up({ refresh }));
      expect({ ...again, touched: touched(again) }).toMatchObject({ ...NOTHING_HAPPENS, touched: [] });
    }
    expect(assigned()).toEqual(before);
    expect(readFileSync(s.program, "utf8")).toMatch(/^ {2}exclusive: false,$/m);
    await s.close();
  });
});

/** Half of the keys that the odd account has under another guardrail are under this one. */
function withOthersUnder(name: string) {
  return (simulator: Simulator): OddAccount => {
    const odd = fillOddly(simulator);
    const { guardrails, keyAssignments } = simulator.account;
    const id = guardrails.find((guardrail) => guardrail.name === name)?.id ?? "";
    const keys = keyAssignments.map(({ key_hash }) => key_hash).filter((_, at) => at % 2 === 0);
    simulator.dashboard.assign(id, { keys });
    return odd;
  };
}
