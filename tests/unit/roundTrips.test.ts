/**
 * The round trips that an operation waits for. A create sends the account check and the list of the workspace together, and
 * writes after both.
 */

import { type HttpRequest, type HttpResponse, send } from "../../provider/api/transport";
import { dynamicProvider } from "../../provider/dynamic/host";
import { newProcess } from "../../provider/host/process";
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

/** A provider process, the requests that it has sent, and a way to respond to each. */
function startProcess() {
  const lines: string[] = [];
  /** Requests without a response, by method and path. */
  const open = new Map<string, (response: HttpResponse) => void>();
  jest.mocked(send).mockImplementation(({ method, url }: HttpRequest) => {
    const line = `${method} ${url.pathname.replace("/api/v1", "")}`;
    lines.push(line);
    return new Promise((resolve) => open.set(line, resolve));
  });

  /** Responds, and waits until the process is idle. */
  async function respond(line: string, response: HttpResponse): Promise<void> {
    const resolve = open.get(line);
    if (!resolve) throw new Error(`expected ${line}, but only these were sent: ${lines.join(", ")}`);
    open.delete(line);
    resolve(response);
    await idle();
  }

  const process = newProcess({ OPENROUTER_MANAGEMENT_KEY: "management-key-of-this-test" });
  const provider = (kind: Kind) => dynamicProvider(lifecycleOf(kind), process);
  return { lines, respond, provider };
}

const json = (value: object): HttpResponse => ({ status: 200, text: JSON.stringify(value) });
const listOf = (...data: object[]) => json({ data, total_count: data.length });
const account = (id = WORKSPACE) => listOf({ id, created_at: "2025-01-01T00:00:00Z" });

async function idle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

const CASES: Record<Kind, { list: string; post: string; created: HttpResponse }> = {
  InferenceKey: { list: "GET /keys", post: "POST /keys", created: json({ data: wireKey(), key: KEY }) },
  Guardrail: { list: "GET /guardrails", post: "POST /guardrails", created: json({ data: wireGuardrail() }) },
};
const KINDS = Object.keys(CASES) as Kind[];

describe.each(KINDS)("a create of the kind %s", (kind) => {
  const { list, post, created } = CASES[kind];
  const inputs = { name: kind === "Guardrail" ? "safe" : "ci" };

  test.each([
    ["the account check", "GET /workspaces", account(), list, listOf()],
    ["the list", list, listOf(), "GET /workspaces", account()],
  ])("sends both at once, and writes after both when %s is first", async (_which, first, response, second, other) => {
    const { lines, respond, provider } = startProcess();
    const work = provider(kind).create(inputs);
    await idle();
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
    const { lines, respond, provider } = startProcess();
    const olds = { name: "met", key: "", __origin: { version: 1, account: OTHER_WORKSPACE } };
    await provider("InferenceKey").diff(HASH, olds, { name: "met" });
    const work = failureOf(provider(kind).create(inputs));
    await idle();
    await respond(list, listOf());
    await respond("GET /workspaces", account());
    await respond("GET /key", json({ data: { organization_id: null, workspace_id: null } }));
    await respond("GET /keys", listOf());
    expect((await work).message).toMatch(/belongs to a different account/);
    expect(lines.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  test("fails with the error of the account check when both fail, whichever fails first", async () => {
    for (const order of [
      ["GET /workspaces", list],
      [list, "GET /workspaces"],
    ]) {
      const { lines, respond, provider } = startProcess();
      const work = failureOf(provider(kind).create(inputs));
      await idle();
      for (const line of order) await respond(line, refusal(403, `no to ${line}`));
      expect((await work).message).toMatch(/no to GET \/workspaces/);
      expect(lines.filter((line) => line.startsWith("POST"))).toEqual([]);
    }
  });

  test("fails with the error of the list when only that fails", async () => {
    const { lines, respond, provider } = startProcess();
    const work = failureOf(provider(kind).create(inputs));
    await idle();
    await respond(list, refusal(403, "no list"));
    await respond("GET /workspaces", account());
    expect((await work).message).toMatch(/^create (inference key|guardrail) "\w+": .*no list/);
    expect(lines).toHaveLength(2);
  });
});

test("shares both between several creates", async () => {
  const { lines, respond, provider } = startProcess();
  for (const name of ["a", "b", "c"]) void provider("InferenceKey").create({ name });
  await idle();
  expect([...lines].sort()).toEqual(["GET /keys", "GET /workspaces"]);
  await respond("GET /keys", listOf());
  await respond("GET /workspaces", account());
  expect(lines.slice(2)).toEqual(["POST /keys", "POST /keys", "POST /keys"]);
});

test("lists nothing for an adoption", async () => {
  const { lines, provider } = startProcess();
  void failureOf(provider("InferenceKey").create({ name: "ci", adopt: HASH }));
  await idle();
  expect(lines).toEqual(["GET /workspaces"]);
});

test("waits for one round trip in a refresh of a small stack", async () => {
  const { lines, respond, provider } = startProcess();
  const hashes = [HASH, OTHER_HASH, "a".repeat(64)];
  const state = { __origin: { version: 1, account: WORKSPACE } };
  const reads = [
    ...hashes.map((hash) => provider("InferenceKey").read(hash, { name: "ci", key: KEY, ...state })),
    provider("Guardrail").read(GUARDRAIL, { name: "safe", ...state }),
  ];
  await idle();
  expect([...lines].sort()).toEqual(["GET /keys", `GET /keys/${HASH}`, `GET /guardrails/${GUARDRAIL}`].sort());
  await respond("GET /keys", listOf(...hashes.map((hash) => wireKey({ hash }))));
  await respond(`GET /keys/${HASH}`, json({ data: wireKey() }));
  await respond(`GET /guardrails/${GUARDRAIL}`, json({ data: wireGuardrail() }));
  expect((await Promise.all(reads)).map(({ id }) => id)).toEqual([...hashes, GUARDRAIL]);
  expect(lines).toHaveLength(3);
});
