// The demo of `npm start`: runs examples/quickstart on a simulated account, and checks each step. Exits with 1 if a check
// fails.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { styleText } from "node:util";
import { formatEvent, openStack, startSimulator } from "pulumi-openrouter/testing";
import { copyOfProgram } from "./demoProgram.mjs";

const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
const colors = process.stdout.isTTY && !process.env.NO_COLOR;
const began = Date.now();
const COUNT_WIDTH = 6;
/** Of Pulumi's output, which is indented. */
const OUTPUT_WIDTH = 76;

/** @param {Parameters<typeof styleText>[0]} format @param {string} text */
const styled = (format, text) => (colors ? styleText(format, text) : text);
/** @param {string} line */
const print = (line = "") => process.stdout.write(`${line}\n`);

let failures = 0;
/** @param {boolean} passed @param {string} claim */
function check(passed, claim) {
  if (!passed) failures++;
  print(passed ? styled("green", `  ✓ ${claim}`) : styled("red", `  ✗ FAILED: ${claim}`));
}

const simulator = await startSimulator();
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-openrouter-demo-"));
const stateDir = path.join(folder, "state");
mkdirSync(stateDir);

/** @type {{ step: string; calls: typeof simulator.requests }[]} */
const steps = [];

try {
  /** The stack `prod` with the program of a project. @param {string} projectDir */
  const openProject = (projectDir) =>
    openStack({
      engine: "auto",
      projectDir,
      stack: "prod",
      stateDir,
      passphrase: "demo",
      env: { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey },
      onEvent: (event) => {
        for (const line of formatEvent(event).split("\n")) if (line) print(`    ${colored(shortened(line))}`);
      },
    });
  const stack = await openProject(root);

  print(styled("bold", "pulumi-openrouter demo: the quickstart example on a simulated OpenRouter account"));
  print(`  program    examples/quickstart`);
  print(
    `  engine     ${stack.engine === "pulumi" ? "the Pulumi CLI on your PATH" : "this package's test engine, because no Pulumi CLI is on your PATH"}`,
  );
  print(`  API        ${simulator.url} (simulator; no real account is used)`);

  /**
   * Runs and prints one step.
   * @param {string} title
   * @param {() => Promise<import("pulumi-openrouter/testing").Result>} operate
   */
  const step = async (title, operate) => {
    print(`\n${styled("bold", `${steps.length + 1}. ${title}`)}`);
    simulator.clearRequests();
    const result = await operate();
    const calls = [...simulator.requests];
    steps.push({ step: title, calls });
    check(result.ok, "the operation succeeded");
    return { result, calls };
  };

  const keyNamed = (/** @type {string} */ name) =>
    simulator.account.keys.find((key) => key.name === `quickstart/prod/${name}`);

  const first = await step("First up: creates the keys, the guardrail and its assignments", () => stack.up());
  check(first.result.summary.create >= 6, "created 4 keys, 1 guardrail and its assignments to 2 keys");
  check(simulator.account.keyAssignments.length === 2, "the account shows 2 assigned keys");
  check(keyNamed("backend")?.limit === 200, "backend has a limit of 200 USD per month");
  check(keyNamed("trial")?.disabled === true, "trial is disabled");

  const second = await step("Second up: nothing changed", () => stack.up());
  check(second.calls.length === 0, "no API calls");

  print(`\n  ${styled("yellow", "Someone raises backend to 900 USD and deletes ci, on the website.")}`);
  const [backend, ci] = [keyNamed("backend"), keyNamed("ci")];
  if (backend && ci) {
    // An hour later, because the provider waits for a key that is only seconds old before it counts as deleted.
    simulator.clock.advance(3_600_000);
    simulator.dashboard.updateKey(backend.hash, { limit: 900 });
    simulator.dashboard.deleteKey(ci.hash);
  }
  const reverted = await step("Up with refresh: reverts both changes", () => stack.up({ refresh: true }));
  check(keyNamed("backend")?.limit === 200, "backend has a limit of 200 USD again");
  check(keyNamed("ci") !== undefined && keyNamed("ci")?.hash !== ci?.hash, "ci exists again, as a new key");
  check(
    reverted.calls.filter(({ method }) => method === "PATCH" || method === "POST").length === 2,
    "2 write calls: 1 PATCH, 1 POST",
  );

  const config = { "quickstart:backendLimit": "250" };
  const edited = await step("The program changes: backend gets 250 USD", () => stack.up({ config }));
  const writes = edited.calls.filter(({ method }) => method !== "GET");
  check(keyNamed("backend")?.limit === 250, "backend has a limit of 250 USD");
  check(
    writes.length === 1 && JSON.stringify(writes[0]?.body) === '{"limit":250}',
    '1 write call, with only the changed field: {"limit":250}',
  );

  const native = copyOfProgram(path.join(folder, "project"));
  const nativeStack = await openProject(native.folder);
  print(`\n  ${styled("yellow", 'The program imports "pulumi-openrouter/native"; Pulumi.yaml names the plugin.')}`);
  const managed = edited.result.summary.same + edited.result.summary.update;
  const moved = await step("Up with the native provider: moves the stack", () => nativeStack.up({ config }));
  check(moved.result.summary.same === managed, `all ${managed} resources unchanged`);
  check(moved.calls.length === 0, "no API calls");

  print(`\n  ${styled("yellow", "The program declares a key from the dashboard, with the option `import`.")}`);
  const made = simulator.dashboard.createKey({ name: "made by hand", limit: 15 }).key;
  native.declare(
    `new openrouter.InferenceKey("legacy", { name: "made by hand", limit: 15 }, { import: "${made.hash}" });`,
  );
  const imported = await step("Up with an import: takes the key over", () => nativeStack.up({ config }));
  check(imported.result.summary.import === 1, "1 key imported");
  check(
    imported.calls.every(({ method }) => method === "GET"),
    "no write calls",
  );

  print(`\n  ${styled("yellow", "The program imports `pulumi-openrouter` again.")}`);
  native.useDynamic();
  const back = await step("Up with the dynamic provider: moves back", () => nativeStack.up({ config }));
  check(back.result.summary.same === managed + 1, `all ${managed + 1} resources unchanged`);
  check(back.calls.length === 0, "no API calls");

  print(`\n${styled("bold", "The state on disk")}`);
  const secrets = await stack.outputs({ showSecrets: true });
  const keys = Object.values(secrets).filter((value) => String(value).startsWith("sk-or-"));
  const files = filesBelow(stateDir).map((file) => readFileSync(file, "utf8"));
  check(keys.length === 3, "the stack outputs contain 3 keys, encrypted");
  check(
    keys.every((key) => files.every((text) => !text.includes(String(key)))),
    "no state file contains a key in plain text",
  );
  check(
    files.some((text) => text.includes(String(secrets.trialKeyHash))),
    "(the same search does find a key's hash)",
  );

  await step("Destroy: empties the account", () => stack.destroy());
  check(simulator.account.keys.length === 0, "the account has no keys");
  check(simulator.account.guardrails.length === 0, "the account has no guardrails");

  print(`\n${styled("bold", "API calls")}`);
  const methods = ["GET", "POST", "PATCH", "DELETE"];
  const shortTitle = (/** @type {string} */ title) => title.split(":")[0] ?? "";
  const width = Math.max(...steps.map(({ step }) => shortTitle(step).length));
  const row = (/** @type {string} */ title, /** @type {(string | number)[]} */ cells) =>
    print(title.padEnd(width) + cells.map((cell) => String(cell).padStart(COUNT_WIDTH + 2)).join(""));
  row("step", [...methods, "total"]);
  for (const { step, calls } of steps) {
    row(shortTitle(step), [
      ...methods.map((method) => calls.filter((call) => call.method === method).length),
      calls.length,
    ]);
  }
} finally {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
}

const seconds = Math.round((Date.now() - began) / 1000);
print(
  failures === 0
    ? styled("green", `\nAll checks passed in ${seconds} s.`)
    : styled("red", `\n${failures} checks failed in ${seconds} s.`),
);
process.exitCode = failures === 0 ? 0 : 1;

/** A line in 80 columns: the type is abbreviated, then the end. @param {string} line */
function shortened(line) {
  const short = line.replace("pulumi-nodejs:dynamic/openrouter:", "…/openrouter:");
  return short.length <= OUTPUT_WIDTH ? short : `${short.slice(0, OUTPUT_WIDTH - 1)}…`;
}

/** @param {string} line */
function colored(line) {
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
