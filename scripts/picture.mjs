// Draws docs/review.svg, the picture in the README: the review of a recorded change of examples/quickstart on a terminal.
// `npm run docs` runs it.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [target = `${root}/docs`] = process.argv.slice(2);

const WIDTH = 96;
const LINE = 19;
const MARGIN = 20;
const GATES = ["--max-increase", "500", "--forbid", "zdr-off"];

const recorded = (/** @type {string} */ name) => `tests/recordings/review/quickstart-${name}.json`;
const command = ["dist/cli/index.js", "review", recorded("change"), "--state", recorded("state"), "--format", "text"];
const { stdout } = spawnSync(process.execPath, [...command, ...GATES], { cwd: root, encoding: "utf8" });
if (!stdout.includes("gates failed")) throw new Error(`no review: ${stdout}`);

// Without the guardrails, which repeat the call-outs.
const [report = ""] = stdout.split("\n\nGuardrails\n");
const prompt = `$ npx pulumi-openrouter review --stack prod --format text ${GATES.join(" ")}`;
const lines = [prompt, "", ...report.split("\n")].flatMap((line) =>
  wrapped(line).map((row) => ({ row, style: styleOf(line) })),
);
const height = 2 * MARGIN + lines.length * LINE;

writeFileSync(
  `${target}/review.svg`,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 ${height}" role="img" aria-label="The review of a budget change">
<style>
svg { --ink: #1f2328; --paper: #f6f8fa; --line: #d1d9e0; --failed: #c21c2c; --alert: #8a5a00; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e6edf3; --paper: #161b22; --line: #3d444d; --failed: #ff7b72; --alert: #e3b341; }
}
rect { fill: var(--paper); stroke: var(--line); }
text { fill: var(--ink); font: 13.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre; }
.bold { font-weight: bold; }
.failed { fill: var(--failed); }
.alert { fill: var(--alert); }
</style>
<rect x="0.5" y="0.5" width="839" height="${height - 1}" rx="8"/>
${lines.map(drawn).filter(Boolean).join("\n")}
</svg>
`,
);

/** Wraps a line, and indents the continuation. @param {string} line */
function wrapped(line) {
  const indent = /^(?: *[-!] | *)/.exec(line)?.[0].length ?? 0;
  const rows = [""];
  for (const word of line.split(/(?<=\S)(?= )/)) {
    const row = rows.at(-1) ?? "";
    if (row.length + word.length <= WIDTH) rows[rows.length - 1] = row + word;
    else rows.push(" ".repeat(indent) + word.trimStart());
  }
  return rows;
}

/** @param {{ row: string; style: string }} line @param {number} index */
function drawn({ row, style }, index) {
  if (row === "") return "";
  const y = MARGIN + (index + 0.75) * LINE;
  return `<text class="${style}" x="${MARGIN}" y="${y}">${escaped(row)}</text>`;
}

/** @param {string} line */
function styleOf(line) {
  if (/^(\$|All|Check|Assignments|Keys$|Guardrails$)/.test(line)) return "bold";
  if (/^Budget review/.test(line)) return "bold failed";
  if (/^- /.test(line)) return "failed";
  return /^! /.test(line) ? "alert" : "plain";
}

/** @param {string} words */
function escaped(words) {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
