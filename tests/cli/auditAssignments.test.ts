/** `audit` of assignments: an account compared with the pairs and sets of states. */
import { auditCommand } from "../../cli/audit/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { type Entry, file, stackExport } from "./support/states";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function audit(states: readonly string[], args: readonly string[] = [], place: Place = {}) {
  return run(auditCommand, [...states.map(file), ...args], { env: credentials(simulator()), ...place });
}

interface Report {
  keys: { name: string; findings: string[]; assignedBy: string[] }[];
  drift: { why: string; of: string; assignee: string; urn: string; guardrail: object; assignedBy: string[] }[];
}

async function report(...states: string[]): Promise<Report> {
  return JSON.parse((await audit(states, ["--json"])).out).data;
}

const createKey = (name: string) => simulator().dashboard.createKey({ name }).key.hash;
const createGuardrail = (name: string) => simulator().dashboard.createGuardrail({ name }).id;
const assign = (id: string, ...keys: string[]) => simulator().dashboard.assign(id, { keys });

const set = (inputs: object, name = "services"): Entry => ({
  kind: "GuardrailAssignments",
  name,
  id: "a set",
  inputs: { ...inputs },
});
const pair = (guardrailId: string, keyHash: string): Entry => ({
  kind: "GuardrailKeyAssignment",
  name: "pair",
  id: `${guardrailId}/${keyHash}`,
  inputs: { guardrailId, keyHash },
});
const urnOf = (kind: string, name: string, stack = "prod") =>
  `urn:pulumi:${stack}::budgets::pulumi-nodejs:dynamic/openrouter:${kind}::${name}`;

test("names the set or pair that assigns a key, and reports no drift", async () => {
  const [a, b, c] = [createKey("a"), createKey("b"), createKey("c")];
  const [safe, strict] = [createGuardrail("safe"), createGuardrail("strict")];
  assign(safe, a, b);
  assign(strict, c);
  const { keys, drift } = await report(stackExport([set({ guardrailId: safe, keyHashes: [b, a] }), pair(strict, c)]));
  expect(keys.map(({ assignedBy }) => assignedBy)).toEqual([
    [urnOf("GuardrailAssignments", "services")],
    [urnOf("GuardrailAssignments", "services")],
    [urnOf("GuardrailKeyAssignment", "pair")],
  ]);
  expect(drift).toEqual([]);
  expect(
    simulator()
      .requests.map(({ path }) => path)
      .filter((path) => path.includes("members")),
  ).toEqual([]);
});

test("reports keys that an exclusive set does not list, and names the other resources that assign them", async () => {
  const [own, foreign, theirs] = [createKey("own"), createKey("foreign"), createKey("theirs")];
  const safe = createGuardrail("safe");
  assign(safe, own, foreign, theirs);
  const prod = stackExport([set({ guardrailId: safe, keyHashes: [own] })]);
  const dev = stackExport([pair(safe, theirs)], [], "dev");
  const { keys, drift } = await report(prod, dev);
  expect(drift).toMatchObject([
    { why: "outside", of: "key", assignee: foreign, guardrail: { name: "safe" }, assignedBy: [] },
    { why: "outside", of: "key", assignee: theirs, assignedBy: [urnOf("GuardrailKeyAssignment", "pair", "dev")] },
  ]);
  const found = keys.filter(({ findings }) => findings.includes("assigned-outside"));
  expect(found.map(({ name }) => name)).toEqual(["foreign", "theirs"]);
  const { out } = await audit([prod, dev]);
  expect(out).toContain(
    "Assigned, but not in an exclusive set; `pulumi up --refresh` removes the assignment:\nASSIGNEE",
  );
  expect(out).toMatch(new RegExp(`^foreign {3}${foreign.slice(0, 8)} {2}safe {7}services {2}budgets/prod$`, "m"));
  expect(out).toContain("declare the set with `exclusive: false`.\n1 of these is also declared by another resource");
});

test.each([
  ["is not exclusive", { keyHashes: [], exclusive: false }],
  ["does not manage keys", { userIds: [] }],
])("reports nothing as assigned outside when the set %s", async (_what, inputs) => {
  const safe = createGuardrail("safe");
  assign(safe, createKey("foreign"));
  expect((await report(stackExport([set({ guardrailId: safe, ...inputs })]))).drift).toEqual([]);
});

test("reports a key without the guardrail that a set or a pair of a state assigns", async () => {
  const [a, b, gone] = [createKey("a"), createKey("b"), "f".repeat(64)];
  const [safe, strict] = [createGuardrail("safe"), createGuardrail("strict")];
  assign(strict, a);
  const state = stackExport([set({ guardrailId: safe, keyHashes: [a, gone] }), pair(strict, b)]);
  const { keys, drift } = await report(state);
  expect(drift).toMatchObject([
    { why: "lost", assignee: a, guardrail: { name: "safe" } },
    { why: "lost", assignee: b, guardrail: { name: "strict" } },
  ]);
  expect(keys.map(({ findings }) => findings.includes("unassigned"))).toEqual([true, true]);
  expect((await audit([state])).out).toContain("Assigned in a state, but not in the account");
});

test("compares members when a state manages them", async () => {
  const { dashboard } = simulator();
  const [ada, bob] = ["ada", "bob"].map((name) => dashboard.addMember({ email: `${name}@example.com` }).id) as [
    string,
    string,
  ];
  const [safe, strict] = [createGuardrail("safe"), createGuardrail("strict")];
  dashboard.assign(safe, { members: [ada] });
  const member: Entry = {
    kind: "GuardrailMemberAssignment",
    name: "m",
    id: "x",
    inputs: { guardrailId: strict, userId: bob },
  };
  const state = stackExport([set({ guardrailId: safe, userIds: [bob] }), member]);
  const { drift } = await report(state);
  expect(drift.map(({ why, of, assignee }) => [why, of, assignee])).toEqual([
    ["outside", "member", ada],
    ["lost", "member", bob],
    ["lost", "member", bob],
  ]);
  const failed = await audit([state], ["--fail-on", "assigned-outside,unassigned"]);
  expect(failed).toMatchObject({ code: 1, err: "The audit found 1 assigned-outside, 2 unassigned.\n" });
});

test("reports no lost assignment, and names the refused list, when not everything could be read", async () => {
  const safe = createGuardrail("safe");
  const state = stackExport([set({ guardrailId: safe, keyHashes: [createKey("a")], userIds: ["user_a"] })]);
  const refusal = { effect: "status", status: 403, times: Number.POSITIVE_INFINITY } as const;
  simulator().faults.add({ ...refusal, where: ({ path }) => path.includes("/assignments/members") });
  const { out, err, code } = await audit([state], ["--json"]);
  expect(code).toBe(2);
  expect(err).toContain(`read the assigned members of guardrail ${safe}`);
  expect(JSON.parse(out).data.drift).toEqual([]);
});

test("prints the first 20 differences in a table that fits the screen", async () => {
  const safe = createGuardrail("a guardrail with a name that is longer than others are");
  for (let at = 0; at < 30; at++) assign(safe, createKey(`a key with a name that is rather long ${at}`));
  const state = stackExport([set({ guardrailId: safe, keyHashes: [] }, "a-set-with-a-long-name-of-its-own")]);
  const { out } = await audit([state], [], { width: 80 });
  const [, table = ""] = out.split("`pulumi up --refresh` removes the assignment:\n");
  const lines = table.split("\n").slice(0, 22);
  expect(lines[21]).toBe("and 10 more; --json has all");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test("reports nothing for a set that is only read or being replaced", async () => {
  const safe = createGuardrail("safe");
  assign(safe, createKey("a"));
  const read = { ...set({}), external: true, outputs: { guardrailId: safe, keyHashes: [] } };
  expect((await report(stackExport([read]))).drift).toEqual([]);
  const replaced = JSON.parse(stackExport([set({ guardrailId: safe, keyHashes: [] })]));
  replaced.deployment.resources.at(-1).delete = true;
  expect((await report(JSON.stringify(replaced))).drift).toEqual([]);
});
