// The demo of `npm start`: examples/quickstart from an empty account to an empty account, with checks after each step. Exits
// with 1 if a check fails.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { styleText } from "node:util";
import { formatEvent, openStack, startSimulator } from "pulumi-openrouter/testing";

const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const began = Date.now();
const COUNT_WIDTH = 6;

/** @param {Parameters<typeof styleText>[0]} format @param {string} text */
const styled = (format, text) => (colours ? styleText(format, text) : text);
/** @param {string} text */
const say = (text = "") => process.stdout.write(`${text}\n`);

let failures = 0;
/** @param {boolean} holds @param {string} claim */
function check(holds, claim) {
  if (!holds) failures++;
  say(holds ? styled("green", `  ✓ ${claim}`) : styled("red", `  ✗ FAILED: ${claim}`));
}

const simulator = await startSimulator();
const stateDir = mkdtempSync(path.join(tmpdir(), "pulumi-openrouter-demo-"));

/** @type {{ step: string; calls: typeof simulator.requests }[]} */
const ledger = [];

try {
  const stack = await openStack({
    engine: "auto",
    projectDir: root,
    stack: "prod",
    stateDir,
    passphrase: "demo",
    env: { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey },
    onEvent: (event) => {
      for (const line of formatEvent(event).split("\n")) if (line) say(`    ${colourOf(line)}`);
    },
  });

  say(styled("bold", "pulumi-openrouter: the quickstart, on a simulated OpenRouter account"));
  say(`  program    examples/quickstart`);
  say(
    `  engine     ${stack.engine === "pulumi" ? "the pulumi on your PATH" : "the local engine of this package (no pulumi on PATH)"}`,
  );
  say(`  API        ${simulator.url} (a simulator; no real account is touched)`);

  /**
   * One step and its calls.
   * @param {string} title
   * @param {() => Promise<import("pulumi-openrouter/testing").Result>} operate
   */
  const step = async (title, operate) => {
    say(`\n${styled("bold", `${ledger.length + 1}. ${title}`)}`);
    simulator.clearRequests();
    const result = await operate();
    const calls = [...simulator.requests];
    ledger.push({ step: title, calls });
    check(result.ok, "it succeeded");
    return { result, calls };
  };

  const keyNamed = (/** @type {string} */ name) =>
    simulator.account.keys.find((key) => key.name === `quickstart/prod/${name}`);

  const first = await step("First up: keys, guardrail and assignments are created", () => stack.up());
  check(first.result.summary.create >= 6, "4 keys, 1 guardrail and the set of its keys were created");
  check(simulator.account.keyAssignments.length === 2, "the guardrail is assigned to 2 keys");
  check(keyNamed("backend")?.limit === 200, "backend may spend 200 USD a month");
  check(keyNamed("trial")?.disabled === true, "trial is disabled");

  const second = await step("Second up: nothing to do", () => stack.up());
  check(second.calls.length === 0, "no API call was made");

  say(`\n  ${styled("yellow", "Meanwhile, in the dashboard: backend is raised to 900 USD, and ci is deleted.")}`);
  const [backend, ci] = [keyNamed("backend"), keyNamed("ci")];
  if (backend && ci) {
    // An hour later: the provider reads a key that is seconds old again for a while before it counts as deleted.
    simulator.clock.advance(3_600_000);
    simulator.dashboard.updateKey(backend.hash, { limit: 900 });
    simulator.dashboard.deleteKey(ci.hash);
  }
  const healed = await step("Up with refresh: both are fixed", () => stack.up({ refresh: true }));
  check(keyNamed("backend")?.limit === 200, "backend may spend 200 USD again");
  check(keyNamed("ci") !== undefined && keyNamed("ci")?.hash !== ci?.hash, "ci exists again, as a new key");
  check(
    healed.calls.filter(({ method }) => method === "PATCH" || method === "POST").length === 2,
    "2 writes: one PATCH, one POST",
  );

  const edited = await step("A budget is edited in the program: backend gets 250 USD", () =>
    stack.up({ config: { "quickstart:backendLimit": "250" } }),
  );
  const writes = edited.calls.filter(({ method }) => method !== "GET");
  check(keyNamed("backend")?.limit === 250, "backend may spend 250 USD");
  check(
    writes.length === 1 && JSON.stringify(writes[0]?.body) === '{"limit":250}',
    'one call, with one field: {"limit":250}',
  );

  say(`\n${styled("bold", "The state on disk")}`);
  const secrets = await stack.outputs({ showSecrets: true });
  const keys = Object.values(secrets).filter((value) => String(value).startsWith("sk-or-"));
  const files = filesBelow(stateDir).map((file) => readFileSync(file, "utf8"));
  check(keys.length === 3, "the stack's outputs hold 3 keys, for those who can decrypt them");
  check(
    keys.every((key) => files.every((text) => !text.includes(String(key)))),
    "no file of the state has a key in plain text",
  );
  check(
    files.some((text) => text.includes(String(secrets.trialKeyHash))),
    "(the same search finds a key's hash)",
  );

  await step("Destroy: the account is empty again", () => stack.destroy());
  check(simulator.account.keys.length === 0, "the account has no key");
  check(simulator.account.guardrails.length === 0, "the account has no guardrail");

  say(`\n${styled("bold", "API calls")}`);
  const methods = ["GET", "POST", "PATCH", "DELETE"];
  const width = Math.max(...ledger.map(({ step }) => step.length));
  const row = (/** @type {string} */ title, /** @type {(string | number)[]} */ cells) =>
    say(title.padEnd(width) + cells.map((cell) => String(cell).padStart(COUNT_WIDTH + 2)).join(""));
  row("step", [...methods, "all"]);
  for (const { step, calls } of ledger) {
    row(step, [...methods.map((method) => calls.filter((call) => call.method === method).length), calls.length]);
  }
} finally {
  await simulator.close();
  rmSync(stateDir, { recursive: true, force: true });
}

const seconds = Math.round((Date.now() - began) / 1000);
say(
  failures === 0
    ? styled("green", `\nAll checks passed. ${seconds} s.`)
    : styled("red", `\n${failures} of the checks failed. ${seconds} s.`),
);
process.exitCode = failures === 0 ? 0 : 1;

/** @param {string} line */
function colourOf(line) {
  const mark = line.trim().charAt(0);
  const format = { "+": "green", "~": "yellow", "-": "red" }[mark];
  return format ? styled(/** @type {Parameters<typeof styleText>[0]} */ (format), line) : line;
}

/** @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}
