#!/usr/bin/env node
/** The `pulumi-openrouter` command. Each subcommand has its folder. */
import { clean } from "../provider/text";
import { dashboardCommand } from "../testing/commands/dashboard";
import { simulateCommand } from "../testing/commands/simulator";
import { adoptCommand } from "./adopt/command";
import { alertCommand } from "./alert/command";
import { auditCommand } from "./audit/command";
import { balanceCommand } from "./balance/command";
import { generationCommand } from "./generation/command";
import { keysCommand } from "./keys/command";
import { membersCommand } from "./members/command";
import { modelsCommand } from "./models/command";
import { overviewCommand } from "./overview/command";
import { removeCommand } from "./remove/command";
import { reviewCommand } from "./review/command";
import { VERSION } from "./shared/envelope";
import { withEnvFileOption } from "./shared/environment";
import { EXIT, newCommand, processTerminal, reportErrors } from "./shared/terminal";
import { usageCommand } from "./usage/command";
import { whoamiCommand } from "./whoami/command";
import { workspacesCommand } from "./workspaces/command";

const terminal = processTerminal();
// Node would print it with a stack trace, without the gate.
process.once("uncaughtException", (error) => {
  terminal.err(clean(`unexpected error: ${error}`));
  terminal.quit(EXIT.failure);
});

const program = newCommand("pulumi-openrouter", terminal)
  .description("Inspects, reviews and cleans up the OpenRouter keys and guardrails of a Pulumi program.")
  .version(VERSION);

const ofAccount = [
  overviewCommand,
  balanceCommand,
  whoamiCommand,
  usageCommand,
  keysCommand,
  modelsCommand,
  workspacesCommand,
  membersCommand,
  generationCommand,
  alertCommand,
  auditCommand,
  adoptCommand,
  removeCommand,
];
for (const commandOf of ofAccount) {
  program.addCommand(withEnvFileOption(commandOf(terminal), terminal));
}
for (const commandOf of [reviewCommand, simulateCommand, dashboardCommand]) program.addCommand(commandOf(terminal));

void reportErrors(terminal, () => program.parseAsync());
