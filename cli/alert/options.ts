/** The options of `alert`, and the same settings from its YAML. */
import { type Command, Option } from "commander";
import { days, number } from "../shared/parameters";
import { UsageError } from "../shared/terminal";
import { CONDITIONS, type Conditions } from "./conditions";
import { type AlertSettings, readAlertConfig } from "./config";
import { FORMATS } from "./message";
import { POSTED_FILE } from "./posted";

/** Commander names options in camelCase. */
type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

export type AlertOptions = { [Name in keyof AlertSettings as CamelCase<Name>]: AlertSettings[Name] } & {
  config?: string;
  dryRun?: boolean;
  json?: boolean;
};

export function withAlertOptions(command: Command): Command {
  return command
    .option("--config <file>", "YAML with the settings below, without --; options override it")
    .option("--balance-below <usd>", CONDITIONS["balance-below"], number)
    .option("--days-left-below <days>", CONDITIONS["days-left-below"], number)
    .option("--spend-today-above <usd>", CONDITIONS["spend-today-above"], number)
    .option("--key-over <percent>", CONDITIONS["key-over"], number)
    .option("--key-expires-within <days>", CONDITIONS["key-expires-within"], days)
    .option("--key-unused-for <days>", CONDITIONS["key-unused-for"], days)
    .option("--stack <name>", "a stack that may drift, exported with `pulumi`; may be repeated", append)
    .option("--state <file>", "the same from a `pulumi stack export`; may be repeated", append)
    .option("--cwd <dir>", "directory of the Pulumi project, for --stack")
    .option("--webhook-variable <name>", "environment variable with the URL to post to")
    .addOption(new Option("--format <format>", "of the post; default: json").choices(FORMATS))
    .option("--title <text>", "begins the post, to tell accounts apart; default: OpenRouter")
    .option("--posted-file <file>", `remembers posted alerts; default: ${POSTED_FILE}`)
    .addOption(new Option("--dry-run", "print the post instead of sending it").conflicts("json"))
    .option("--json", "print the alerts as JSON");
}

function append(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** @throws UsageError without a condition, and for a wrong YAML */
export function settingsFrom(options: AlertOptions): AlertSettings & { conditions: Conditions } {
  const fromFile = options.config === undefined ? {} : readAlertConfig(options.config);
  const given = Object.entries(options).map(([name, value]) => [kebabCase(name), value]);
  const settings: AlertSettings = { ...fromFile, ...Object.fromEntries(given) };
  const names = Object.keys(CONDITIONS) as (keyof Conditions)[];
  const conditions = Object.fromEntries(names.map((name) => [name, settings[name]])) as Conditions;
  if (names.every((name) => conditions[name] === undefined) && !settings.stack && !settings.state) {
    throw new UsageError("nothing to check: pass --config, or conditions such as --balance-below 20; see --help");
  }
  return { ...settings, conditions };
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
