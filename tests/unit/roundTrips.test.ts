/**
 * What an operation waits for, counted in round trips. A create: the account check and the list of what the workspace has go
 * out together, and no write before both.
 */

import { type HttpRequest, type HttpResponse, send } from "../../provider/api/transport";
import { dynamicProvider } from "../../provider/dynamic/host";
import { newProcess } from "../../provider/dynamic/process";
import { lifecycleOf } from "../../provider/resources";
import {
  failureOf,
  GUARDRAIL,
  HASH,
  KEY,
  OTHER_HASH,
  OTHER_WORKSPACE,
  WORKSPACE,
  wireGuardrail,
  wireKey,
} from "./support/samples";
import { refusal } from "./support/scriptedTransport";

jest.mock("../../provider/api/transport", () => ({ send: jest.fn() }));

type Kind = "InferenceKey" | "Guardrail";

/** Requests that no response has come to, by method and path. */
let open: Map<string, (response: HttpResponse) => void>;
let lines: string[];

beforeEach(() => {
  open = new Map();
  lines = [];
  jest.mocked(send).mockImplementation(({ method, url }: HttpRequest) => {
    const line = `${method} ${url.pathname.replace("/api/v1", "")}`;
    lines.push(line);
    return new Promise((resolve) => open.set(line, resolve));
  });
});

const json = (value: object): HttpResponse => ({ status: 200, text: JSON.stringify(value) });
const listOf = (...data: object[]) => json({ data, total_count: data.length });
const account = (id = WORKSPACE) => listOf({ id, created_at: "2025-01-01T00:00:00Z" });

/** Gives a response, and lets everything happen that follows from it. */
async function respond(line: string, response: HttpResponse): Promise<void> {
  const resolve = open.get(line);
  if (!resolve) throw new Error(`${line} was not sent; sent: ${lines.join(", ")}`);
  open.delete(line);
  resolve(response);
  await quiet();
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

function kinds() {
  const process = newProcess({ OPENROUTER_MANAGEMENT_KEY: "management-key-of-this-test" });
  return (kind: Kind) => dynamicProvider(lifecycleOf(kind), process);
}

const CASES: Record<Kind, { list: string; post: string; created: HttpResponse }> = {
  InferenceKey: { list: "GET /keys", post: "POST /keys", created: json({ data: wireKey(), key: KEY }) },
  Guardrail: { list: "GET /guardrails", post: "POST /guardrails", created: json({ data: wireGuardrail() }) },
};
const EACH = Object.keys(CASES) as Kind[];

describe.each(EACH)("a create of the kind %s", (kind) => {
  const { list, post, created } = CASES[kind];
  const inputs = { name: kind === "Guardrail" ? "safe" : "ci" };

  test.each([
    ["the account check", "GET /workspaces", account(), list, listOf()],
    ["the list", list, listOf(), "GET /workspaces", account()],
  ])("sends both at once, and writes after both if %s ends first", async (_which, first, response, second, other) => {
    const work = kinds()(kind).create(inputs);
    await quiet();
    expect([...lines].sort()).toEqual([list, "GET /workspaces"].sort());
    await respond(first, response);
    expect(lines).toHaveLength(2);
    await respond(second, other);
    expect(lines.slice(2)).toEqual([post]);
    await respond(post, created);
    await work;
    expect(lines).toHaveLength(3);
  });

  test("creates nothing in a different account", async () => {
    const process = kinds();
    const olds = { name: "met", key: "", __origin: { version: 1, account: OTHER_WORKSPACE } };
    await process("InferenceKey").diff(HASH, olds, { name: "met" });
    const work = failureOf(process(kind).create(inputs));
    await quiet();
    await respond(list, listOf());
    await respond("GET /workspaces", account());
    await respond("GET /key", json({ data: { organization_id: null, workspace_id: null } }));
    await respond("GET /keys", listOf());
    expect((await work).message).toMatch(/belongs to a different account/);
    expect(lines.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  test("fails with the error of the account check if both fail, whichever fails first", async () => {
    for (const order of [
      ["GET /workspaces", list],
      [list, "GET /workspaces"],
    ]) {
      const work = failureOf(kinds()(kind).create(inputs));
      await quiet();
      for (const line of order) await respond(line, refusal(403, `no to ${line}`));
      expect((await work).message).toMatch(/no to GET \/workspaces/);
    }
    expect(lines.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  test("fails with the error of the list if that alone fails", async () => {
    const work = failureOf(kinds()(kind).create(inputs));
    await quiet();
    await respond(list, refusal(403, "no list"));
    await respond("GET /workspaces", account());
    expect((await work).message).toMatch(/^create (inference key|guardrail) "\w+": .*no list/);
    expect(lines).toHaveLength(2);
  });
});

test("several creates share both", async () => {
  const process = kinds();
  const works = ["a", "b", "c"].map((name) => process("InferenceKey").create({ name }));
  await quiet();
  expect([...lines].sort()).toEqual(["GET /keys", "GET /workspaces"]);
  await respond("GET /keys", listOf());
  await respond("GET /workspaces", account());
  expect(lines.slice(2)).toEqual(["POST /keys", "POST /keys", "POST /keys"]);
  expect(works).toHaveLength(3);
});

test("an adoption lists nothing", async () => {
  void failureOf(kinds()("InferenceKey").create({ name: "ci", adopt: HASH }));
  await quiet();
  expect(lines).toEqual(["GET /workspaces"]);
});

test("a refresh of a small stack waits for one round trip", async () => {
  const process = kinds();
  const hashes = [HASH, OTHER_HASH, "a".repeat(64)];
  const state = { __origin: { version: 1, account: WORKSPACE } };
  const reads = [
    ...hashes.map((hash) => process("InferenceKey").read(hash, { name: "ci", key: KEY, ...state })),
    process("Guardrail").read(GUARDRAIL, { name: "safe", ...state }),
  ];
  await quiet();
  expect([...lines].sort()).toEqual(["GET /keys", `GET /keys/${HASH}`, `GET /guardrails/${GUARDRAIL}`].sort());
  await respond("GET /keys", listOf(...hashes.map((hash) => wireKey({ hash }))));
  await respond(`GET /keys/${HASH}`, json({ data: wireKey() }));
  await respond(`GET /guardrails/${GUARDRAIL}`, json({ data: wireGuardrail() }));
  expect((await Promise.all(reads)).map(({ id }) => id)).toEqual([...hashes, GUARDRAIL]);
  expect(lines).toHaveLength(3);
});
