/** The forms of a report as a person gets them: Markdown, a page in a real browser, a terminal. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reviewCommand } from "../../cli/review/command";
import { key, type Program, previewOf, stateOf } from "./support/previews";
import { file } from "./support/states";
import { run } from "./support/terminal";

const recorded = (name: string) => join(__dirname, `../recordings/review/${name}.json`);
const NOW = Date.parse("2026-11-21T00:00:00Z");

async function review(format: string, args: readonly string[]): Promise<string> {
  return (await run((terminal) => reviewCommand(terminal, () => NOW), [...args, "--format", format])).out;
}

function reviewOf(format: string, before: Program, after: Program): Promise<string> {
  return review(format, [file(previewOf(before, after)), "--state", file(stateOf(before))]);
}

const shop = [recorded("shop-change"), "--state", recorded("shop-state")];
const month = { limit: 5, limitReset: "monthly" };

describe("Markdown", () => {
  test.each([
    ["a mention and a link", "@octocat https://x.example #12 **b**", "`@octocat https://x.example #12 **b**`"],
    ["HTML", "<script>alert(1)</script>", "`<script>alert(1)</script>`"],
    ["backticks", "a`b``c", "```a`b``c```"],
    ["backticks at its ends", "`a`", "`` `a` ``"],
    ["a line break", "a\nb", "`a b`"],
  ])("a name with %s stays a name", async (_what, name, code) => {
    const line = (await reviewOf("markdown", {}, { a: key({ ...month, name }) })).match(/^- Key .*no expiry.*$/m)?.[0];
    expect(line).toBe(`- Key \`a\` (${code}): no expiry.`);
  });

  test("a name with pipes stays in its cell", async () => {
    const out = await reviewOf("markdown", {}, { a: key({ ...month, name: "x | y" }) });
    expect(out).toContain("| `a` (`x \\| y`) | new<br>limit: $5 a month | $0 | $5 a month | +$5 a month |");
  });

  test("each row of a table has as many cells as its head", async () => {
    const rows = (await review("markdown", shop)).split("\n").filter((line) => line.startsWith("|"));
    const widths = rows.map((row) => row.replaceAll("\\|", "").split("|").length);
    const tables = [...new Set(widths)].sort();
    expect(rows.length).toBeGreaterThan(15);
    expect(tables).toEqual([7]);
  });
});

describe("text", () => {
  test("its rows fit 80 columns, and what changes is not cut", async () => {
    const models = Array.from({ length: 20 }, (_, at) => `vendor/model-${at}`);
    const out = await reviewOf(
      "text",
      {},
      { a: key(month), g: { kind: "Guardrail", inputs: { allowedModels: models } } },
    );
    expect(out).toContain("vendor/model-19");
    const lines = (await review("text", shop)).split("\n").filter((line) => /^ {2}\S.*\$/.test(line));
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("no name steers the terminal", async () => {
    const out = await reviewOf("text", {}, { a: key({ ...month, name: "\u001b[31mred\u202e" }) });
    for (const text of ["\u001b", "\u202e"]) expect(out).not.toContain(text);
  });
});

describe("HTML", () => {
  const evil = `</code><script>document.title="no"</script><img src=x onerror="document.title='no'">&amp;'"`;
  const change = () => reviewOf("html", {}, { [`n${evil}`]: key({ ...month, name: evil }), b: key({ limit: 20 }) });

  test("names are escaped, and the page needs nothing from anywhere", async () => {
    const page = await change();
    expect(page).not.toMatch(/<script|<img|<link|https?:/);
    expect(page).toContain("&lt;script&gt;document.title=&quot;no&quot;&lt;/script&gt;");
  });

  test("has a bar for each key of the stack, as long as its exposure, the highest first", async () => {
    const before = { calm: key({ limit: 10 }), a: key({ limit: 20 }) };
    const page = await reviewOf("html", before, { ...before, a: key({ limit: 40 }) });
    const names = [...page.matchAll(/<div class="name"><code>(.*?)</g)].map(([, name]) => name);
    const widths = [...page.matchAll(/style="width:(.*?)%"/g)].map(([, width]) => Number(width));
    expect({ names, widths }).toEqual({ names: ["a", "calm"], widths: [50, 100, 25, 25] });
  });
});

const browsers = ["chromium", "chromium-browser", "google-chrome"];
const browser = browsers.find((name) => spawnSync(name, ["--version"]).status === 0);
const inBrowser = browser ? test : test.skip;

/** A picture of the page, and what of it a browser finds. */
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
  inBrowser.each([390, 1280])("the page is drawn at %d places, and no name runs as code", async (width) => {
    const page = await reviewOf(
      "html",
      {},
      { a: key({ ...month, name: `<img src=x onerror="document.title='no'">` }) },
    );
    const { picture, dom } = show(page, width);
    expect(picture.subarray(1, 4).toString()).toBe("PNG");
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([width, 1200]);
    // A page without anything on it is a tenth of that.
    expect(picture.length).toBeGreaterThan(20_000);
    expect(dom).toContain("<title>Budget review of budgets/prod</title>");
  });

  inBrowser("nothing is wider than a phone", async () => {
    const wide = "w".repeat(150);
    const page = await reviewOf("html", {}, { [wide]: key({ ...month, name: "x y".repeat(40) }) });
    // The page itself allows no script: this one stands in for a person who scrolls to the side.
    const probe = "<script>document.title = String(document.documentElement.scrollWidth <= innerWidth)</script></html>";
    const open = page.replace(/<meta http-equiv[^>]*>/, "").replace("</html>", probe);
    expect(show(open, 390).dom).toContain("<title>true</title>");
  });
});

test("docs/review.md shows the beginning of the review of the recorded change", async () => {
  const page = readFileSync(join(__dirname, "../../docs/review.md"), "utf8");
  const gates = ["--max-increase", "100", "--forbid", "unlimited,zdr-off"];
  const out = await review("markdown", [recorded("budgets-change"), "--state", recorded("budgets-state"), ...gates]);
  const [report = ""] = out.split("\n\n### Guardrails");
  const quoted = report
    .replace("## ", "#### ")
    .replaceAll("\n### ", "\n##### ")
    .replace(/^/gm, "> ")
    .replace(/^> $/gm, ">");
  expect(page).toContain(quoted);
});
