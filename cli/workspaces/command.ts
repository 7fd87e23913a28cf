/** `pulumi-openrouter workspaces`: the workspaces of the account. */
import type { Command } from "commander";
import type { Workspace } from "../../provider/api/workspaces";
import { openAccount } from "../shared/account";
import { csvOption, listCsv } from "../shared/csv";
import { formatDay } from "../shared/dates";
import { CREDENTIALS_HELP } from "../shared/environment";
import { printable } from "../shared/output";
import { table } from "../shared/table";
import { newCommand, type Terminal } from "../shared/terminal";
import { readWorkspaces } from "./read";

export function workspacesCommand(terminal: Terminal): Command {
  return newCommand("workspaces", terminal)
    .summary("list the workspaces of the account")
    .description("Lists the workspaces of the account, oldest first.")
    .addOption(csvOption())
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action((options: { csv?: boolean; json?: boolean }) => workspaces(terminal, options));
}

const HELP = `
A management key that is scoped to a workspace may see only that one.
${CREDENTIALS_HELP}

Exit code: 0, 2 if the workspaces could not be read.`;

async function workspaces(terminal: Terminal, { csv, json }: { csv?: boolean; json?: boolean }): Promise<void> {
  const data = await readWorkspaces(openAccount(terminal));
  if (json) terminal.json("workspaces", data);
  else if (csv) terminal.out(listCsv(CSV_COLUMNS, data.workspaces));
  else if (data.workspaces.length === 0) terminal.out("No workspaces.");
  else terminal.out(workspaceTable(data.workspaces, terminal.width));
}

const CSV_COLUMNS = ["id", "name", "slug", "description", "defaultGuardrailId", "createdAt"];

function workspaceTable(all: readonly Workspace[], screenWidth: number | undefined): string {
  const columns = [{ title: "NAME", minWidth: 6 }, { title: "SLUG", minWidth: 6 }, "ID", "CREATED"];
  const rows = all.map(({ name, slug, id, createdAt }) => [
    printable(name ?? "none"),
    printable(slug ?? "none"),
    printable(id),
    formatDay(createdAt),
  ]);
  return table(columns, rows, screenWidth);
}
