/** `pulumi-openrouter workspaces`: the workspaces of the account. */
import type { Command } from "commander";
import { allOf } from "../../provider/api/pages";
import { listWorkspaces, oldestFirst, type Workspace } from "../../provider/api/workspaces";
import { openAccount } from "../shared/account";
import { formatDay } from "../shared/dates";
import { CREDENTIALS_HELP } from "../shared/environment";
import { printable } from "../shared/output";
import { table } from "../shared/table";
import { newCommand, type Terminal } from "../shared/terminal";

export function workspacesCommand(terminal: Terminal): Command {
  return newCommand("workspaces", terminal)
    .summary("list the workspaces of the account")
    .description("Lists the workspaces of the account, oldest first.")
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action(({ json }: { json?: boolean }) => workspaces(terminal, json));
}

const HELP = `
A management key that is scoped to a workspace may see only that one.
${CREDENTIALS_HELP}

Exit code: 0, 2 if the workspaces could not be read.`;

async function workspaces(terminal: Terminal, json = false): Promise<void> {
  const api = openAccount(terminal).start("read", "the list of workspaces");
  const all = oldestFirst(await allOf(listWorkspaces(api)));
  if (json) terminal.json("workspaces", { workspaces: all });
  else if (all.length === 0) terminal.out("No workspaces.");
  else terminal.out(workspaceTable(all, terminal.width));
}

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
