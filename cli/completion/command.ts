/** `pulumi-openrouter completion`: the script that lets a shell complete commands and options. */
import { Argument, type Command } from "commander";
import { newCommand, type Terminal } from "../shared/terminal";
import { completionScript, SHELLS, type Shell } from "./scripts";
import { completionsOf } from "./words";

export function completionCommand(terminal: Terminal): Command {
  return newCommand("completion", terminal)
    .summary("print the script that completes commands in a shell")
    .description("Prints the script that completes commands and options in a shell. Makes no calls.")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText("after", HELP)
    .action((shell: Shell, _options: object, command: Command) => {
      terminal.out(completionScript(shell, completionsOf(command.parent ?? command)));
    });
}

const HELP = `
Add the line of your shell to its configuration:
  bash  source <(npx pulumi-openrouter completion bash)
  zsh   source <(npx pulumi-openrouter completion zsh)
  fish  npx pulumi-openrouter completion fish | source

It completes the word pulumi-openrouter. Where the command is not on the PATH,
add: alias pulumi-openrouter="npx pulumi-openrouter"

Exit code: 0, 2 for an unknown shell.`;
