/** What can follow on a command line, from the tree of commands. */
import type { Command, Option } from "commander";

/** What can follow after the words of a command. */
export interface Completions {
  /** Names of subcommands, separated by spaces: `keys show`. Empty for the program itself. */
  path: string;
  subcommands: { name: string; description: string }[];
  options: { flag: string; description: string; takesValue: boolean; choices: readonly string[] }[];
}

export function completionsOf(command: Command, path: readonly string[] = []): Completions[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const globalOptions = help.showGlobalOptions ? help.visibleGlobalOptions(command) : [];
  const own = {
    path: path.join(" "),
    subcommands: subcommands.map((each) => ({ name: each.name(), description: help.subcommandDescription(each) })),
    options: [...help.visibleOptions(command), ...globalOptions].flatMap(optionOf),
  };
  const existing = subcommands.filter((each) => command.commands.includes(each));
  return [own, ...existing.flatMap((each) => completionsOf(each, [...path, each.name()]))];
}

function optionOf({ long, description, required, optional, argChoices = [] }: Option): Completions["options"] {
  return long ? [{ flag: long, description, takesValue: required || optional, choices: argChoices }] : [];
}
