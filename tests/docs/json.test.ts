/**
 * The JSON on the pages has the fields that the commands print. `<!-- json: balance -->` before an example names its command;
 * `{…}` in it stands for a value of this test.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { programFor } from "../../cli/program";
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { seedDemoAccount } from "../../testing/simulator/seed";
import { credentials } from "../cli/support/account";
import { file, stackExport } from "../cli/support/states";
import { placeFor, run } from "../cli/support/terminal";

const docs = resolve(__dirname, "../../docs");
const pages = ["", "commands"].flatMap((folder) =>
  readdirSync(join(docs, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

/** Arguments and the data of each example, which may stand for several commands: `<!-- json: models | models cheap -->`. */
const examples = pages.flatMap((page) => {
  const text = readFileSync(join(docs, page), "utf8");
  return [...text.matchAll(/^<!-- json: ([^\n]*) -->\n+```json\n(.*?)^```/gms)].flatMap(
    ([, commands = "", data = ""]) => commands.split(" | ").map((args) => [args, JSON.parse(data) as unknown] as const),
  );
});

let simulator: Simulator;
let values: Record<string, string>;
let secret: string;
beforeAll(async () => {
  simulator = await startSimulator({ seed: "docs" });
  seedDemoAccount(simulator);
  ({ secret } = simulator.dashboard.createKey({ name: "app", limit: 60, limit_reset: "monthly" }));
  values = { "{request}": await sendRequest(), "{state}": driftedState(), "{budgets}": budgets() };
});
afterAll(() => simulator.close());

async function sendRequest(): Promise<string> {
  const body = { model: "openai/gpt-4.1", messages: [{ role: "user", content: "Hello" }] };
  const headers = { authorization: `Bearer ${secret}` };
  const sent = await fetch(`${simulator.url}/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  return ((await sent.json()) as { id: string }).id;
}

/** A state with a missing key, and with a guardrail that has lost an assignment. */
function driftedState(): string {
  const { keys, guardrails } = simulator.account;
  const inputs = { guardrailId: guardrails[0]?.id, keyHashes: [keys[0]?.hash, keys.at(-1)?.hash] };
  return file(
    stackExport([
      { kind: "InferenceKey", name: "deleted", id: "0".repeat(64) },
      { kind: "InferenceKey", name: "web", id: String(keys[0]?.hash) },
      { kind: "GuardrailAssignments", name: "strict", id: "a set", inputs },
    ]),
  );
}

/** A file with a limit of one of the keys. */
function budgets(): string {
  return file("keys:\n  - { name: shop/prod/ci, limit: 25, reset: monthly }\n");
}

async function dataOf(args: string): Promise<unknown> {
  const env = { ...credentials(simulator), OPENROUTER_API_KEY: secret };
  const words = args.match(/'[^']*'|\S+/g) ?? [];
  const given = words.map((word) => values[word] ?? word.replace(/^'|'$/g, ""));
  const { out, err } = await run(programFor, [...given, "--json"], { env });
  expect({ args, err, isJson: out.startsWith("{") }).toMatchObject({ isJson: true });
  return (JSON.parse(out) as { data: unknown }).data;
}

/** Each command with the words that lead to it. */
function commandsOf(command: Command, path: string[] = []): [string, Command][] {
  return [[path.join(" "), command], ...command.commands.flatMap((each) => commandsOf(each, [...path, each.name()]))];
}

test("every command with --json has an example", () => {
  const all = commandsOf(programFor(placeFor().terminal));
  const withJson = all.filter(([, { options }]) => options.some(({ long }) => long === "--json"));
  const paths = withJson.map(([path]) => path.replace(/ list$/, ""));
  const shown = examples.map(([args]) =>
    paths
      .filter((path) => `${args} `.startsWith(`${path} `))
      .sort()
      .at(-1),
  );
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !shown.includes(path))).toEqual([]);
});

test.each(examples)("%s has the fields of its example, and exact amounts", async (args, documented) => {
  const data = await dataOf(args);
  expect(differences(documented, data)).toEqual([]);
  expect(numbersIn(data).filter((number) => Number(number.toFixed(9)) !== number)).toEqual([]);
});

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** Fields that only one of them has, and values of different types. Null and an empty list match any value. */
function differences(documented: unknown, real: unknown, path = "data"): string[] {
  if (documented === null || real === null) return [];
  if (Array.isArray(documented) && Array.isArray(real)) {
    if (documented.length === 0 || real.length === 0) return [];
    return differences(merged(documented), merged(real), `${path}[]`);
  }
  const [ours, theirs] = [typeOf(documented), typeOf(real)];
  if (ours !== theirs) return [`${path}: ${ours} on the page, ${theirs} in fact`];
  if (ours !== "object") return [];
  const [a, b] = [documented as Record<string, unknown>, real as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) => {
    if (!(name in a)) return [`${path}.${name}: missing on the page`];
    if (!(name in b)) return [`${path}.${name}: only on the page`];
    return differences(a[name], b[name], `${path}.${name}`);
  });
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value;
}

/** One element with all fields of all elements, none of them null if any is not. */
function merged(list: readonly unknown[]): unknown {
  const known = list.filter((each) => each !== null);
  if (typeOf(known[0]) !== "object") return known[0] ?? null;
  const objects = known as Record<string, unknown>[];
  const names = [...new Set(objects.flatMap(Object.keys))];
  return Object.fromEntries(
    names.map((name) => [name, merged(objects.filter((each) => name in each).map((each) => each[name]))]),
  );
}

test.each([
  [{ a: 1 }, { a: 2, b: 1 }, ["data.b: missing on the page"]],
  [{ a: 1, b: 1 }, { a: 2 }, ["data.b: only on the page"]],
  [{ a: [{ b: "x" }] }, { a: [{ b: null }, { b: 1 }] }, ["data.a[].b: string on the page, number in fact"]],
  [{ a: null, b: [] }, { a: { c: 1 }, b: [1] }, []],
  [{ a: [{ b: null }] }, { a: [{ b: { c: 1 } }] }, []],
])("finds the differences of %j and %j", (documented, real, found) => {
  expect(differences(documented, real)).toEqual(found);
});
