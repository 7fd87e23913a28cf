#!/usr/bin/env node
/** The `pulumi-openrouter` command. Each subcommand has its file. */
import { Command } from "commander";
import { clean } from "../provider/text";
import { adoptCommand } from "./adopt";
import { auditCommand } from "./audit";
import { balanceCommand } from "./balance";
import { dashboardCommand } from "./dashboard";
import { VERSION } from "./envelope";
import { readingEnvironmentFiles } from "./environment";
import { keysCommand } from "./keys";
import { modelsCommand } from "./models";
import { removeCommand } from "./remove";
import { reviewCommand } from "./review";
import { simulateCommand } from "./simulate";
import { EXIT, processTerminal, reporting, usageExits } from "./terminal";
import { usageCommand } from "./usage";

const terminal = processTerminal();
// Node would print it past the gate, with a stack.
process.once("uncaughtException", (error) => {
  terminal.err(clean(`unexpected error: ${error}`));
  terminal.quit(EXIT.failure);
});

const program = usageExits(new Command("pulumi-openrouter"), terminal)
  .description("Commands around OpenRouter keys and guardrails that Pulumi manages")
  .version(VERSION);

const ofAccount = [balanceCommand, usageCommand, keysCommand, modelsCommand, auditCommand, adoptCommand, removeCommand];
for (const commandOf of ofAccount) {
  program.addCommand(readingEnvironmentFiles(commandOf(terminal), terminal));
}
for (const commandOf of [reviewCommand, simulateCommand, dashboardCommand]) program.addCommand(commandOf(terminal));

void reporting(terminal, async () => {
  await program.parseAsync();
});
