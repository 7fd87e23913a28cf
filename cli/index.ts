#!/usr/bin/env node
/** The `pulumi-openrouter` command. Each subcommand has its file. */
import { createRequire } from "node:module";
import { Command } from "commander";
import { adoptCommand } from "./adopt";
import { auditCommand } from "./audit";
import { balanceCommand } from "./balance";
import { dashboardCommand } from "./dashboard";
import { readingEnvironmentFiles } from "./environment";
import { keysCommand } from "./keys";
import { modelsCommand } from "./models";
import { removeCommand } from "./remove";
import { reviewCommand } from "./review";
import { simulateCommand } from "./simulate";
import { processTerminal, reporting } from "./terminal";
import { usageCommand } from "./usage";

const terminal = processTerminal();
const program = new Command("pulumi-openrouter")
  .description("Commands around OpenRouter keys and guardrails that Pulumi manages")
  .version(createRequire(__filename)("pulumi-openrouter/package.json").version);

const ofAccount = [balanceCommand, usageCommand, keysCommand, modelsCommand, auditCommand, adoptCommand, removeCommand];
for (const commandOf of ofAccount) {
  program.addCommand(readingEnvironmentFiles(commandOf(terminal), terminal));
}
program.addCommand(reviewCommand(terminal)).addCommand(simulateCommand()).addCommand(dashboardCommand());

void reporting(terminal, 1, async () => {
  await program.parseAsync();
});
