/** docs/assistants.md names every tool, and no other. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openSession } from "../../cli/mcp/session";
import { toolsOf } from "../../cli/mcp/tools";
import { file, stackExport } from "../cli/support/states";
import { placeFor } from "../cli/support/terminal";

test("lists the tools of all modes", () => {
  const page = readFileSync(resolve(__dirname, "../../docs/assistants.md"), "utf8");
  const [, table = ""] = page.split("## Tools");
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const cwd = mkdtempSync(join(tmpdir(), "pulumi-openrouter-tools-"));
  const all = { cwd, stack: ["prod"], state: [file(stackExport([]))], allowPreview: true, allowWrites: true };
  const tools = toolsOf(openSession(placeFor().terminal, all)).map(({ name }) => name);
  expect(named.sort()).toEqual(tools.sort());
});
