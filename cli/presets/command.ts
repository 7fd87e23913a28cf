/** `pulumi-openrouter presets`: saved parameters of requests. */
import type { Command } from "commander";
import type { Preset, PresetInFull } from "../../provider/api/presets";
import { openAccount } from "../shared/account";
import { csvOption, listCsv } from "../shared/csv";
import { formatDay } from "../shared/dates";
import { CREDENTIALS_HELP } from "../shared/environment";
import { printable } from "../shared/output";
import { showOptionsOf } from "../shared/parentHelp";
import { factLines, table } from "../shared/table";
import { newCommand, type Terminal } from "../shared/terminal";
import { readPreset, readPresets } from "./read";

export function presetsCommand(terminal: Terminal): Command {
  const command = newCommand("presets", terminal)
    .summary("show presets: saved parameters of requests")
    .description("Shows the presets of the account: parameters and a system prompt that requests use by their slug.")
    .addHelpText("after", HELP);
  const list = command
    .command("list", { isDefault: true })
    .description("list all presets, those that were updated last first (default)")
    .addOption(csvOption())
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action((options: { csv?: boolean; json?: boolean }) => listPresets(terminal, options));
  command
    .command("show")
    .argument("<slug>", "slug of the preset, such as support")
    .description("show the parameters and the system prompt of one preset")
    .option("--json", "print it as JSON")
    .addHelpText("after", HELP)
    .action((slug: string, { json }: { json?: boolean }) => showPreset(terminal, slug, json));
  return showOptionsOf(list, command);
}

const HELP = `${CREDENTIALS_HELP}

Exit code: 0, 2 if there is no such preset, or it could not be read.`;

async function listPresets(terminal: Terminal, { csv, json }: { csv?: boolean; json?: boolean }): Promise<void> {
  const data = await readPresets(openAccount(terminal));
  if (json) terminal.json("presets", data);
  else if (csv) terminal.out(listCsv(CSV_COLUMNS, data.presets));
  else if (data.presets.length === 0) terminal.out("No presets.");
  else terminal.out(presetTable(data.presets, terminal.width));
}

async function showPreset(terminal: Terminal, slug: string, json = false): Promise<void> {
  const preset = await readPreset(openAccount(terminal), slug);
  if (json) terminal.json("presets show", preset);
  else terminal.out(presetFacts(preset));
}

const CSV_COLUMNS = [
  "id",
  "slug",
  "name",
  "description",
  "status",
  "creatorUserId",
  "workspaceId",
  "createdAt",
  "updatedAt",
];

function presetTable(presets: readonly Preset[], screenWidth: number | undefined): string {
  const columns = [{ title: "SLUG", minWidth: 12 }, { title: "NAME", minWidth: 12 }, "STATUS", "UPDATED"];
  const rows = presets.map(({ slug, name, status, updatedAt }) => [
    printable(slug),
    printable(name ?? "none"),
    printable(status ?? "unknown"),
    formatDay(updatedAt),
  ]);
  return table(columns, rows, screenWidth);
}

function presetFacts(preset: PresetInFull): string {
  const { slug, name, description, status, workspaceId, createdAt, updatedAt, designatedVersion: version } = preset;
  const parameters = Object.entries(version?.config ?? {});
  const facts = factLines([
    ["preset", printable(slug)],
    ["name", printable(name ?? "none")],
    ["description", printable(description ?? "none")],
    ["status", printable(status ?? "unknown")],
    ["workspace", printable(workspaceId ?? "none")],
    ["created", printable(createdAt ?? "unknown")],
    ["updated", printable(updatedAt ?? "unknown")],
    ["version", version === null ? "none" : String(version.version ?? "unknown")],
    ["prompt", printable(version?.systemPrompt ?? "none")],
  ]);
  if (parameters.length === 0) return `${facts}\n\nNo parameters.`;
  const values = parameters.map(([parameter, value]): [string, string] => [
    printable(parameter),
    printable(typeof value === "string" ? value : JSON.stringify(value)),
  ]);
  return `${facts}\n\n${table(["PARAMETER", "VALUE"], values)}`;
}
