/** `assignments` on a simulated account. */
import { assignmentsCommand } from "../../cli/assignments/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const assignments = (args: readonly string[] = [], place: Place = {}) =>
  run(assignmentsCommand, args, { env: credentials(simulator()), ...place });

function assign() {
  const { dashboard } = simulator();
  const [web, ci] = ["web", "ci"].map((name) => dashboard.createKey({ name }).key.hash) as [string, string];
  const ada = dashboard.addMember({ email: "ada@shop.example", first_name: "Ada" });
  const strict = dashboard.createGuardrail({ name: "shop/strict" });
  const lax = dashboard.createGuardrail({ name: "shop/lax" });
  dashboard.assign(strict.id, { keys: [web, ci], members: [ada.id] });
  return { web, ci, ada, strict, lax };
}

test("lists keys and members with their guardrail, by guardrail and name", async () => {
  const { web, ci, ada } = assign();
  const { out, err, code } = await assignments();
  expect({ err, code }).toEqual({ err: "", code: 0 });
  const rows = out.trimEnd().split("\n");
  expect(rows.map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
    ["GUARDRAIL", "KIND", "NAME", "ID"],
    ["strict", "key", "ci", ci.slice(0, 8)],
    ["strict", "key", "web", web.slice(0, 8)],
    ["strict", "member", "ada@shop.example", ada.id],
  ]);
});

test("prints full hashes, ids, and who assigned them as JSON", async () => {
  const { ci, ada, strict } = assign();
  const { command, data } = JSON.parse((await assignments(["--json"])).out);
  expect(command).toBe("assignments");
  const made = { assignedBy: simulator().account.owner_user_id, assignedAt: expect.stringMatching(/Z$/) };
  expect(data.keys[0]).toEqual({ guardrail: { id: strict.id, name: "shop/strict" }, hash: ci, name: "ci", ...made });
  expect(data.members).toEqual([
    { guardrail: { id: strict.id, name: "shop/strict" }, id: ada.id, name: "Ada", email: "ada@shop.example", ...made },
  ]);
});

test("says that there are none", async () => {
  simulator().dashboard.createGuardrail({ name: "strict" });
  expect((await assignments()).out).toBe("No assignments.\n");
});

test("lists more keys than fit into one page, without deleted ones", async () => {
  const { dashboard, account } = simulator();
  const { id } = dashboard.createGuardrail({ name: "strict" });
  const keys = Array.from({ length: 250 }, (_, number) => dashboard.createKey({ name: `key ${number}` }).key.hash);
  dashboard.assign(id, { keys });
  for (const hash of keys.slice(0, 120)) dashboard.deleteKey(hash);
  expect(JSON.parse((await assignments(["--json"])).out).data.keys).toHaveLength(130);
  expect(account.keyAssignments).toHaveLength(250);
});

test("names the guardrails that can't be read, and exits with 2", async () => {
  assign();
  const forever = { effect: "status", status: 403, times: Number.POSITIVE_INFINITY } as const;
  simulator().faults.add({ path: /^\/guardrails\/.*\/?assignments\/keys/, ...forever });
  const { out, err, code } = await assignments();
  expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining("ada@shop.example") });
  expect(err.match(/^Not everything could be read: read the assigned keys of guardrail /gm)).toHaveLength(2);
});

test("fits 80 columns, whatever the names are", async () => {
  const { dashboard } = simulator();
  const { id } = dashboard.createGuardrail({ name: `guardrails/${"x".repeat(90)}` });
  const ada = dashboard.addMember({ email: `${"y".repeat(90)}@shop.example` });
  dashboard.assign(id, { keys: [dashboard.createKey({ name: "z".repeat(90) }).key.hash], members: [ada.id] });
  const { out } = await assignments([], { width: 80 });
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
});
