/** The tools that write: a dry run, its token, and the write that was shown. */
import { lstatSync, readFileSync } from "node:fs";
import { mcpCommand } from "../../cli/mcp/command";
import { openSession } from "../../cli/mcp/session";
import { toolsOf } from "../../cli/mcp/tools";
import { Tokens } from "../../cli/mcp/writes/tokens";
import { credentials, eachTestOnASimulator } from "./support/account";
import { placeFor, run } from "./support/terminal";
import { connectWriter, type Writer, writesTo } from "./support/writes";

const simulator = eachTestOnASimulator();
let writer: Writer;
beforeEach(async () => {
  writer = await connectWriter(simulator());
});
afterEach(() => writer.close());

const createKey = (name: string, settings: object = {}) => simulator().dashboard.createKey({ name, ...settings }).key;
const liveKey = (hash: string) => simulator().account.keys.find((key) => key.hash === hash);
const createGuardrail = (name: string, settings: object = {}) =>
  simulator().dashboard.createGuardrail({ name, ...settings });

const WRITES = [
  "create_key",
  "update_key",
  "delete_key",
  "create_guardrail",
  "update_guardrail",
  "delete_guardrail",
  "assign_keys",
  "unassign_keys",
  "assign_members",
  "unassign_members",
];

describe("the ten tools that write", () => {
  test("exist only if the user allowed them", async () => {
    const { tools } = await writer.client.listTools();
    const writing = tools.filter(({ annotations }) => !annotations?.readOnlyHint);
    expect(writing.map(({ name }) => name)).toEqual(WRITES);
    const { terminal } = placeFor();
    expect(toolsOf(openSession(terminal, {})).filter(({ annotations }) => !annotations.readOnlyHint)).toEqual([]);
  });

  test("say which of them destroy something", async () => {
    const { tools } = await writer.client.listTools();
    const destroying = tools.filter(({ annotations }) => annotations?.destructiveHint).map(({ name }) => name);
    expect(destroying).toEqual(["delete_key", "delete_guardrail", "unassign_keys", "unassign_members"]);
  });

  test.each([
    [["--allow-writes"], "--allow-writes needs --stack or --state"],
    [["--key-dir", "/tmp"], "--key-dir is for --allow-writes"],
    [["--allow-writes", "--state", "/nowhere.json"], "read /nowhere.json: no such file"],
  ])("are refused with %j", async (args, message) => {
    const { err, code } = await run(mcpCommand, args, { env: credentials(simulator()) });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });

  test("change nothing in a dry run, which is the default", async () => {
    const { hash } = createKey("old", { limit: 5 });
    const shown = await writer.use("update_key", { hash, limit: 8 });
    expect(shown).toMatchObject({
      dryRun: true,
      before: { name: "old", limit: 5 },
      after: { name: "old", limit: 8 },
      token: expect.stringMatching(/^[\w-]{32}$/),
      result: null,
    });
    expect(writesTo(simulator())).toEqual([]);
  });

  test("update a key as the dry run showed it", async () => {
    const { hash } = createKey("old", { limit: 5 });
    const { result } = await writer.write("update_key", { hash, limit: 8, limitReset: "weekly", disabled: true });
    expect(result).toMatchObject({ hash, limit: 8, limitReset: "weekly", disabled: true });
    expect(liveKey(hash)).toMatchObject({ limit: 8, limit_reset: "weekly", disabled: true });
  });

  test("delete a key", async () => {
    const { hash } = createKey("old");
    expect(await writer.write("delete_key", { hash })).toMatchObject({ after: null, result: { hash, deleted: true } });
    expect(liveKey(hash)).toBeUndefined();
  });

  test("create, change and delete a guardrail", async () => {
    const args = { name: "safe", limitUsd: 5, resetInterval: "daily", allowedModels: ["openai/gpt-4o-mini"] };
    const { result } = await writer.write("create_guardrail", args);
    expect(simulator().account.guardrails).toMatchObject([{ name: "safe", limit_usd: 5 }]);
    await writer.write("update_guardrail", { id: result.id, limitUsd: 7 });
    expect(simulator().account.guardrails).toMatchObject([{ limit_usd: 7, reset_interval: "daily" }]);
    await writer.write("delete_guardrail", { id: result.id });
    expect(simulator().account.guardrails).toEqual([]);
  });

  test("assign a guardrail to keys, show the one that each leaves, and remove the assignment", async () => {
    const [first, second] = [createGuardrail("first"), createGuardrail("second")];
    const { hash } = createKey("ci");
    simulator().dashboard.assign(first.id, { keys: [hash] });
    const args = { guardrailId: second.id, keyHashes: [hash] };
    expect(await writer.write("assign_keys", args)).toMatchObject({
      before: { guardrailOf: { [hash]: [first.id] } },
      result: { isAssigned: true, notShownYet: [] },
    });
    expect(await writer.write("unassign_keys", args)).toMatchObject({ result: { isAssigned: false } });
    expect(simulator().account.keyAssignments).toEqual([]);
  });

  test("assign a guardrail to members and remove the assignment", async () => {
    const { id } = createGuardrail("safe");
    const [member] = simulator().account.members;
    const args = { guardrailId: id, userIds: [String(member?.id)] };
    expect((await writer.write("assign_members", args)).result.notShownYet).toEqual([]);
    expect(simulator().account.memberAssignments).toHaveLength(1);
    await writer.write("unassign_members", args);
    expect(simulator().account.memberAssignments).toEqual([]);
  });

  test("refuse what a program could not declare either", async () => {
    const budget = { name: "safe", limitUsd: 5 };
    expect((await writer.failure("create_guardrail", budget)).error).toContain("set both or neither");
    const past = { name: "ci", limit: 1, expiresAt: "2020-01-01T00:00:00Z" };
    expect((await writer.failure("create_key", past)).error).toContain("expiresAt must be in the future");
  });

  test.each([
    ["update_key", { hash: "ci", limit: 1 }],
    ["update_key", { hash: "0123456789", limit: 1 }],
    ["delete_guardrail", { id: "safe" }],
    ["assign_members", { guardrailId: "0".repeat(8), userIds: ["../keys"] }],
  ])("take full ids only: %s %j", async (name, args) => {
    const response = await writer.client.callTool({ name, arguments: args });
    expect(response).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("Invalid arguments") }],
    });
    expect(simulator().requests).toEqual([]);
  });

  test("name an object that doesn't exist", async () => {
    const hash = "a".repeat(64);
    expect((await writer.failure("delete_key", { hash })).error).toContain(`there is no inference key ${hash}`);
  });
});

describe("a token", () => {
  test.each([
    ["is missing", (args: object) => args, "a write needs a token"],
    ["is invented", (args: object) => ({ ...args, token: "x".repeat(32) }), "unknown or was used already"],
  ])("is required: it %s", async (_, change, message) => {
    const { hash } = createKey("ci", { limit: 5 });
    const { error } = await writer.failure("update_key", change({ hash, limit: 8, dryRun: false }) as never);
    expect(error).toContain(message);
    expect(error).toContain("Call the tool with dryRun: true");
    expect(writesTo(simulator())).toEqual([]);
  });

  test("works once, also in calls at the same time", async () => {
    const { hash } = createKey("ci", { limit: 5 });
    const { token } = await writer.use("update_key", { hash, limit: 8 });
    const args = { hash, limit: 8, dryRun: false, token };
    const responses = await Promise.all(
      [1, 2, 3].map(() => writer.client.callTool({ name: "update_key", arguments: args })),
    );
    expect(responses.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(writesTo(simulator())).toEqual([`PATCH /keys/${hash}`]);
  });

  test("is for the exact arguments, and used up by others", async () => {
    const { hash } = createKey("ci", { limit: 5 });
    const { token } = await writer.use("update_key", { hash, limit: 8 });
    const write = (limit: number) => writer.failure("update_key", { hash, limit, dryRun: false, token });
    expect((await write(800)).error).toContain("for a different tool or other arguments");
    expect((await write(8)).error).toContain("used already");
    expect(liveKey(hash)?.limit).toBe(5);
  });

  test("is for one tool", async () => {
    const { hash } = createKey("ci");
    const { id } = createGuardrail("safe");
    simulator().dashboard.assign(id, { keys: [hash] });
    const args = { guardrailId: id, keyHashes: [hash] };
    const { token } = await writer.use("assign_keys", args);
    const { error } = await writer.failure("unassign_keys", { ...args, dryRun: false, token });
    expect(error).toContain("for a different tool or other arguments");
  });

  test("is for the object as the dry run saw it", async () => {
    const { hash } = createKey("ci", { limit: 5 });
    const { token } = await writer.use("delete_key", { hash });
    simulator().dashboard.updateKey(hash, { limit: 500 });
    const { error } = await writer.failure("delete_key", { hash, dryRun: false, token });
    expect(error).toContain("the object has changed since the dry run");
    expect(liveKey(hash)).toBeDefined();
  });

  test("expires", () => {
    let now = 0;
    const tokens = new Tokens(() => now);
    const subject = { tool: "delete_key", args: {}, observed: {} };
    const { token, expiresAt } = tokens.issue(subject);
    now = Date.parse(expiresAt);
    expect(() => tokens.redeem(token, subject)).toThrow("the token has expired");
  });

  test("is forgotten when there are too many", () => {
    const tokens = new Tokens(() => 0);
    const subject = { tool: "delete_key", args: {}, observed: {} };
    const { token } = tokens.issue(subject);
    for (let count = 0; count < 1_000; count++) tokens.issue(subject);
    expect(() => tokens.redeem(token, subject)).toThrow("unknown");
  });
});

describe("a new key", () => {
  const args = { name: "app", limit: 5, limitReset: "monthly" };

  test("goes to a file that only the user can read, and into no result", async () => {
    const dryRun = await writer.use("create_key", args);
    const written = await writer.use("create_key", { ...args, dryRun: false, token: dryRun.token });
    const [file = ""] = writer.files();
    const path = `${writer.keyDir}/${file}`;
    const secret = readFileSync(path, "utf8");
    expect(secret).toMatch(/^sk-or-v1-[0-9a-f]+\n$/);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(written.result).toMatchObject({ keyFile: path, hash: simulator().account.keys[0]?.hash, limit: 5 });
    expect(JSON.stringify([dryRun, written])).not.toContain("sk-or-");
    expect(writer.log()).not.toContain("sk-or-");
  });

  test("has a file whose name does not come from the assistant", async () => {
    await writer.write("create_key", { ...args, name: "../../etc/passwd" });
    expect(writer.files()).toEqual([expect.stringMatching(/^openrouter-[0-9a-f]{20}\.key$/)]);
  });

  test("leaves no file when the API rejects it", async () => {
    const { token } = await writer.use("create_key", args);
    simulator().faults.add({ method: "POST", path: "/keys", effect: "status", status: 400, message: "no" });
    expect((await writer.failure("create_key", { ...args, dryRun: false, token })).error).toContain("400: no");
    expect(writer.files()).toEqual([]);
  });

  test("leaves no file when its response is lost, and the error says what to look for", async () => {
    const { token } = await writer.use("create_key", args);
    simulator().faults.add({ method: "POST", path: "/keys", effect: "drop", when: "after commit" });
    const { error } = await writer.failure("create_key", { ...args, dryRun: false, token });
    expect(error).toContain("look for a new, unused key of this name with list_keys");
    expect(writer.files()).toEqual([]);
    expect(writesTo(simulator())).toEqual(["POST /keys"]);
  });

  test("is not created when its file can't be", async () => {
    const { token } = await writer.use("create_key", args);
    (await import("node:fs")).rmdirSync(writer.keyDir);
    expect((await writer.failure("create_key", { ...args, dryRun: false, token })).error).toContain("does not exist");
    expect(writesTo(simulator())).toEqual([]);
  });

  test("names the file and the key when a setting is not applied", async () => {
    const { token } = await writer.use("create_key", args);
    simulator().faults.add({
      ...{ method: "POST", path: "/keys", effect: "shape" },
      body: (intended: { data: object }) => ({ ...intended, data: { ...intended.data, limit_reset: null } }),
    });
    simulator().faults.add({ method: "PATCH", path: "/keys/:hash", effect: "status", status: 400, message: "no" });
    const { error } = await writer.failure("create_key", { ...args, dryRun: false, token });
    expect(error).toContain(`exists and is in ${writer.keyDir}/${writer.files()[0]}`);
    expect(error).toContain("Don't create it again");
  });
});
