/** No command prints a control character, a command for a CI system, or a credential. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { adoptCommand } from "../../cli/adopt/command";
import { auditCommand } from "../../cli/audit/command";
import { keysCommand } from "../../cli/keys/command";
import { usageCommand } from "../../cli/usage/command";
import { ungatedWrites } from "../support/ungatedWrites";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { file, stackExport } from "./support/states";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();
const inPlace = (place: Place = {}): Place => ({ env: credentials(simulator()), ...place });
const PASTED = `sk-or-v1-${"7".repeat(64)}`;

const EVIL = [
  "\u001b[31mred",
  "\u001b]0;title\u0007",
  "\u009b2Jcleared",
  "one\n::error::two",
  "::error::first",
  "##[error]anywhere",
  "##vso[task.complete]",
  "turned \u202earound",
  "a\u2028b\u0085c",
  `pasted ${PASTED}`,
];

/** Anything but printable text, newlines and tabs. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function expectHarmless(text: string): void {
  expect(text).not.toMatch(CONTROL);
  expect(text).not.toMatch(/^\s*::/m);
  expect(text).not.toMatch(/##(\[|vso)/);
  expect(text).not.toContain("7".repeat(7));
}

function fillWithEvil(): void {
  for (const name of EVIL) {
    const { id } = simulator().dashboard.addWorkspace({ name, slug: "s" });
    const { key } = simulator().dashboard.createKey({ name, limit: 5, workspace_id: id });
    simulator().dashboard.useKey(key.hash, 4.9, { at: daysAgo(1), model: name, provider_name: name });
    const guardrail = simulator().dashboard.createGuardrail({ name, workspace_id: id });
    simulator().dashboard.assign(guardrail.id, { keys: [key.hash] });
  }
}

test("prints harmless text for any name, on every screen and in errors", async () => {
  fillWithEvil();
  const state = file(stackExport([{ kind: "InferenceKey", name: "x\n::error::y\u001b[2J", id: "a".repeat(64) }]));
  const first = simulator().account.keys[0]?.hash as string;
  const runs = [
    await run(keysCommand, [], inPlace({ width: 200 })),
    await run(keysCommand, ["--over", "80"], inPlace()),
    await run(keysCommand, ["show", first], inPlace()),
    await run(keysCommand, ["show", "a\n::error::b\u001b[2J"], inPlace()),
    await run(keysCommand, ["--\u001b[2J\n::error::b"], inPlace()),
    await run(usageCommand, ["--by", "key"], inPlace()),
    await run(usageCommand, ["--by", "model"], inPlace()),
    await run(auditCommand, [state], inPlace()),
    await run(auditCommand, ["/nowhere\n::error::x\u009b2J"], inPlace()),
    await run(adoptCommand, ["--out", "/nowhere/x.ts", "--workspace", "nothing"], inPlace()),
  ];
  for (const { out, err } of runs) expectHarmless(out + err);
  expect(runs[0]?.out.split("\n")).toHaveLength(EVIL.length + 2);
});

test("escapes names in JSON, so that parsing it returns them unchanged", async () => {
  const names = EVIL.filter((name) => !name.includes(PASTED));
  for (const name of names) simulator().dashboard.createKey({ name });
  const { out } = await run(keysCommand, ["--json"], inPlace());
  expectHarmless(out);
  const { data } = JSON.parse(out) as { data: { keys: { name: string }[] } };
  expect(data.keys.map(({ name }) => name).sort()).toEqual([...names].sort());
});

test("hides the credentials in use in text, JSON and errors", async () => {
  const env = { ...credentials(simulator()), OPENROUTER_MGMT_KEY: 'own "credential" of this account' };
  const name = `pasted ${env.OPENROUTER_MGMT_KEY}`;
  simulator().dashboard.createKey({ name });
  for (const args of [[], ["--json"], ["show", name.slice(0, 12)], ["show", `${name}!`]]) {
    const { out, err } = await run(keysCommand, args, { env });
    expect(out + err).not.toContain("credential");
    expect(out + err).toMatch(args.length === 2 ? /pasted/ : /\[secret\]/);
  }
});

describe("the gate of terminal.ts", () => {
  const root = resolve(__dirname, "../../cli");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

  test("is the only way of cli/ to print", () => {
    const found = files.flatMap((name) => ungatedWrites(name, readFileSync(join(root, name), "utf8")));
    expect(found.filter((place) => !place.startsWith("shared/terminal.ts: "))).toEqual([]);
    expect(found).toContain("shared/terminal.ts: stdout");
  });

  test.each([
    "process.stdout.write(name)",
    'process["stderr"].write(name)',
    "const { stdout } = process",
    'import { stderr } from "node:process"',
    "console.log(name)",
    "globalThis.console.error(name)",
    "writeSync(1, name)",
    'styleText("red", name)',
  ])("is not the way of %s, which this test detects", (code) => {
    expect(ungatedWrites("some.ts", code)).toHaveLength(1);
  });
});
