/** `pulumi-openrouter members`: the members of the organization or of a workspace. */
import type { Command } from "commander";
import { openAccount } from "../shared/account";
import { csvOption, listCsv } from "../shared/csv";
import { CREDENTIALS_HELP } from "../shared/environment";
import { printable } from "../shared/output";
import { table } from "../shared/table";
import { newCommand, type Terminal } from "../shared/terminal";
import { WORKSPACE_CHOICE } from "../shared/workspaceChoice";
import { type MemberData, readMembers } from "./read";

interface MembersOptions {
  workspace?: string;
  csv?: boolean;
  json?: boolean;
}

export function membersCommand(terminal: Terminal): Command {
  return newCommand("members", terminal)
    .summary("list the members of the organization or of a workspace")
    .description("Lists the members of the organization, with the ids that guardrails and keys use.")
    .option("--workspace <workspace>", `only the members of this workspace: ${WORKSPACE_CHOICE}`)
    .addOption(csvOption())
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action((options: MembersOptions) => members(terminal, options));
}

const HELP = `
All members of the organization also belong to its default workspace. A personal
account has no members.
${CREDENTIALS_HELP}

Exit code: 0, 2 if the members could not be read.`;

async function members(terminal: Terminal, { workspace, csv, json }: MembersOptions): Promise<void> {
  const data = await readMembers(openAccount(terminal), workspace);
  if (json) terminal.json("members", data);
  else if (csv) terminal.out(listCsv(["id", "name", "email", "role"], data.members));
  else if (data.members.length === 0) terminal.out("No members.");
  else terminal.out(memberTable(data.members, terminal.width));
}

function memberTable(members: readonly MemberData[], screenWidth: number | undefined): string {
  const columns = [{ title: "NAME", minWidth: 6 }, { title: "EMAIL", minWidth: 12 }, "ROLE", "ID"];
  const rows = members.map(({ name, email, role, id }) => [
    printable(name ?? "unknown"),
    printable(email ?? "unknown"),
    printable(role ?? "unknown"),
    printable(id),
  ]);
  return table(columns, rows, screenWidth);
}
