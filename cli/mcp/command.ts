/** `pulumi-openrouter mcp`: a server for assistants on standard input and output (Model Context Protocol). */
import type { Command } from "commander";
import { CREDENTIALS_HELP } from "../shared/environment";
import type { StackState } from "../shared/state";
import { newCommand, type Terminal } from "../shared/terminal";
import { loadSdk, type Sdk } from "./sdk";
import { createServer } from "./server";
import { openSession, type SessionOptions } from "./session";
import type { Tool } from "./tool";
import { toolsOf } from "./tools";

export function mcpCommand(terminal: Terminal): Command {
  return newCommand("mcp", terminal)
    .summary("serve the account to an assistant (MCP)")
    .description("Serves the account to an assistant, on standard input and output (Model Context Protocol).")
    .option("--stack <name>", "a stack to compare with, exported with `pulumi`; may be repeated", append)
    .option("--state <file>", "the same, from a `pulumi stack export`; may be repeated", append)
    .option("--cwd <dir>", "directory of the Pulumi project")
    .option("--budgets <file>", "YAML file with budgets in the project; may be repeated", append)
    .option("--allow-preview", "also previews of changes of configuration and budgets")
    .option("--allow-writes", "also changes of objects that no --stack or --state manages")
    .option("--key-dir <dir>", "directory for the files of new keys; requires --allow-writes")
    .addHelpText("after", HELP)
    .action((options: SessionOptions) => mcp(terminal, options));
}

const HELP = `
An assistant's program starts this command; docs/assistants.md shows how. It
requires the package @modelcontextprotocol/server.

It only reads and proposes changes as text, unless --allow-preview or
--allow-writes is given. Writes need a dry run first, and never change what a
stack of --stack or --state manages. New keys go to files in --key-dir only.
${CREDENTIALS_HELP}

Exit code: 0 when the assistant's program closes standard input, 2 if the server
could not start.`;

function append(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function mcp(terminal: Terminal, options: SessionOptions): Promise<void> {
  const sdk = await loadSdk();
  const session = openSession(terminal, options);
  const tools = toolsOf(session);
  // An unreadable state fails now, not at the first write.
  const states = options.allowWrites ? await session.states() : [];
  terminal.err(`Serving ${tools.length} tools to an assistant: ${modeOf(options, states)}.`);
  if (terminal.interactive) terminal.err("Messages are JSON. Ctrl-D ends it; docs/assistants.md shows how to use it.");
  await serve(terminal, sdk, tools);
}

/** For the log of the assistant's program. */
function modeOf({ allowWrites, allowPreview, keyDir }: SessionOptions, states: readonly StackState[]): string {
  if (!allowWrites) return allowPreview ? "read-only, and previews" : "read-only";
  const stacks = states.map(({ stack, source }) => stack ?? source).join(", ");
  return `${allowPreview ? "previews and " : ""}writes are allowed, except of what ${stacks} manages${keyDir === undefined ? "; no new keys without --key-dir" : ""}`;
}

/** Until standard input ends. */
async function serve(terminal: Terminal, sdk: Sdk, tools: readonly Tool[]): Promise<void> {
  const transport = new sdk.StdioServerTransport();
  transport.send = async (message) => terminal.message(message);
  sdk.serveStdio(() => createServer(sdk, tools), { transport, onerror: ({ message }) => terminal.err(message) });
}
