/** `pulumi-openrouter assignments`: which keys and members have which guardrail. */
import type { Command } from "commander";
import { openAccount } from "../shared/account";
import { csvOption, listCsv } from "../shared/csv";
import { formatDay } from "../shared/dates";
import { CREDENTIALS_HELP } from "../shared/environment";
import { guardrailNames } from "../shared/guardrailNames";
import { reportUnreadable } from "../shared/inventory";
import { printable } from "../shared/output";
import { table } from "../shared/table";
import { newCommand, type Terminal } from "../shared/terminal";
import { type AssignmentsData, readAssignments } from "./read";

export function assignmentsCommand(terminal: Terminal): Command {
  return newCommand("assignments", terminal)
    .summary("list which keys and members have which guardrail")
    .description("Lists the keys and members that guardrails are assigned to, in all workspaces.")
    .addOption(csvOption())
    .option("--json", "print everything as JSON, with full hashes and ids")
    .addHelpText("after", HELP)
    .action((options: { csv?: boolean; json?: boolean }) => assignments(terminal, options));
}

const HELP = `
The default guardrail of a workspace applies to all of its keys and members
without an assignment, so it is not listed.
${CREDENTIALS_HELP}

Exit code: 0, 2 if something could not be read.`;

async function assignments(terminal: Terminal, { csv, json }: { csv?: boolean; json?: boolean }): Promise<void> {
  const found = await readAssignments(openAccount(terminal));
  const { data } = found;
  if (json) terminal.json("assignments", data);
  else if (csv) terminal.out(assignmentCsv(data));
  else if (data.keys.length + data.members.length === 0) terminal.out("No assignments.");
  else terminal.out(assignmentTable(data, terminal.width));
  reportUnreadable(terminal, found);
}

/** `id` is the hash of a key. */
function assignmentCsv({ keys, members }: AssignmentsData): string {
  const rows = [
    ...keys.map(({ hash, ...rest }) => ({ kind: "key", id: hash, email: null, ...rest })),
    ...members.map((member) => ({ kind: "member", ...member })),
  ];
  return listCsv(["guardrail.name", "guardrail.id", "kind", "name", "email", "id", "assignedBy", "assignedAt"], rows);
}

function assignmentTable({ keys, members }: AssignmentsData, screenWidth: number | undefined): string {
  const guardrails = [...keys, ...members].map(
    ({ guardrail: { id, name } }): [string, { id: string; name: string }] => [id, { id, name: name ?? id }],
  );
  const nameOf = guardrailNames([...new Map(guardrails).values()]);
  const rows = [
    ...keys.map(({ guardrail, name, hash, assignedAt }) => [
      ...[
        nameOf(guardrail.id),
        "key",
        printable(name ?? "unknown"),
        printable(hash).slice(0, 8),
        formatDay(assignedAt),
      ],
    ]),
    ...members.map(({ guardrail, name, email, id, assignedAt }) => [
      ...[nameOf(guardrail.id), "member", printable(email ?? name ?? "unknown"), printable(id), formatDay(assignedAt)],
    ]),
  ];
  const columns = [
    { title: "GUARDRAIL", minWidth: 9 },
    "KIND",
    { title: "NAME", minWidth: 12 },
    { title: "ID", minWidth: 8 },
    "ASSIGNED",
  ];
  return table(columns, rows, screenWidth);
}
