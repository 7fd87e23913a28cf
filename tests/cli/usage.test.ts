/** `usage` on a simulated account. */
import { usageCommand } from "../../cli/usage/command";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function usage(...args: string[]) {
  return run(usageCommand, args, { env: credentials(simulator()), width: 100 });
}

interface Report {
  key: { name: string } | null;
  today: { spent: number; spentByok: number };
  range: { from: string; to: string; groups: Record<string, unknown>[]; total: Record<string, number> };
}

async function report(...args: string[]): Promise<Report> {
  return JSON.parse((await usage("--json", ...args)).out).data;
}

function createKey(name: string): string {
  return simulator().dashboard.createKey({ name }).key.hash;
}

function use(hash: string, usd: number, daysBefore: number, details: Record<string, unknown> = {}): void {
  simulator().dashboard.useKey(hash, usd, { at: daysAgo(daysBefore), ...details });
}

const dayOf = (daysBefore: number) => daysAgo(daysBefore).toISOString().slice(0, 10);

test("counts today in the keys' counters only, and says so", async () => {
  const hash = createKey("ci");
  use(hash, 3, 0, { byok_usage: 0.5 });
  use(hash, 2, 1);
  const { today, range } = await report();
  expect(today).toEqual({ spent: 3, spentByok: 0.5 });
  expect(range.total).toMatchObject({ spent: 2, spentByok: 0, requests: 1 });
  expect((await usage()).out).toContain(
    `The last 7 completed UTC days, ${dayOf(7)} to ${dayOf(1)}. Today, ${dayOf(0)}, is not included.`,
  );
});

test("adds up the counters of all keys, in all workspaces, including disabled keys", async () => {
  const { id } = simulator().dashboard.addWorkspace({ name: "Other", slug: "other" });
  for (const fields of [{ workspace_id: id }, { disabled: true }, {}]) {
    use(simulator().dashboard.createKey({ name: "ci", ...fields }).key.hash, 1.1, 0);
  }
  const { out } = await usage();
  expect(out).toMatch(
    /^SPENT +TODAY +THIS WEEK +THIS MONTH +EVER\ncredits +\$3.30 +\$3.30 +\$3.30 +\$3.30\nBYOK +\$0 +\$0 +\$0 +\$0\n/,
  );
});

test("lists all days, including those without usage", async () => {
  const hash = createKey("ci");
  use(hash, 2, 1);
  use(hash, 1, 3);
  use(hash, 8, 4);
  const { range } = await report("--days", "3");
  expect(range).toMatchObject({ from: dayOf(3), to: dayOf(1), total: { spent: 3 } });
  expect(range.groups.map(({ name, spent }) => [name, spent])).toEqual([
    [dayOf(3), 1],
    [dayOf(2), 0],
    [dayOf(1), 2],
  ]);
});

test("sorts models and providers by spending", async () => {
  const hash = createKey("ci");
  use(hash, 1, 1, { model: "openai/gpt-4o", provider_name: "OpenAI" });
  use(hash, 1, 2, { model: "openai/gpt-4o", provider_name: "Azure" });
  use(hash, 1.5, 2, { model: "x-ai/grok-4", provider_name: "Azure" });
  const groups = async (by: string) => (await report("--by", by)).range.groups;
  expect((await groups("model")).map(({ name, spent }) => [name, spent])).toEqual([
    ["openai/gpt-4o", 2],
    ["x-ai/grok-4", 1.5],
  ]);
  expect((await groups("provider")).map(({ name, spent }) => [name, spent])).toEqual([
    ["Azure", 2.5],
    ["OpenAI", 1],
  ]);
});

test("excludes older days from every grouping", async () => {
  const hash = createKey("ci");
  use(hash, 1, 3);
  use(hash, 8, 4);
  for (const by of ["day", "model", "provider", "key"]) {
    expect((await report("--days", "3", "--by", by)).range.total.spent).toBe(1);
  }
});

test("groups usage by key, and usage of deleted keys as (other)", async () => {
  const [ci, web, gone] = [createKey("ci"), createKey("web"), createKey("gone")];
  createKey("unused");
  use(ci, 1, 1);
  use(web, 2, 1);
  use(gone, 4, 1);
  simulator().dashboard.deleteKey(gone);
  const { groups, total } = (await report("--by", "key")).range;
  expect(groups.map(({ name, hash, spent }) => [name, hash, spent])).toEqual([
    ["web", web, 2],
    ["ci", ci, 1],
    ["(other)", null, 4],
  ]);
  expect(total.spent).toBe(7);
  expect((await usage("--by", "key")).out).toContain(`\nweb (${web.slice(0, 8)}) `);
});

test("counts only one key when --key names it or has a prefix of its hash", async () => {
  const [ci, web] = [createKey("ci"), createKey("web")];
  for (const daysBefore of [0, 1]) {
    use(ci, 1, daysBefore);
    use(web, 2, daysBefore);
  }
  for (const wanted of ["ci", ci.slice(0, 12)]) {
    const { key, today, range } = await report("--key", wanted, "--by", "key");
    expect({
      key: key?.name,
      today: today.spent,
      groups: range.groups.length,
      total: range.total.spent,
    }).toEqual({
      key: "ci",
      today: 1,
      groups: 1,
      total: 1,
    });
  }
});

test("lists the candidates and reads no activity when several keys have the name", async () => {
  const hashes = [createKey("ci"), createKey("ci")];
  const { out, err, code } = await usage("--key", "ci");
  expect({ out, code }).toEqual({ out: "", code: 2 });
  for (const hash of hashes) expect(err).toContain(`\n  ${hash.slice(0, 16)}  `);
  expect(simulator().requests.map(({ path }) => path)).not.toContain("/activity");
});

test.each(["--days=0", "--days=365", "--days=x", "--by=color", "--key=unknown"])("exits with 2 on %s", async (arg) => {
  const { out, code } = await usage(arg);
  expect({ out, code }).toEqual({ out: "", code: 2 });
});

test("fits tables into 100 columns, and redacts keys in names", async () => {
  const secret = `sk-or-v1-${"7".repeat(64)}`;
  const details = { byok_usage: 9876543.21, requests: 123456789, prompt_tokens: 1e11, completion_tokens: 1e11 };
  for (const name of ["x".repeat(150), `${"y".repeat(30)}${secret}`]) use(createKey(name), 12345678.9, 1, details);
  const { out } = await usage("--by", "key");
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  expect(out).not.toContain("7".repeat(7));
  expect((await usage("--by", "key", "--json")).out).not.toContain("7".repeat(7));
});
