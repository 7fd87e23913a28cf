/** `pulumi-openrouter models`: OpenRouter's catalog, to choose the models of a guardrail. */
import { type Command, Option } from "commander";
import { clean } from "../../provider/text";
import { sourcesOf } from "../shared/catalog";
import { csvOption, listCsv } from "../shared/csv";
import { appendWords, number, wholeNumber } from "../shared/parameters";
import { showOptionsOf } from "../shared/parentHelp";
import { EXIT, newCommand, type Terminal } from "../shared/terminal";
import { ENDPOINT_SORTS, type EndpointChoice, readEndpoints, readMatchingZdrEndpoints } from "./endpoints";
import { type ModelChoice, readModel, readModelList } from "./read";
import { allowlist, endpointTable, modelFacts, modelTable, zdrTable } from "./report";
import { perMillion, SORTS, UNITS } from "./sort";

interface ListOptions extends ModelChoice {
  csv?: boolean;
  asAllowlist?: boolean;
  json?: boolean;
}

interface EndpointOptions extends EndpointChoice {
  csv?: boolean;
  json?: boolean;
}

export function modelsCommand(terminal: Terminal): Command {
  const command = newCommand("models", terminal)
    .summary("list models, for the allowlist of a guardrail")
    .description("Shows OpenRouter's catalog of models, to choose the models of a guardrail.")
    .addHelpText("after", LIST_HELP);
  const list = listCommand(command, "list", { isDefault: true })
    .addOption(new Option("--sort <order>", "cheapest, largest or fastest first").choices(SORTS))
    .description("list the models that match all filters (default)")
    .action((text: string | undefined, options: ListOptions) =>
      listModels(terminal, { ...options, ...(text !== undefined && { text }) }),
    );
  listCommand(command, "cheap")
    .description("list the ten models with the lowest prices that match all filters")
    .action((text: string | undefined, options: ListOptions) =>
      listModels(terminal, { limit: 10, ...options, sort: "price", ...(text !== undefined && { text }) }),
    );
  command
    .command("show")
    .argument("<model>", MODEL_CHOICE)
    .description("show one model")
    .option("--json", "print it as JSON")
    .addHelpText("after", SHOW_HELP)
    .action((name: string, { json }: { json?: boolean }) => showModel(terminal, name, json));
  command
    .command("endpoints")
    .argument("<model>", MODEL_CHOICE)
    .description("list the providers of a model, with prices, uptime and zero data retention (ZDR)")
    .addOption(new Option("--sort <order>", "the best first").choices(ENDPOINT_SORTS))
    .option("--limit <number>", "at most so many endpoints", wholeNumber(1, 1e6))
    .option("--all", "degraded endpoints too")
    .option("--zdr", "only endpoints with zero data retention")
    .option("--speed", "with throughput and latency; sends the management key")
    .addOption(csvOption())
    .option("--json", "print everything as JSON")
    .addHelpText("after", ENDPOINTS_HELP)
    .action((name: string, options: EndpointOptions) => listEndpoints(terminal, name, options));
  command
    .command("zdr")
    .argument("[text]", "part of the model, the provider or the tag")
    .description("list the endpoints of all models with zero data retention")
    .addOption(csvOption())
    .option("--json", "print everything as JSON")
    .addHelpText("after", ZDR_HELP)
    .action((text: string | undefined, options: { csv?: boolean; json?: boolean }) => listZdr(terminal, text, options));
  return showOptionsOf(list, command);
}

/** A command that lists models. */
function listCommand(parent: Command, name: string, options?: { isDefault: boolean }): Command {
  return parent
    .command(name, options)
    .argument("[text]", "part of the name, such as claude or openai/")
    .option("--max-price <usd>", "at most this per million input tokens", number)
    .option("--max-output-price <usd>", "at most this per million output tokens", number)
    .option("--min-context <tokens>", "at least this context length", wholeNumber(1, 1e9))
    .option("--input <modalities>", "accepts all of these: text, image, file, audio, video", appendWords)
    .option("--output <modalities>", "returns all of these: text, image, embeddings, audio, …", appendWords)
    .option("--parameter <names>", "supports all of these: tools, structured_outputs, reasoning, seed, …", appendWords)
    .option("--provider <provider>", "served by this provider: name or slug")
    .option("--free", "costs nothing")
    .option("--zdr", "has at least one endpoint with zero data retention")
    .option("--available", "only what the account's settings and guardrails leave")
    .option("--limit <number>", "at most so many models", wholeNumber(1, 1e6))
    .addOption(
      new Option("--as-allowlist", "print the names as the input allowedModels of a Guardrail").conflicts("csv"),
    )
    .addOption(csvOption())
    .option("--json", "print everything as JSON")
    .addHelpText("after", LIST_HELP);
}

const MODEL_CHOICE = "slug, such as openai/gpt-4o-mini; without the author if that is unambiguous";

const PRICES = `
Prices are in USD per million tokens. OPENROUTER_BASE_URL, in the environment,
--env-file, .env.local or .env, overrides OpenRouter's address.`;

const HELP = `
No management key is required or sent, so models that the account's settings
exclude are included.${PRICES}`;

const SHOW_HELP = `${HELP}

Exit code: 0, 2 if no model or several match, or the catalog could not be read.`;

const ZDR_HELP = `
The management key is sent only if the server requires one.${PRICES}

Exit code: 0, 1 if no endpoint matches, 2 if they could not be read.`;

const ENDPOINTS_HELP = `
OpenRouter shows throughput and latency only to requests with a key, so --speed
and sorting by them send the management key. Otherwise it is sent only if the
server requires one. TOK/S and LATENCY (to the first token) are the medians
of the last 30 minutes, UPTIME is of the last day.${PRICES}

Exit code: 0, 1 if there is no such endpoint, 2 if they could not be read.`;

const LIST_HELP = `${HELP}

--available sends the management key. --sort price is by the mean price of input
and output, --sort throughput and latency by the median of the last 30 minutes.

Separate words with commas, or repeat the option: for JSON --parameter
structured_outputs or response_format, for vision --input image. A router, whose
price varies because it chooses a model for each request, matches neither --free
nor a maximum price.

Exit code: 0, 1 if no model matches, 2 if the catalog could not be read.

Examples:
  pulumi-openrouter models --max-price 1 --min-context 200000 --parameter tools
  pulumi-openrouter models openai/ --max-output-price 5 --as-allowlist`;

async function listModels(terminal: Terminal, { asAllowlist, csv, json, ...choice }: ListOptions): Promise<void> {
  const { data, models, total, unknownWords } = await readModelList(sourcesOf(terminal), choice);
  if (models.length === 0) {
    terminal.err(`None of the ${total} models${choice.zdr ? " with zero data retention" : ""} matches.`);
    for (const { option, word, known } of unknownWords) {
      terminal.err(`No model has the ${option} "${clean(word)}"; known are ${known.join(", ")}.`);
    }
    terminal.exitCode(EXIT.finding);
  }
  if (json) terminal.json("models", asAllowlist ? { allowedModels: models.map(({ id }) => id) } : data);
  else if (csv) terminal.out(listCsv(MODEL_COLUMNS, data.models));
  else if (models.length > 0) terminal.out(asAllowlist ? allowlist(models) : modelTable(models, terminal.width));
}

const MODEL_COLUMNS = [
  ...["id", "canonicalSlug", "name", "pricePerMillion.input", "pricePerMillion.output", "pricing.request"],
  ...["contextLength", "topProvider.maxCompletionTokens", "architecture.inputModalities"],
  ...["architecture.outputModalities", "supportedParameters", "expirationDate"],
];
const ENDPOINT_COLUMNS = [
  ...["modelId", "providerName", "tag", "name", "pricing.prompt", "pricing.completion", "contextLength"],
  ...["maxCompletionTokens", "quantization", "uptimeLast1d", "throughputLast30m.p50", "latencyLast30m.p50"],
  ...["status", "zdr"],
];

async function showModel(terminal: Terminal, name: string, json = false): Promise<void> {
  const model = await readModel(sourcesOf(terminal), name);
  if (json) terminal.json("models show", { units: UNITS, ...perMillion(model) });
  else terminal.out(modelFacts(model));
}

async function listEndpoints(
  terminal: Terminal,
  name: string,
  { csv, json, ...choice }: EndpointOptions,
): Promise<void> {
  const data = await readEndpoints(sourcesOf(terminal), name, choice);
  if (json) terminal.json("models endpoints", data);
  else if (csv) terminal.out(listCsv(ENDPOINT_COLUMNS, data.endpoints));
  else terminal.out(endpointTable(data, choice.all ?? false, terminal.width));
  if (data.endpoints.length === 0) terminal.exitCode(EXIT.finding);
}

async function listZdr(
  terminal: Terminal,
  text: string | undefined,
  { csv, json }: { csv?: boolean; json?: boolean },
): Promise<void> {
  const data = await readMatchingZdrEndpoints(sourcesOf(terminal), text);
  if (json) terminal.json("models zdr", data);
  else if (csv) terminal.out(listCsv(ENDPOINT_COLUMNS, data.endpoints));
  else if (data.endpoints.length > 0) terminal.out(zdrTable(data.endpoints, terminal.width));
  if (data.endpoints.length > 0) return;
  terminal.err("No endpoint with zero data retention matches.");
  terminal.exitCode(EXIT.finding);
}
