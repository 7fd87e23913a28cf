/** `keys disable`, `keys enable` and `keys limit` on a simulated account. */
import { keysCommand } from "../../cli/keys/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { file, stackExport } from "./support/states";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();
const createKey = (name: string, settings: object = {}) => simulator().dashboard.createKey({ name, ...settings }).key;
const keys = (args: readonly string[], place: Place = {}) =>
  run(keysCommand, args, { env: credentials(simulator()), ...place });

function writes(): unknown[] {
  return simulator()
    .requests.filter(({ method }) => method !== "GET")
    .map(({ method, path, body }) => [method, path, body]);
}

const settings = (hash: string) => {
  const { disabled, limit, limit_reset } = simulator().account.keys.find((each) => each.hash === hash) ?? {};
  return { disabled, limit, limit_reset };
};

test("shows the key and the change, asks, and changes only this setting", async () => {
  const { hash } = createKey("ci", { limit: 100, limit_reset: "monthly" });
  simulator().dashboard.useKey(hash, 35.5);
  const { out, code } = await keys(["disable", "ci"], { answer: "y" });
  expect(code).toBe(0);
  const [shown = "", after = ""] = out.split("Disable it? Its requests fail at once. [y/N] ");
  for (const part of ['"ci"', hash, "$35.50", "$100 a month", "enabled → disabled"]) expect(shown).toContain(part);
  expect(after).toContain(`Disabled key "ci" (${hash}).`);
  expect(writes()).toEqual([["PATCH", `/keys/${hash}`, { disabled: true }]]);
  expect(settings(hash)).toEqual({ disabled: true, limit: 100, limit_reset: "monthly" });
});

test("enables a disabled key and names the line to remove", async () => {
  const { hash } = createKey("ci", { disabled: true });
  const { out, code } = await keys(["enable", "ci", "--yes"]);
  expect({ code, disabled: settings(hash).disabled }).toEqual({ code: 0, disabled: false });
  expect(out).toContain("remove `disabled: true` from the inputs of the InferenceKey.");
});

test.each([
  [["20"], { limit: 20 }, "monthly", "$100 a month → $20 a month", ["    limit: 20,\n"]],
  [
    ["0.5", "--reset", "daily"],
    { limit: 0.5, limit_reset: "daily" },
    "daily",
    "→ $0.50 a day",
    ['limitReset: "daily",'],
  ],
  [["20", "--reset", "none"], { limit: 20, limit_reset: null }, null, "→ $20 once", ["and remove `limitReset`."]],
])("changes the limit with %j", async (args, body, reset, shown, program) => {
  const { hash } = createKey("ci", { limit: 100, limit_reset: "monthly" });
  const { out, code } = await keys(["limit", "ci", ...args, "--yes"]);
  expect(code).toBe(0);
  for (const part of [shown, ...program]) expect(`${out}\n`).toContain(part);
  expect(writes()).toEqual([["PATCH", `/keys/${hash}`, body]]);
  expect(settings(hash)).toMatchObject({ limit: body.limit, limit_reset: reset });
});

test("warns before the prompt when the new limit is spent already, or is 0", async () => {
  const { hash } = createKey("ci", { limit: 100, limit_reset: "monthly" });
  simulator().dashboard.useKey(hash, 35.5);
  const before = async (usd: string) => (await keys(["limit", "ci", usd], { answer: "n" })).out.split("Change its")[0];
  expect(await before("20")).toContain("$35.50 of this limit is spent already, so its requests fail until");
  expect(await before("0")).toContain("A limit of $0 blocks all its requests.");
  expect(await before("36")).not.toMatch(/spent already|blocks/);
});

test.each([true, false])("counts BYOK in this warning only if the limit does (%s)", async (include_byok_in_limit) => {
  const { hash } = createKey("ci", { include_byok_in_limit });
  simulator().dashboard.useKey(hash, 4, { byok_usage: 5 });
  const { out } = await keys(["limit", "ci", "8"], { answer: "n" });
  expect(out.includes("$9 of this limit is spent already, so its requests fail.")).toBe(include_byok_in_limit);
});

test.each(["n", "", "yep"])("changes nothing when the reply is %j", async (answer) => {
  createKey("ci");
  expect(await keys(["disable", "ci"], { answer })).toMatchObject({ code: 1, err: "Nothing was changed.\n" });
  expect(writes()).toEqual([]);
});

test.each([["disable"], ["enable"], ["limit"]])("%s sends no request without a terminal and --yes", async (name) => {
  const { code, err } = await keys([name, "ci", ...(name === "limit" ? ["5"] : [])]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("nothing was changed: there is no terminal") });
  expect(simulator().requests).toEqual([]);
});

test.each([["-1"], ["abc"], ["Infinity"], ["1e3"], ["$20"]])("rejects the limit %s before any request", async (usd) => {
  createKey("ci");
  expect((await keys(["limit", "ci", "--yes", "--", usd])).code).toBe(2);
  expect(simulator().requests).toEqual([]);
});

test("writes nothing, and shows the program change, when the key is like this already", async () => {
  createKey("ci", { disabled: true });
  const { out, code } = await keys(["disable", "ci"], { answer: "n" });
  expect({ code, writes: writes() }).toEqual({ code: 0, writes: [] });
  expect(out).toContain("The key is like this already; nothing was changed.");
  expect(out).toContain("    disabled: true,");
});

test("fails when the response shows a different setting", async () => {
  const { hash } = createKey("ci");
  const ignored = (intended: { data: object }) => ({ data: { ...intended.data, disabled: false } });
  simulator().faults.add({ method: "PATCH", path: "/keys/:hash", effect: "shape", body: ignored });
  const { code, out, err } = await keys(["disable", "ci", "--yes"]);
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringMatching(`^update inference key ${hash}: the API accepted disabled but shows a different value`),
  });
  expect(out).not.toMatch(/Disabled key|pulumi up/);
});

describe("names the resource that manages the key", () => {
  const entry = (id: string, more: object = {}) => ({ kind: "InferenceKey" as const, name: "backend", id, ...more });

  test("when the state has it", async () => {
    const { hash } = createKey("ci");
    const { out } = await keys(["disable", "ci", "--yes", "--state", file(stackExport([entry(hash)]))]);
    expect(out).toContain('Stack budgets/prod manages this key, as InferenceKey "backend".');
    expect(out).not.toContain("If no");
  });

  test("when the state is standard input", async () => {
    const { hash } = createKey("ci");
    const { out } = await keys(["disable", "ci", "--yes", "--state", "-"], { input: stackExport([entry(hash)]) });
    expect(out).toContain("manages this key");
  });

  test("not when the state only reads it, or has no such key", async () => {
    const { hash } = createKey("ci");
    const readOnly = file(stackExport([entry(hash, { external: true })]));
    const other = file(stackExport([entry("f".repeat(64))]));
    const outOf = async (state: string) => (await keys(["disable", "ci", "--yes", "--state", state])).out;
    expect(await outOf(readOnly)).toContain("Stack budgets/prod reads this key with `get`, but does not manage it.");
    expect(await outOf(other)).toContain("Stack budgets/prod does not manage this key.\nIf no other stack does");
  });

  test("and shows both cases without a state", async () => {
    createKey("ci");
    const { out } = await keys(["disable", "ci", "--yes"]);
    expect(out).toContain("If no stack manages this key, the change stays.");
    expect(out).toContain("- A plain `pulumi up` leaves the key disabled.");
  });

  test("and changes nothing when the state can't be read", async () => {
    createKey("ci");
    const { code, err } = await keys(["disable", "ci", "--yes", "--state", file("{}")]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("is not a stack export") });
    expect(simulator().requests).toEqual([]);
  });
});

test("changes nothing when a name means several keys or is an API key", async () => {
  for (const name of ["twin", "twin"]) createKey(name);
  const { secret } = simulator().dashboard.createKey({ name: "other" });
  expect((await keys(["disable", "twin", "--yes"])).code).toBe(2);
  const { err, code } = await keys(["disable", secret, "--yes"]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("that is an API key") });
  expect(writes()).toEqual([]);
});
