/** Commands that read a state find the resources of the native provider in it, as those of the dynamic one. */
import { readFileSync } from "node:fs";
import { auditCommand } from "../../cli/audit/command";
import { budgetCommand } from "../../cli/budget/command";
import { keysCommand } from "../../cli/keys/command";
import { parseStackExport } from "../../cli/shared/state";
import { credentials, eachTestOnASimulator } from "./support/account";
import { recorded } from "./support/reviews";
import { type Entry, file, onNative, stackExport } from "./support/states";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();
const env = () => credentials(simulator());
const createKey = (name: string, more: object = {}) => simulator().dashboard.createKey({ name, ...more }).key.hash;
const createGuardrail = (name: string) => simulator().dashboard.createGuardrail({ name }).id;

interface Report {
  keys: { name: string; status: string; findings: string[]; assignedBy: string[] }[];
  guardrails: { name: string; status: string }[];
  drift: { why: string; assignee: string }[];
}

async function audit(state: string): Promise<Report> {
  return JSON.parse((await run(auditCommand, [file(state), "--json"], { env: env() })).out).data;
}

test("a recorded state has its keys, guardrails and assignments", () => {
  const { stack, objects, assignments } = parseStackExport(readFileSync(recorded("native-state"), "utf8"), "a file");
  const nameOf = ({ urn }: { urn: string }) => urn.split("::").at(-1);
  const ofKind = (wanted: string) => objects.filter(({ kind }) => kind === wanted);
  expect(stack).toBe("shop/prod");
  expect(ofKind("key").map(nameOf).sort()).toEqual(["hidden", "intern", "kept", "raised", "rotated", "web-bot"]);
  expect(ofKind("guardrail").map(nameOf).sort()).toEqual(["safe", "strict", "teams"]);
  expect(objects.every(({ account, external }) => account !== undefined && !external)).toBe(true);
  expect(assignments.map((each) => [nameOf(each), each.keys?.length, each.members?.length]).sort()).toEqual([
    ["bot", 1, undefined],
    ["intern-strict", 1, undefined],
    ["services", 3, 1],
  ]);
});

test("a recorded state after an import manages the imported objects, and only reads the one of `get`", () => {
  const { objects, assignments } = parseStackExport(readFileSync(recorded("native-import-state"), "utf8"), "a file");
  const managed = objects.filter(({ external }) => !external).map(({ urn }) => urn.split("::").at(-1));
  expect(managed.sort()).toEqual(["fence", "found", "paired"]);
  expect(objects.filter(({ external }) => external)).toMatchObject([{ kind: "guardrail" }]);
  expect(assignments).toHaveLength(2);
});

describe("audit", () => {
  /** A stack with a key, a guardrail and a set that omits one assigned key. */
  function managed(native: boolean): Entry[] {
    const [ci, other] = [createKey("ci"), createKey("other")];
    const safe = createGuardrail("safe");
    simulator().dashboard.assign(safe, { keys: [ci, other] });
    return [
      { kind: "InferenceKey", name: "ci", id: ci, native },
      { kind: "Guardrail", name: "safe", id: safe, native },
      { kind: "GuardrailAssignments", name: "set", id: "x", inputs: { guardrailId: safe, keyHashes: [ci] }, native },
    ];
  }

  test("shows managed objects and drift", async () => {
    const { keys, guardrails, drift } = await audit(stackExport(managed(true)));
    expect(keys.map(({ name, status }) => [name, status])).toEqual([
      ["ci", "managed"],
      ["other", "unmanaged"],
    ]);
    expect(keys[0]?.assignedBy).toEqual(["urn:pulumi:prod::budgets::openrouter:index:GuardrailAssignments::set"]);
    expect(guardrails).toMatchObject([{ name: "safe", status: "managed" }]);
    expect(drift).toMatchObject([{ why: "outside" }]);
  });

  test("shows the same for the two providers, and for a state of both", async () => {
    const entries = managed(false);
    const found = async (state: string) => {
      const { keys, guardrails, drift } = await audit(state);
      return JSON.parse(onNative(JSON.stringify({ keys, guardrails, drift })));
    };
    const dynamic = await found(stackExport(entries));
    expect(dynamic.drift).toHaveLength(1);
    const mixed = entries.map((entry, at) => ({ ...entry, native: at % 2 === 0 }));
    for (const state of [onNative(stackExport(entries)), stackExport(mixed)]) {
      expect(await found(state)).toEqual(dynamic);
    }
  });

  test("shows a key as orphaned when its create was interrupted", async () => {
    createKey("budgets/prod/ci");
    const { keys } = await audit(stackExport([], [{ kind: "InferenceKey", name: "ci", native: true }]));
    expect(keys).toMatchObject([{ status: "orphaned" }]);
  });

  test.each(["__proto__", "constructor", "InferenceKeyX", ""])(
    "manages nothing with the hostile type openrouter:index:%s",
    async (kind) => {
      const text = stackExport(managed(true)).replace(/openrouter:index:\w+/g, `openrouter:index:${kind}`);
      const { keys, guardrails, drift } = await audit(text);
      expect([...keys, ...guardrails].map(({ status }) => status)).toEqual(["unmanaged", "unmanaged", "unmanaged"]);
      expect(drift).toEqual([]);
    },
  );
});

test("keys disable names the resource that manages the key", async () => {
  const id = createKey("ci");
  const state = file(stackExport([{ kind: "InferenceKey", name: "backend", id, native: true }]));
  const { out } = await run(keysCommand, ["disable", "ci", "--yes", "--state", state], { env: env() });
  expect(out).toContain('Stack budgets/prod manages this key, as InferenceKey "backend".');
});

test("keys disable names no resource of a hostile type", async () => {
  const id = createKey("ci");
  const state = stackExport([{ kind: "InferenceKey", name: "backend", id, native: true }]);
  const hostile = file(state.replaceAll("InferenceKey", "InferenceKeyX"));
  const { out } = await run(keysCommand, ["disable", "ci", "--yes", "--state", hostile], { env: env() });
  expect(out).toContain("Stack budgets/prod does not manage this key.");
});

test("budget propose finds a key by the name of its resource", async () => {
  const id = createKey("renamed", { limit: 2, limit_reset: "monthly" });
  const state = file(stackExport([{ kind: "InferenceKey", name: "ci", id, native: true }]));
  const budgets = file("ci: { limit: 1 }\n");
  const { out } = await run(budgetCommand, ["propose", budgets, "--state", state, "--json"], { env: env() });
  expect(JSON.stringify(JSON.parse(out).data)).toContain(id);
});
