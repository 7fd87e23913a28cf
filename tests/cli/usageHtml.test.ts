/** `usage --format html`: a page that loads and runs nothing, whatever the names. */
import { usageCommand } from "../../cli/usage/command";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();
const usage = (...args: string[]) =>
  run(usageCommand, [...args, "--format", "html"], { env: credentials(simulator()) });

function useKeys(...names: string[]): void {
  for (const [at, name] of names.entries()) {
    const { hash } = simulator().dashboard.createKey({ name }).key;
    simulator().dashboard.useKey(hash, at + 1, { at: daysAgo(at + 1) });
  }
}

const heightsIn = (html: string) =>
  [...html.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height));

test("draws a column for each day in proportion to its spending, and the groups as a table", async () => {
  useKeys("ci", "web");
  const { out, code } = await usage("--by", "model", "--days", "3");
  expect(code).toBe(0);
  expect(heightsIn(out)).toEqual([0, 100, 50]);
  expect(out).toContain(`<title>${daysAgo(2).toISOString().slice(0, 10)}: $2</title>`);
  expect(out).toContain('<td data-column="Model"><div><code>openai/gpt-4.1</code></div></td>');
  expect(out).toContain('<td data-column="Credits" class="amounts"><div>$3</div></td>');
});

test("draws a bar for each group where the days are not known, the highest first", async () => {
  useKeys("ci", "web");
  const from = daysAgo(3).toISOString().slice(0, 10);
  const { out } = await usage("--by", "key,model", "--from", from);
  expect([...out.matchAll(/<rect width="([\d.]+)"/g)].map(([, width]) => Number(width))).toEqual([100, 50]);
});

test("escapes hostile names, and has no script, link or resource from elsewhere", async () => {
  useKeys("<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "a\u001b[31m & b");
  const { out } = await usage("--by", "key");
  expect(out).not.toMatch(/<script|<img|<a |<link|https?:/);
  expect(out).not.toContain("\u001b");
  expect(out).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(out).toContain("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;");
  expect(out).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test("shows amounts below a cent, an account without usage, and what is missing", async () => {
  expect((await usage()).out).toContain("$0");
  const { hash } = simulator().dashboard.createKey({ name: "ci" }).key;
  simulator().dashboard.useKey(hash, 0.001, { at: daysAgo(1) });
  expect((await usage("--by", "key")).out).toContain("&lt;$0.01");
  simulator().faults.add({ path: "/analytics/query", effect: "status", status: 403, times: Number.POSITIVE_INFINITY });
  const { out, code } = await usage("--from", daysAgo(40).toISOString().slice(0, 10));
  expect(code).toBe(2);
  expect(out).toMatch(/<p class="missing">Missing: .* to .*; today, /);
});

test.each([["--csv"], ["--json"]])("does not accept %s with a format", async (option) => {
  expect((await usage(option)).code).toBe(2);
});
