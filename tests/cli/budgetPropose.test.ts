/** `budget propose` on a simulated account, and `git apply` on its output. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { budgetCommand } from "../../cli/budget/command";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { stackExport, file as stateFile } from "./support/states";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-budget-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const propose = (file: string, ...args: string[]) =>
  run(budgetCommand, ["propose", join(folder, file), ...args], { env: credentials(simulator()) });

function write(name: string, text: string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

/** A key that spends the same on each of the last 30 days. */
function createKey(name: string, perDay: number, settings: object = {}) {
  const { key } = simulator().dashboard.createKey({ name, limit: 1, limit_reset: "monthly", ...settings });
  for (let day = 1; day <= 30 && perDay > 0; day++) {
    simulator().dashboard.useKey(key.hash, perDay, { at: daysAgo(day) });
  }
  return key;
}

const example = (path: string) => join(__dirname, "../../examples", path);

function git(...args: string[]) {
  return spawnSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() },
  });
}

/** Applies the output in a repository. @param place Directory in which `git apply` runs. */
function apply(out: string, place = "."): string {
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() };
  const { status, stderr } = spawnSync("git", ["apply"], {
    cwd: join(folder, place),
    input: out,
    encoding: "utf8",
    env,
  });
  return status === 0 ? "" : stderr;
}

describe("proposes limits of the example", () => {
  test("environments, from the stack's configuration, and `git apply` changes only the number", async () => {
    git("init", "-q");
    mkdirSync(join(folder, "infra"));
    copyFileSync(example("environments/Pulumi.dev.yaml"), join(folder, "infra/Pulumi.dev.yaml"));
    createKey("environments/dev/backend", 2);
    createKey("environments/prod/backend", 90);
    createKey("environments/dev/batch", 0);
    createKey("environments/dev/extra", 1);
    const before = readFileSync(join(folder, "infra/Pulumi.dev.yaml"), "utf8");
    const { out, err, code } = await propose("infra/Pulumi.dev.yaml");
    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(readFileSync(join(folder, "infra/Pulumi.dev.yaml"), "utf8")).toBe(before);
    expect(out).toContain(
      'Key "backend" (line 3): $10 → $75 a month\n' +
        "  95% of 30 days took at most $2; × 31 days, + 20% = $74.40, rounded up\n" +
        'Key "batch" (line 4): $5 a month stays\n  not used on the last 30 days\n',
    );
    expect(out).toMatch(/Not in the file: 1 key\.\n {2}"environments\/dev\/extra" \([0-9a-f]{8}\)\n/);
    expect(out).toContain("--- a/infra/Pulumi.dev.yaml\n+++ b/infra/Pulumi.dev.yaml\n@@");
    expect(apply(out, "infra")).toBe("");
    const after = readFileSync(join(folder, "infra/Pulumi.dev.yaml"), "utf8");
    expect(after).toBe(before.replace("backendLimit: 10", "backendLimit: 75"));
  });

  test("team, from its YAML, with the intervals in the file", async () => {
    git("init", "-q");
    copyFileSync(example("team/team.yaml"), join(folder, "team.yaml"));
    const before = readFileSync(join(folder, "team.yaml"), "utf8");
    createKey("team/prod/ada", 1);
    createKey("team/prod/grace", 20);
    const { out } = await propose("team.yaml", "--headroom", "50%");
    expect(out).toContain('Key "ada" (line 17): $200 → $47 a month');
    expect(out).toContain('Key "grace" (line 18): $60 → $210 a week');
    expect(out).toContain('Key "edsger" (line 21): $10 a month stays\n  no key has this name');
    expect(apply(out)).toBe("");
    expect(readFileSync(join(folder, "team.yaml"), "utf8")).toBe(
      before.replace("limit: 200", "limit: 47").replace("limit: 60", "limit: 210"),
    );
  });
});

test("prints a diff that applies outside a repository, to a name with a space and without a last line break", async () => {
  const before = process.cwd();
  write("my budgets.yaml", "ci: { limit: 1 } # ci");
  createKey("app/prod/ci", 2);
  process.chdir(folder);
  try {
    const { out } = await propose("my budgets.yaml");
    expect(apply(out)).toBe("");
  } finally {
    process.chdir(before);
  }
  expect(readFileSync(join(folder, "my budgets.yaml"), "utf8")).toBe("ci: { limit: 75 } # ci");
});

test("warns when more was spent than is proposed", async () => {
  const { hash } = createKey("app/prod/ci", 2, { limit_reset: "daily" });
  simulator().dashboard.useKey(hash, 40, { at: daysAgo(3) });
  simulator().dashboard.useKey(hash, 5);
  write("b.yaml", "ci: { limit: 1, reset: daily }\n");
  expect((await propose("b.yaml")).out).toContain(
    "$1 → $2.40 a day\n  95% of 30 days took at most $2; × 1 day, + 20% = $2.40, rounded up\n" +
      "  more was spent: $42 on the busiest day\n" +
      "  $5 is spent since the last reset, so this limit fails requests at once\n",
  );
});

test("leaves a limit that is right, of a disabled or expired key, or that the file can't change, and says why", async () => {
  createKey("app/prod/right", 2);
  createKey("app/prod/off", 2, { disabled: true });
  createKey("app/prod/past", 2, { expires_at: daysAgo(2) });
  createKey("app/prod/shared", 2);
  createKey("app/prod/once", 2, { limit_reset: null });
  write("b.yaml", "right: {limit: 75}\noff: {limit: 1}\npast: {limit: 1}\nshared: {limit: &a 1}\nonce: {limit: 1}\n");
  const { out } = await propose("b.yaml");
  const why = [...out.matchAll(/^Key "(\w+)".*stays\n {2}(.*)$/gm)].map(([, name, reason]) => `${name}: ${reason}`);
  expect(why).toEqual([
    "right: it is what the key needs",
    "off: the key is disabled",
    "past: the key is expired",
    "shared: it has an anchor, so that other limits may share it",
    "once: its limit does not reset, so days don't show what it needs",
  ]);
  expect(out).toContain("No limit changes.");
  expect(out).not.toContain("@@");
});

describe("finds the keys", () => {
  test("of one stack by its state, by the names of the resources", async () => {
    createKey("one/dev/ci", 1);
    const { hash } = createKey("renamed", 2);
    createKey("unrelated", 2);
    write("b.yaml", "ci: { limit: 1 }\n");
    expect(
      (await propose("b.yaml", "--state", stateFile(stackExport([{ kind: "InferenceKey", name: "ci", id: hash }]))))
        .out,
    ).toContain("$1 → $75 a month");
  });

  test("of the project in a configuration, although a key of another project has the same name", async () => {
    createKey("one/dev/ci", 1);
    createKey("two/dev/ci", 2);
    write("Pulumi.dev.yaml", "config:\n  two:ciLimit: 1\n");
    expect((await propose("Pulumi.dev.yaml")).out).toContain("$1 → $75 a month");
  });

  test("not one that the stack only reads", async () => {
    const { hash } = createKey("one/dev/ci", 1);
    write("b.yaml", "ci: { limit: 1 }\n");
    const entry = { kind: "InferenceKey" as const, name: "ci", id: hash, external: true };
    expect((await propose("b.yaml", "--state", stateFile(stackExport([entry])))).out).toContain(
      "the state has no key of this name in the account",
    );
  });

  test("not if several have the name", async () => {
    createKey("one/dev/ci", 1);
    createKey("one/prod/ci", 1);
    write("b.yaml", "ci: { limit: 1 }\n");
    expect((await propose("b.yaml")).out).toContain("2 keys have this name; pass --stack or --state");
  });
});

test("prints the data as JSON", async () => {
  const { hash, name } = createKey("app/prod/ci", 2);
  write("b.yaml", "ci: { limit: 1 }\nnew: { limit: 3 }\n");
  const { out } = await propose("b.yaml", "--json");
  const { command, data } = JSON.parse(out);
  expect(command).toBe("budget propose");
  expect(data).toMatchObject({
    headroomPercent: 20,
    notInFile: [],
    proposals: [
      {
        ...{
          name: "ci",
          line: 1,
          key: { name, hash },
          limit: 1,
          reset: "monthly",
          proposed: 75,
          why: null,
          busiest: 60,
        },
        from: { p95: 2, days: 30, daysPerInterval: 31, exact: 74.4, usd: 75 },
      },
      { name: "new", key: null, proposed: null, why: "no key has this name" },
    ],
    diff: expect.stringContaining("+ci: { limit: 75 }"),
  });
});

test("counts BYOK only if the limit counts it", async () => {
  for (const include of [true, false]) {
    const { hash } = createKey(`app/prod/${include}`, 1, { include_byok_in_limit: include });
    for (let day = 1; day <= 30; day++) {
      simulator().dashboard.useKey(hash, 0, { at: daysAgo(day), byok_usage: 1 });
    }
  }
  write("b.yaml", "'true': { limit: 1 }\n'false': { limit: 1 }\n");
  const { out } = await propose("b.yaml", "--headroom", "0");
  expect(out.match(/→ \$\d+/g)).toEqual(["→ $62", "→ $31"]);
});

describe("reads the account", () => {
  const calls = () => simulator().requests.map(({ method, path }) => `${method} ${path}`);
  const LISTS = ["GET /workspaces", "GET /keys", "GET /keys"];
  beforeEach(() => {
    for (const name of ["a", "b", "c"]) createKey(`app/prod/${name}`, 2);
    write("b.yaml", "a: { limit: 1 }\nb: { limit: 1 }\n");
  });

  test("in one call for the spending of all keys", async () => {
    await propose("b.yaml");
    expect(calls()).toEqual([...LISTS, "POST /analytics/query"]);
  });

  test.each([
    ["are refused", { effect: "status" as const, status: 403 }],
    [
      "have too many rows",
      {
        effect: "shape" as const,
        body: { data: { data: [], metadata: { truncated: true, row_count: 0, query_time_ms: 1 } } },
      },
    ],
  ])("in one call for each key of the file when the analytics %s", async (_, effect) => {
    simulator().faults.add({ path: "/analytics/query", ...effect });
    const { out } = await propose("b.yaml");
    expect(out.match(/→ \$75/g)).toHaveLength(2);
    expect(calls()).toEqual([...LISTS, "POST /analytics/query", "GET /activity", "GET /activity"]);
  });
});

describe("prints nothing that would break the patch", () => {
  test("such as a name of a key that looks like a patch", async () => {
    createKey("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b", 2);
    createKey("app/prod/ci", 2);
    write("b.yaml", "ci: { limit: 1 }\n");
    const { out } = await propose("b.yaml");
    expect(out.match(/^(---|\+\+\+|@@|diff )/gm)).toEqual(["---", "+++", "@@"]);
  });

  test.each([
    ["CRLF", "a: 1\r\nci: { limit: 1 }\r\n"],
    ["a credential", `key: sk-or-v1-${"0".repeat(64)}\nci: { limit: 1 }\n`],
  ])("such as a diff next to %s, which could not be applied", async (_, text) => {
    createKey("app/prod/ci", 2);
    write("b.yaml", text);
    const { out, err, code } = await propose("b.yaml");
    expect({ out, code, err }).toEqual({ out: "", code: 2, err: expect.stringContaining("can't be printed") });
  });
});

test.each([["-5%"], ["abc"], ["20 %"], ["1e3"]])("rejects the head room %s before any request", async (value) => {
  write("b.yaml", "ci: { limit: 1 }\n");
  expect((await propose("b.yaml", `--headroom=${value}`)).code).toBe(2);
  expect(simulator().requests).toEqual([]);
});

test("sends no request for a file that is missing or has no limit", async () => {
  write("gates.yaml", "max-total: 10\n");
  for (const name of ["gates.yaml", "none.yaml"]) expect(await propose(name)).toMatchObject({ code: 2, out: "" });
  expect(simulator().requests).toEqual([]);
});
