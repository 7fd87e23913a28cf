#!/usr/bin/env node
/** The `pulumi-openrouter` command. Each subcommand has its file. */
import { createRequire } from "node:module";
import { Command } from "commander";
import { auditCommand } from "./audit";
import { dashboardCommand } from "./dashboard";
import { removeCommand } from "./remove";
import { simulateCommand } from "./simulate";

const program = new Command("pulumi-openrouter")
  .description("Commands around OpenRouter keys and guardrails that Pulumi manages")
  .version(createRequire(__filename)("pulumi-openrouter/package.json").version)
  .addCommand(auditCommand())
  .addCommand(removeCommand())
  .addCommand(simulateCommand())
  .addCommand(dashboardCommand());

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
