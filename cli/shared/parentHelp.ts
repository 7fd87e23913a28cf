/** The help of a command with a default subcommand shows what that one takes. */
import { type Command, Help } from "commander";

/** To be called once the parent has all its subcommands: those made later would show the same. */
export function showOptionsOf(defaultCommand: Command, parent: Command): Command {
  const help = new Help();
  return parent.configureHelp({
    visibleOptions: (command) => [...defaultCommand.options, ...help.visibleOptions(command)],
    visibleArguments: () => help.visibleArguments(defaultCommand),
  });
}
