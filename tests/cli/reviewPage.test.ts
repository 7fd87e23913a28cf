/** The report as Markdown, on a terminal, and as a page in a real browser. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assigned, guardrail, key } from "./support/previews";
import { BUDGETS, expiring, monthly, report, review, runReview, SHOP } from "./support/reviews";

async function draw(format: string, ...change: Parameters<typeof report>): Promise<string> {
  return (await review(...change, "--format", format)).out;
}

describe("the headline", () => {
  test("names a key that becomes unlimited, and sums the other keys", async () => {
    const before = { batch: expiring(monthly(200)), a: expiring(monthly(10)), b: expiring(monthly(20)) };
    const after = { batch: expiring({}), a: expiring(monthly(30)), b: expiring(monthly(20)) };
    expect((await review(before, after)).out).toContain(
      "**1 key becomes unlimited (`batch`). The other 2 keys: at most $30 → $50 a month (+$20).**",
    );
    expect((await report(before, after)).totals).toMatchObject({
      month: { keys: 2, before: 30, after: 50, difference: 20 },
      becomeUnlimited: ["batch"],
    });
  });

  test("sums one-time limits separately from recurring ones", async () => {
    const before = { once: expiring({ limit: 100 }), a: expiring(monthly(10)) };
    const { out } = await review(before, { once: expiring({ limit: 150 }), a: expiring(monthly(30)) });
    expect(out).toContain("1 key with a recurring limit: at most $10 → $30 a month (+$20).");
    expect(out).toContain("1 key with a one-time limit: at most $100 → $150 once (+$50).");
  });

  test("shows no decrease when a one-time limit becomes recurring, and the gate counts it in full", async () => {
    const [before, after] = [{ a: expiring({ limit: 300 }) }, { a: expiring(monthly(250)) }];
    const { out, code } = await review(before, after, "--max-increase", "249.99");
    expect(out).not.toMatch(/-\$/);
    expect(out).toContain("1 limit becomes recurring (`a`: $300 once → $250 a month).");
    expect(code).toBe(1);
    expect((await review(before, after, "--max-increase", "250")).code).toBe(0);
  });

  test("counts a weekly limit six times a month", async () => {
    const { out } = await review({}, { a: expiring({ limit: 10, limitReset: "weekly" }) });
    expect(out).toContain("at most $0 → $60 a month (+$60)");
  });

  test("is followed by the number of changes in one line", async () => {
    const before = { gone: expiring(monthly(1)), a: expiring(monthly(10)), b: expiring(monthly(20)), g: guardrail() };
    const after = {
      added: expiring(monthly(1)),
      a: expiring(monthly(11)),
      b: expiring(monthly(21)),
      g: guardrail({ limitUsd: 1, resetInterval: "daily" }),
    };
    expect((await review(before, after)).out).toContain("Keys: 1 new, 2 changed, 1 deleted. Guardrails: 1 changed.");
  });
});

describe("a table", () => {
  test("has the largest changes first", async () => {
    const before = {
      a: expiring(monthly(1)),
      b: expiring(monthly(1)),
      c: expiring(monthly(900)),
      d: expiring({ limit: 5 }),
    };
    const after = { a: expiring(monthly(2)), b: expiring(monthly(500)), c: expiring(monthly(800)), d: expiring({}) };
    const { keys } = await report(before, after);
    expect(keys.map(({ key }) => key)).toEqual(["d", "b", "c", "a"]);
  });

  test("names the guardrail that caps a key", async () => {
    const services = guardrail({ limitUsd: 20, resetInterval: "daily" });
    const under = (limit: number) => ({ services, a: expiring(monthly(limit)), link: assigned("services", "a") });
    const { out } = await review(under(700), under(900));
    expect(out).toContain("capped at $620 a month by guardrail `services` ($20 a day)");
  });

  test("shows a guardrail without a budget as `no budget`, not as unlimited", async () => {
    const before = { services: guardrail({ limitUsd: 20, resetInterval: "daily" }) };
    const { out } = await review(before, { services: guardrail() });
    expect(out).toContain("| $620 a month | no budget |");
    expect(out).not.toContain("unlimited");
  });
});

describe("a long report", () => {
  const many = (count: number, limit: (at: number) => number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`key-${at}`, expiring(monthly(limit(at)))]));
  const created25 = many(25, () => 1);

  test("collapses all rows after the first 20", async () => {
    expect(await draw("markdown", {}, created25)).toContain("<details><summary>5 more keys</summary>");
    expect(await draw("html", {}, created25)).toContain("<details><summary>5 more keys</summary>");
  });

  test("shows the first 20 rows on a terminal", async () => {
    const out = await draw("text", {}, created25);
    expect(out).toContain("  5 more keys; --format json shows all");
    expect(out.match(/^ {2}key-\d+: /gm)).toHaveLength(20);
  });

  test.each([
    [450, "keys may spend $101,475 more a month"],
    [5000, "keys may spend $12,502,500 more a month"],
  ])("with %d keys takes at most 60,000 bytes and keeps the verdict", async (count, reason) => {
    const [before, after] = [many(count, () => 1), many(count, (at) => at + 2)];
    for (const format of ["markdown", "text"]) {
      const { out } = await review(before, after, "--max-increase", "1", "--format", format);
      expect(Buffer.byteLength(out)).toBeLessThanOrEqual(60_000);
      expect(out.split("\n")[0]).toContain("1 gate failed");
      expect(out).toContain(reason);
    }
  });

  test("keeps the verdict when names are very long", async () => {
    const name = (at: number) => `${at}${"ö".repeat(30_000)}`;
    const before = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [name(at), expiring(monthly(1))]));
    for (const format of ["markdown", "text"]) {
      const { out } = await review(before, {}, "--forbid", "delete", "--format", format);
      expect(Buffer.byteLength(out)).toBeLessThanOrEqual(60_000);
      expect(out.split("\n")[0]).toContain("1 gate failed");
    }
  });
});

describe("Markdown", () => {
  test.each([
    ["a mention and a link", "@octocat https://x.example #12 **b**", "`@octocat https://x.example #12 **b**`"],
    ["HTML", "<script>alert(1)</script>", "`<script>alert(1)</script>`"],
    ["backticks", "a`b``c", "```a`b``c```"],
    ["backticks at its ends", "`a`", "`` `a` ``"],
    ["a line break", "a\nb", "`a b`"],
  ])("shows a name with %s as code", async (_what, name, code) => {
    const line = (await draw("markdown", {}, { a: key({ ...monthly(5), name }) })).match(/^- Key .*no expiry.*$/m)?.[0];
    expect(line).toBe(`- Key \`a\` (${code}): no expiry date.`);
  });

  test("escapes pipes in a table", async () => {
    const out = await draw("markdown", {}, { a: key({ ...monthly(5), name: "x | y" }) });
    expect(out).toContain("| `a` (`x \\| y`) | new<br>limit: $5 a month | $0 | $5 a month | +$5 a month |");
  });

  test("has as many cells in each row of a table as in its head", async () => {
    const rows = (await runReview(SHOP)).out.split("\n").filter((line) => line.startsWith("|"));
    const widths = rows.map((row) => row.replaceAll("\\|", "").split("|").length);
    const tables = [...new Set(widths)].sort();
    expect(rows.length).toBeGreaterThan(15);
    expect(tables).toEqual([7]);
  });
});

describe("text", () => {
  test("has rows of at most 80 columns, and all items of a list", async () => {
    const models = Array.from({ length: 20 }, (_, at) => `vendor/model-${at}`);
    const out = await draw(
      "text",
      {},
      { a: key(monthly(5)), g: { kind: "Guardrail", inputs: { allowedModels: models } } },
    );
    expect(out).toContain("vendor/model-19");
    const lines = (await runReview([...SHOP, "--format", "text"])).out
      .split("\n")
      .filter((line) => /^ {2}\S.*\$/.test(line));
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("removes control characters from names", async () => {
    const out = await draw("text", {}, { a: key({ ...monthly(5), name: "\u001b[31mred\u202e" }) });
    for (const text of ["\u001b", "\u202e"]) expect(out).not.toContain(text);
  });
});

describe("HTML", () => {
  const evil = `</code><script>document.title="no"</script><img src=x onerror="document.title='no'">&amp;'"`;
  const change = () => draw("html", {}, { [`n${evil}`]: key({ ...monthly(5), name: evil }), b: key({ limit: 20 }) });

  test("escapes names, and loads nothing", async () => {
    const page = await change();
    expect(page).not.toMatch(/<script|<img|<link|https?:/);
    expect(page).toContain("&lt;script&gt;document.title=&quot;no&quot;&lt;/script&gt;");
  });

  test("has a bar for each key of the stack, in proportion to its figure, the highest first", async () => {
    const before = { calm: key({ limit: 10 }), a: key({ limit: 20 }) };
    const page = await draw("html", before, { ...before, a: key({ limit: 40 }) });
    const names = [...page.matchAll(/<div class="name"><code>(.*?)</g)].map(([, name]) => name);
    const widths = [...page.matchAll(/style="width:(.*?)%"/g)].map(([, width]) => Number(width));
    expect({ names, widths }).toEqual({ names: ["a", "calm"], widths: [50, 100, 25, 25] });
  });
});

const browsers = ["chromium", "chromium-browser", "google-chrome"];
const browser = browsers.find((name) => spawnSync(name, ["--version"]).status === 0);
const inBrowser = browser ? test : test.skip;

/** A screenshot of the page, and its DOM. */
function show(html: string, width: number) {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-page-"));
  const [page, picture] = [join(folder, "page.html"), join(folder, "page.png")];
  writeFileSync(page, html);
  const common = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    `--user-data-dir=${folder}`,
    `--window-size=${width},1200`,
  ];
  const browse = (...args: string[]) =>
    spawnSync(browser as string, [...common, ...args, `file://${page}`], { encoding: "utf8" });
  browse(`--screenshot=${picture}`);
  const shown = { picture: readFileSync(picture), dom: browse("--dump-dom").stdout };
  rmSync(folder, { recursive: true, force: true });
  return shown;
}

describe(`in ${browser ?? "Chromium, of which there is none on the PATH"}`, () => {
  inBrowser.each([390, 1280])("draws the page %d pixels wide, and runs no name as code", async (width) => {
    const page = await draw(
      "html",
      {},
      { a: key({ ...monthly(5), name: `<img src=x onerror="document.title='no'">` }) },
    );
    const { picture, dom } = show(page, width);
    expect(picture.subarray(1, 4).toString()).toBe("PNG");
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([width, 1200]);
    // An empty page has a tenth of that.
    expect(picture.length).toBeGreaterThan(20_000);
    expect(dom).toContain("<title>Budget review of budgets/prod</title>");
  });

  inBrowser("fits a phone when names are long", async () => {
    const wide = "w".repeat(150);
    const page = await draw("html", {}, { [wide]: key({ ...monthly(5), name: "x y".repeat(40) }) });
    // The page allows no script, so the policy is removed for this one.
    const probe = "<script>document.title = String(document.documentElement.scrollWidth <= innerWidth)</script></html>";
    const open = page.replace(/<meta http-equiv[^>]*>/, "").replace("</html>", probe);
    expect(show(open, 390).dom).toContain("<title>true</title>");
  });
});

test("is quoted in docs/review.md", async () => {
  const page = readFileSync(join(__dirname, "../../docs/review.md"), "utf8");
  const gates = ["--max-increase", "100", "--forbid", "unlimited,zdr-off"];
  const { out } = await runReview([...BUDGETS, ...gates]);
  const [report = ""] = out.split("\n\n### Guardrails");
  const quoted = report
    .replace("## ", "#### ")
    .replaceAll("\n### ", "\n##### ")
    .replace(/^/gm, "> ")
    .replace(/^> $/gm, ">");
  expect(page).toContain(quoted);
});
