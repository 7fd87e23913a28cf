/** The tools that read, with the official client, on a simulated account. */
import { mcpCommand } from "../../cli/mcp/command";
import { openSession } from "../../cli/mcp/session";
import type { Tool } from "../../cli/mcp/tool";
import { toolsOf } from "../../cli/mcp/tools";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { type Assistant, connect } from "./support/assistant";
import { file, stackExport } from "./support/states";
import { placeFor, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

let assistant: Assistant | undefined;
afterEach(() => assistant?.close());
async function connected(options: object = {}, env: NodeJS.ProcessEnv = {}): Promise<Assistant> {
  assistant = await connect({ env: { ...credentials(simulator()), ...env } }, options);
  return assistant;
}

const createKey = (name: string, settings: object = {}) => simulator().dashboard.createKey({ name, ...settings }).key;

describe("every tool", () => {
  test("has a title, a description, schemas of arguments and result, and annotations", async () => {
    const { tools } = await (await connected()).client.listTools();
    for (const tool of tools) {
      expect(tool).toMatchObject({
        title: expect.stringMatching(/./),
        description: expect.stringMatching(/\.$/),
        inputSchema: { type: "object" },
        outputSchema: { type: "object", additionalProperties: false },
        annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      });
    }
  });

  test("sends no request that may write", async () => {
    const hash = fill();
    const { use } = await connected();
    for (const [tool, args] of READS(hash)) await use(tool, args);
    expect(new Set(simulator().requests.map(({ method }) => method))).toEqual(new Set(["GET", "POST"]));
    const posts = simulator().requests.filter(({ method }) => method === "POST");
    expect(new Set(posts.map(({ path }) => path))).toEqual(new Set(["/analytics/query"]));
  });

  test("returns the same in JSON text as in structured content, and nothing else", async () => {
    const hash = fill();
    const { client } = await connected();
    for (const [name, args] of READS(hash)) {
      const { content, structuredContent } = await client.callTool({ name, arguments: args });
      expect(content).toEqual([{ type: "text", text: JSON.stringify(structuredContent) }]);
    }
  });
});

const READS = (hash: string): [tool: string, args: Record<string, unknown>][] => [
  ["get_overview", {}],
  ["get_balance", {}],
  ["get_current_key", {}],
  ["list_workspaces", {}],
  ["list_keys", {}],
  ["get_key", { key: hash }],
  ["get_usage", { by: ["key", "model"], date: "today" }],
  ["list_models", { text: "llama" }],
  ["list_available_models", {}],
  ["get_model", { model: "openai/gpt-4o" }],
  ["list_endpoints", { model: "openai/gpt-4o" }],
  ["list_zdr_endpoints", {}],
  ["list_members", {}],
  ["list_guardrails", {}],
  ["get_guardrail", { guardrail: "safe" }],
  ["list_assignments", {}],
];

/** @returns the hash of the key */
function fill(): string {
  const { hash } = createKey("ci", { limit: 5 });
  const { id } = simulator().dashboard.createGuardrail({ name: "safe", allowed_models: ["openai/gpt-4o-mini"] });
  simulator().dashboard.assign(id, { keys: [hash] });
  simulator().dashboard.useKey(hash, 1, { at: daysAgo(1) });
  return hash;
}

test("shows a guardrail with its keys, and all assignments", async () => {
  const hash = fill();
  const { use } = await connected();
  const { guardrails } = await use("list_guardrails");
  expect(guardrails).toEqual([expect.objectContaining({ name: "safe", assignedKeys: 1, assignedMembers: 0 })]);
  const key = expect.objectContaining({ hash, name: "ci" });
  expect(await use("get_guardrail", { guardrail: "safe" })).toMatchObject({ id: guardrails[0].id, keys: [key] });
  expect(await use("list_assignments")).toMatchObject({ keys: [key], members: [], unreadable: [] });
});

test("declares every field that a tool returns", async () => {
  const hash = fill();
  const { terminal } = placeFor({ env: credentials(simulator()) });
  const tools = new Map(toolsOf(openSession(terminal, {})).map((tool) => [tool.name, tool]));
  for (const [name, args] of READS(hash)) {
    const tool = tools.get(name) as Tool;
    const data = JSON.parse(JSON.stringify(await tool.call(tool.input.parse(args) as never)));
    expect({ name, data: tool.output.parse(data) }).toEqual({ name, data });
  }
});

test("shows one request", async () => {
  const { failure } = await connected();
  expect((await failure("get_generation", { id: "gen-0000000000-none" })).error).toContain(
    "request gen-0000000000-none",
  );
  expect((await failure("get_generation", { id: "../keys" })).error).toContain("that is not the id of a request");
});

test("lists keys with limit, reset, expiry, spending and guardrail, by conditions", async () => {
  const near = createKey("near", { limit: 10, limit_reset: "monthly" });
  createKey("far", { limit: 10 });
  simulator().dashboard.useKey(near.hash, 9);
  const { use } = await connected();
  expect((await use("list_keys")).keys).toHaveLength(2);
  expect(await use("list_keys", { over: 80 })).toEqual({
    keys: [expect.objectContaining({ name: "near", limit: 10, limitReset: "monthly", used: 9, left: 1, percent: 90 })],
    unreadable: [],
  });
});

test("shows usage of days by key", async () => {
  const { hash } = createKey("ci");
  simulator().dashboard.useKey(hash, 2.5, { at: daysAgo(1) });
  const { range } = await (await connected()).use("get_usage", { by: ["key"], days: 3 });
  expect(range.groups).toEqual([expect.objectContaining({ name: "ci", hash, spent: 2.5 })]);
});

test("shows the budget layers of the application's key", async () => {
  const { secret } = simulator().dashboard.createKey({ name: "app", limit: 4 });
  const { use } = await connected({}, { OPENROUTER_API_KEY: secret });
  expect(await use("get_budget_layers")).toMatchObject({
    kind: "inference",
    limit: 4,
    left: 4,
    budgets: expect.any(Array),
  });
});

test("says which variable the application's key must be in", async () => {
  const { error } = await (await connected()).failure("get_budget_layers");
  expect(error).toContain("OPENROUTER_API_KEY is not set");
});

test("compares the account with the states that the user named", async () => {
  const { hash } = createKey("budgets/prod/ci");
  const state = file(stackExport([{ kind: "InferenceKey", name: "ci", id: hash }]));
  const { use } = await connected({ state: [state] });
  const { keys, missing } = await use("audit_account");
  expect({ keys, missing }).toMatchObject({ keys: [{ hash, status: "managed" }], missing: [] });
});

test("says how to start the server when there is no state to compare with", async () => {
  const { error } = await (await connected()).failure("audit_account");
  expect(error).toContain("the user must start the server with --stack or --state");
});

test("reads the catalog once a minute, and the account afresh", async () => {
  createKey("ci");
  const { use } = await connected();
  await use("get_model", { model: "openai/gpt-4o" });
  await use("list_models");
  await use("list_keys");
  await use("list_keys");
  const paths = simulator().requests.map(({ path }) => path);
  expect(paths.filter((path) => path === "/models")).toHaveLength(1);
  expect(paths.filter((path) => path === "/workspaces")).toHaveLength(2);
});

test("names the models that may be meant when a name is ambiguous or unknown", async () => {
  const { error, candidates } = await (await connected()).failure("get_model", { model: "gpt" });
  expect(error).toContain('the catalog has no model "gpt"');
  expect(candidates).toContain("openai/gpt-4o");
});

test("reports wrong arguments by name", async () => {
  const { client } = await connected();
  const response = await client.callTool({ name: "get_usage", arguments: { days: 0 } });
  expect(response).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("days") }] });
});

test("refuses a state from standard input, where the assistant is", async () => {
  const { err, code } = await run(mcpCommand, ["--state", "-"], { env: {} });
  expect({ err, code }).toEqual({ err: "--state: pass a file; standard input is for the assistant\n", code: 2 });
});

test("says what to install when the SDK is missing", async () => {
  jest.doMock("@modelcontextprotocol/server", () => {
    throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
  });
  const { err, code } = await run(mcpCommand, [], { env: {} });
  jest.dontMock("@modelcontextprotocol/server");
  expect({ err, code }).toEqual({
    err:
      "the package @modelcontextprotocol/server is not installed; only this command needs it. " +
      "Run: npm install @modelcontextprotocol/server@^2.4.0\n",
    code: 2,
  });
});
