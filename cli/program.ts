/** The tree of commands. Each has its folder. */
import type { Command } from "commander";
import { dashboardCommand } from "../testing/commands/dashboard";
import { simulateCommand } from "../testing/commands/simulator";
import { adoptCommand } from "./adopt/command";
import { alertCommand } from "./alert/command";
import { assignmentsCommand } from "./assignments/command";
import { auditCommand } from "./audit/command";
import { balanceCommand } from "./balance/command";
import { budgetCommand } from "./budget/command";
import { completionCommand } from "./completion/command";
import { generationCommand } from "./generation/command";
import { guardrailsCommand } from "./guardrails/command";
import { keysCommand } from "./keys/command";
import { mcpCommand } from "./mcp/command";
import { membersCommand } from "./members/command";
import { metricsCommand } from "./metrics/command";
import { modelsCommand } from "./models/command";
import { overviewCommand } from "./overview/command";
import { presetsCommand } from "./presets/command";
import { providersCommand } from "./providers/command";
import { removeCommand } from "./remove/command";
import { reviewCommand } from "./review/command";
import { VERSION } from "./shared/envelope";
import { withEnvFileOption } from "./shared/environment";
import { newCommand, type Terminal } from "./shared/terminal";
import { usageCommand } from "./usage/command";
import { whoamiCommand } from "./whoami/command";
import { workspacesCommand } from "./workspaces/command";

/** Commands that use the account. */
const ofAccount = [
  overviewCommand,
  balanceCommand,
  whoamiCommand,
  usageCommand,
  keysCommand,
  guardrailsCommand,
  assignmentsCommand,
  budgetCommand,
  modelsCommand,
  providersCommand,
  presetsCommand,
  workspacesCommand,
  membersCommand,
  generationCommand,
  alertCommand,
  metricsCommand,
  auditCommand,
  adoptCommand,
  removeCommand,
  mcpCommand,
];
const withoutAccount = [reviewCommand, simulateCommand, dashboardCommand, completionCommand];

export function programFor(terminal: Terminal): Command {
  const program = newCommand("pulumi-openrouter", terminal)
    .description("Inspects, reviews and cleans up the OpenRouter keys and guardrails of a Pulumi program.")
    .version(VERSION);
  for (const commandOf of ofAccount) program.addCommand(withEnvFileOption(commandOf(terminal), terminal));
  for (const commandOf of withoutAccount) program.addCommand(commandOf(terminal));
  return program;
}
