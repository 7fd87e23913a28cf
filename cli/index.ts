#!/usr/bin/env node
/** The `pulumi-openrouter` command: runs what the arguments ask for. */
import { clean } from "../provider/text";
import { programFor } from "./program";
import { EXIT, processTerminal, reportErrors } from "./shared/terminal";

const terminal = processTerminal();
// Node would print it with a stack trace, without the gate.
process.once("uncaughtException", (error) => {
  terminal.err(clean(`unexpected error: ${error}`));
  terminal.quit(EXIT.failure);
});

void reportErrors(terminal, () => programFor(terminal).parseAsync());
