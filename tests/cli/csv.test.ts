/** `--csv`: the rows of each list, and cells that no spreadsheet runs as a formula. */
import { programFor } from "../../cli/program";
import { csv, listCsv } from "../../cli/shared/csv";
import { credentials, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();
const lines = async (...args: string[]) => {
  const { out, err, code } = await run(programFor, [...args, "--csv"], { env: credentials(simulator()) });
  expect({ err, code }).toEqual({ err: "", code: 0 });
  return out.trimEnd().split("\n");
};

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@A"])("makes the cell %j inert", (name) => {
  expect(csv(["name"], [[name]])).toBe(`name\n"'${name.replace("\r", "\ufffd")}"`);
});

test.each([
  ["plain", "plain"],
  [-1.5, "-1.5"],
  [true, "true"],
  [null, ""],
  ['say "hi", ok', '"say ""hi"", ok"'],
  ["two\nlines", '"two\nlines"'],
])("writes the cell %j as %j", (value, cell) => {
  expect(csv(["a"], [[value]])).toBe(`a\n${cell}`);
});

test("takes nested fields and lists, and leaves a cell empty where an object is missing", () => {
  const rows = [
    { name: "a", of: { id: 1 }, list: ["x", "y"] },
    { name: "b", of: null, list: [] },
  ];
  expect(listCsv(["name", "of.id", "list"], rows)).toBe("name,of.id,list\na,1,x y\nb,,");
});

test("lists keys with their limits, spending, guardrail and workspace", async () => {
  const { dashboard } = simulator();
  const { key } = dashboard.createKey({ name: "=cmd", limit: 25, limit_reset: "monthly" });
  dashboard.useKey(key.hash, 5);
  const { id } = dashboard.createGuardrail({ name: "strict" });
  dashboard.assign(id, { keys: [key.hash] });
  const [titles = "", row = ""] = await lines("keys");
  expect(titles).toMatch(/^name,hash,disabled,limit,limitReset,includeByokInLimit,used,left,percent,spent\.today,/);
  expect(row).toMatch(new RegExp(`^"'=cmd",${key.hash},false,25,monthly,false,5,20,20,5,5,5,5,0,0,0,0,20`));
  expect(row).toMatch(new RegExp(`,${id},strict,[0-9a-f-]{36},Default$`));
});

test("lists assignments of keys and members, and guardrails with the number of each", async () => {
  const { dashboard, account } = simulator();
  const { id } = dashboard.createGuardrail({ name: "strict", allowed_models: ["openai/gpt-4o-mini", "openai/gpt-4o"] });
  const { hash } = dashboard.createKey({ name: "ci" }).key;
  dashboard.assign(id, { keys: [hash], members: [account.owner_user_id] });
  const [, key, member] = await lines("assignments");
  expect(key).toMatch(new RegExp(`^strict,${id},key,ci,,${hash},`));
  expect(member).toMatch(new RegExp(`^strict,${id},member,Olu Owner,owner@first.example,${account.owner_user_id},`));
  expect((await lines("guardrails"))[1]).toMatch(
    new RegExp(`^strict,${id},,,,false,1,1,openai/gpt-4o-mini openai/gpt-4o`),
  );
});

test.each([
  [["keys"], 0],
  [["workspaces"], 1],
  [["members"], 1],
  [["providers"], 13],
  [["presets"], 0],
  [["models", "zdr", "llama"], 1],
  [["models", "gpt-4o-mini"], 1],
  [["models", "cheap", "--limit", "3"], 3],
  [["models", "endpoints", "gpt-4o-mini", "--speed"], 2],
])("%j prints a line of titles and %i rows, each with as many cells", async (args, count) => {
  const [titles = "", ...rows] = await lines(...args);
  expect(rows).toHaveLength(count);
  const cells = (line: string) => line.replaceAll(/"[^"]*"/g, "").split(",").length;
  expect(rows.map(cells)).toEqual(rows.map(() => cells(titles)));
  // A title that no row has would be a misspelled field.
  const values = rows.map((row) => row.replaceAll(/"[^"]*"/g, "text").split(","));
  const empty = titles.split(",").filter((_, column) => count > 0 && values.every((row) => row[column] === ""));
  // Speed is read only with --speed.
  const mayBeNull = ["description", "expirationDate", "quantization", "throughputLast30m.p50", "latencyLast30m.p50"];
  expect(empty.filter((title) => !mayBeNull.includes(title))).toEqual([]);
});

test.each(["\u202e=1", "\u200b+1", "\u001b[0m=1", "\uff1d1"])(
  "makes the cell %j inert, which starts like this once printed",
  async (name) => {
    simulator().dashboard.createKey({ name });
    expect((await lines("keys"))[1]).toMatch(/^"'[=+\uff1d]1",/);
  },
);

test("prints no escape sequence of a name, not even a color on a screen", async () => {
  simulator().dashboard.createKey({ name: "\u001b[31mred" });
  const place = { env: credentials(simulator()), colors: true, width: 80 };
  expect((await run(programFor, ["keys", "--csv"], place)).out).toMatch(/\nred,/);
});
