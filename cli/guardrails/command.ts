/** `pulumi-openrouter guardrails`: what each guardrail allows, and which keys and members have it. */
import type { Command } from "commander";
import { openAccount } from "../shared/account";
import { csvOption, listCsv } from "../shared/csv";
import { CREDENTIALS_HELP } from "../shared/environment";
import { GUARDRAIL_CHOICE } from "../shared/guardrailChoice";
import { reportUnreadable } from "../shared/inventory";
import { showOptionsOf } from "../shared/parentHelp";
import { newCommand, type Terminal } from "../shared/terminal";
import { readGuardrail, readGuardrails } from "./read";
import { guardrailFacts, guardrailTable } from "./report";

export function guardrailsCommand(terminal: Terminal): Command {
  const command = newCommand("guardrails", terminal)
    .summary("show guardrails: budgets, models, assignments")
    .description("Shows the guardrails of the account, in all workspaces.")
    .addHelpText("after", LIST_HELP);
  const list = command
    .command("list", { isDefault: true })
    .description("list all guardrails with budget and number of keys and members (default)")
    .addOption(csvOption())
    .option("--json", "print every setting as JSON, with full ids")
    .addHelpText("after", LIST_HELP)
    .action((options: { csv?: boolean; json?: boolean }) => listGuardrails(terminal, options));
  command
    .command("show")
    .argument("<guardrail>", GUARDRAIL_CHOICE)
    .description("show every setting of one guardrail, and its keys and members")
    .option("--json", "print it as JSON")
    .addHelpText("after", SHOW_HELP)
    .action((wanted: string, { json }: { json?: boolean }) => showGuardrail(terminal, wanted, json));
  return showOptionsOf(list, command);
}

const LIST_HELP = `
BUDGET is in USD for each key and each member; it is not shared. ZDR is zero
data retention: for all models (yes), those of some vendors, or none (no). The
default guardrail of a workspace applies to all of its keys and members.
${CREDENTIALS_HELP}

Exit code: 0, 2 if something could not be read.`;

const SHOW_HELP = `
If several guardrails match, standard error lists them.
${CREDENTIALS_HELP}

Exit code: 0, 2 if no guardrail or several match, or it could not be read.`;

async function listGuardrails(terminal: Terminal, { csv, json }: { csv?: boolean; json?: boolean }): Promise<void> {
  const found = await readGuardrails(openAccount(terminal));
  const { guardrails } = found.data;
  if (json) terminal.json("guardrails", found.data);
  else if (csv) terminal.out(listCsv(CSV_COLUMNS, guardrails));
  else if (guardrails.length === 0) terminal.out("No guardrails.");
  else terminal.out(guardrailTable(guardrails, found.severalWorkspaces, terminal.width));
  reportUnreadable(terminal, found);
}

/** The filters are objects: the JSON has them. */
const CSV_COLUMNS = [
  ...[
    "name",
    "id",
    "description",
    "limitUsd",
    "resetInterval",
    "includeByokInBudgets",
    "assignedKeys",
    "assignedMembers",
  ],
  ...["allowedModels", "ignoredModels", "allowedProviders", "ignoredProviders", "allowedDataRegions"],
  ...["enforceZdrAnthropic", "enforceZdrOpenai", "enforceZdrGoogle", "enforceZdrXai", "enforceZdrOther"],
  ...["isWorkspaceDefault", "workspace.id", "workspace.name", "createdAt"],
];

async function showGuardrail(terminal: Terminal, wanted: string, json = false): Promise<void> {
  const guardrail = await readGuardrail(openAccount(terminal), wanted);
  if (json) terminal.json("guardrails show", guardrail);
  else terminal.out(guardrailFacts(guardrail, terminal.width));
}
