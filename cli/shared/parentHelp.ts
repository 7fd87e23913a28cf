/** Shows the options of a default subcommand in the help of its parent. */
import { type Command, Help } from "commander";

/** Call it last: subcommands that are added later would show the same options. */
export function showOptionsOf(defaultCommand: Command, parent: Command): Command {
  const help = new Help();
  return parent.configureHelp({
    visibleOptions: (command) => [...defaultCommand.options, ...help.visibleOptions(command)],
    visibleArguments: () => help.visibleArguments(defaultCommand),
  });
}
