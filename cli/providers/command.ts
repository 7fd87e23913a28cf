/** `pulumi-openrouter providers`: the companies that serve models. */
import type { Command } from "commander";
import type { Provider } from "../../provider/api/providers";
import { sourcesOf } from "../shared/catalog";
import { csvOption, listCsv } from "../shared/csv";
import { printable } from "../shared/output";
import { type Column, table, WIDE_SCREEN } from "../shared/table";
import { newCommand, type Terminal } from "../shared/terminal";
import { readProviders } from "./read";

export function providersCommand(terminal: Terminal): Command {
  return newCommand("providers", terminal)
    .summary("list the providers of models")
    .description("Lists the companies that serve models, with the slugs that a guardrail uses.")
    .addOption(csvOption())
    .option("--json", "print everything as JSON, with the addresses of policies")
    .addHelpText("after", HELP)
    .action((options: { csv?: boolean; json?: boolean }) => providers(terminal, options));
}

const HELP = `
HQ and DATACENTERS are countries by ISO 3166-1. Screens of 100 columns or more
also show the address of the privacy policy.

The management key is sent only if the server requires one. OPENROUTER_BASE_URL,
in the environment, --env-file, .env.local or .env, overrides OpenRouter's
address.

Exit code: 0, 2 if the providers could not be read.`;

async function providers(terminal: Terminal, { csv, json }: { csv?: boolean; json?: boolean }): Promise<void> {
  const data = await readProviders(sourcesOf(terminal));
  if (json) terminal.json("providers", data);
  else if (csv) terminal.out(listCsv(CSV_COLUMNS, data.providers));
  else if (data.providers.length === 0) terminal.out("No providers.");
  else terminal.out(providerTable(data.providers, terminal.width));
}

const CSV_COLUMNS = ["slug", "name", "headquarters", "datacenters", "privacyPolicyUrl"];

function providerTable(all: readonly Provider[], screenWidth = Number.POSITIVE_INFINITY): string {
  const isWide = screenWidth >= WIDE_SCREEN;
  const columns: Column[] = [
    { title: "NAME", minWidth: 12 },
    { title: "SLUG", minWidth: 12 },
    "HQ",
    { title: "DATACENTERS", minWidth: 11 },
    ...(isWide ? [{ title: "PRIVACY POLICY", minWidth: 14 }] : []),
  ];
  const rows = all.map(({ name, slug, headquarters, datacenters, privacyPolicyUrl }) => [
    printable(name),
    printable(slug),
    printable(headquarters ?? "unknown"),
    datacenters === null ? "unknown" : printable(datacenters.join(", ")),
    ...(isWide ? [printable(privacyPolicyUrl ?? "unknown")] : []),
  ]);
  return table(columns, rows, screenWidth);
}
