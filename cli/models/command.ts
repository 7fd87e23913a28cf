/** `pulumi-openrouter models`: OpenRouter's catalog, to choose the models of a guardrail. */
import { type Command, Option } from "commander";
import {
  type Endpoint,
  listEndpoints as readModelEndpoints,
  listZdrEndpoints as readZdrEndpoints,
} from "../../provider/api/endpoints";
import { listAvailableModels, type Model, listModels as readModels } from "../../provider/api/models";
import { AuthenticationError } from "../../provider/errors";
import { clean } from "../../provider/text";
import { type Account, openAccount, openCatalog } from "../shared/account";
import { appendWords, number, wholeNumber } from "../shared/parameters";
import { showOptionsOf } from "../shared/parentHelp";
import { EXIT, newCommand, type Terminal, UsageError } from "../shared/terminal";
import { type ModelFilter, matches } from "./filter";
import { allowlist, endpointTable, modelFacts, modelTable } from "./report";
import { perMillion, SORTS, type Sort, serverSort, sorted, UNITS } from "./sort";

interface ListOptions extends ModelFilter {
  sort?: Sort;
  limit?: number;
  available?: boolean;
  zdr?: boolean;
  asAllowlist?: boolean;
  json?: boolean;
}

export function modelsCommand(terminal: Terminal): Command {
  const command = newCommand("models", terminal)
    .summary("list models, for the allowlist of a guardrail")
    .description("Shows OpenRouter's catalog of models, to choose the models of a guardrail.")
    .addHelpText("after", LIST_HELP);
  const list = listCommand(command, "list", { isDefault: true })
    .description("list the models that match all filters (default)")
    .action((text: string | undefined, options: ListOptions) =>
      listModels(terminal, { ...options, ...(text !== undefined && { text }) }),
    );
  listCommand(command, "cheap")
    .description("list the ten models with the lowest prices that match all filters")
    .action((text: string | undefined, options: ListOptions) =>
      listModels(terminal, { sort: "price", limit: 10, ...options, ...(text !== undefined && { text }) }),
    );
  command
    .command("show")
    .argument("<model>", MODEL_CHOICE)
    .description("show one model")
    .option("--json", "print it as JSON")
    .addHelpText("after", HELP)
    .action((name: string, { json }: { json?: boolean }) => showModel(terminal, name, json));
  command
    .command("endpoints")
    .argument("<model>", MODEL_CHOICE)
    .description("list the providers of a model, with prices and zero data retention (ZDR)")
    .option("--json", "print everything as JSON")
    .addHelpText("after", ENDPOINTS_HELP)
    .action((name: string, { json }: { json?: boolean }) => listEndpoints(terminal, name, json));
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
    .option("--free", "costs nothing")
    .option("--zdr", "has at least one endpoint with zero data retention")
    .option("--available", "only what the account's settings and guardrails leave")
    .addOption(new Option("--sort <order>", "cheapest, largest or fastest first").choices(SORTS))
    .option("--limit <number>", "at most so many models", wholeNumber(1, 1e6))
    .option("--as-allowlist", "print the names as the input allowedModels of a Guardrail")
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

const ENDPOINTS_HELP = `
The management key is sent only if the server requires one.${PRICES}`;

const LIST_HELP = `${HELP}

--available sends the management key. --sort price is by the mean price of input
and output, --sort throughput and latency by the median of the last 30 minutes.

Separate words with commas, or repeat the option. A router, whose price varies
because it chooses a model for each request, matches neither --free nor a
maximum price.

Exit code: 0, 1 if no model matches, 2 if the catalog could not be read.

Examples:
  pulumi-openrouter models --max-price 1 --min-context 200000 --parameter tools
  pulumi-openrouter models openai/ --max-output-price 5 --as-allowlist`;

async function listModels(terminal: Terminal, options: ListOptions): Promise<void> {
  const { sort, limit, available, zdr, asAllowlist, json, ...filter } = options;
  const models = await readModelList(terminal, options);
  const found = sorted(
    models.filter((model) => matches(model, filter)),
    sort,
  ).slice(0, limit);
  if (found.length === 0) {
    terminal.err(`None of the ${models.length} models${zdr ? " with zero data retention" : ""} matches.`);
    terminal.exitCode(EXIT.finding);
  }
  if (json)
    terminal.json(
      "models",
      asAllowlist ? { allowedModels: found.map(({ id }) => id) } : { units: UNITS, models: found.map(perMillion) },
    );
  else if (found.length > 0) terminal.out(asAllowlist ? allowlist(found) : modelTable(found, terminal.width));
}

async function showModel(terminal: Terminal, name: string, json = false): Promise<void> {
  const model = chooseModel(await readCatalog(terminal), name);
  if (json) terminal.json("models show", model);
  else terminal.out(modelFacts(model));
}

async function listEndpoints(terminal: Terminal, name: string, json = false): Promise<void> {
  const { id } = chooseModel(await readCatalog(terminal), name);
  const { all, zdr } = await readEndpoints(terminal, id);
  const withZdr = new Set(zdr.map(({ name, tag }) => `${name} ${tag}`));
  const found = all.map((endpoint) => ({ ...endpoint, zdr: withZdr.has(`${endpoint.name} ${endpoint.tag}`) }));
  if (json) terminal.json("models endpoints", { model: id, endpoints: found });
  else terminal.out(endpointTable(id, found, terminal.width));
}

/** Without a key, and again with it if the server requires one. */
async function readEndpoints(terminal: Terminal, model: string): Promise<{ all: Endpoint[]; zdr: Endpoint[] }> {
  const read = async (account: Account, authenticated: boolean) => {
    const all = await readModelEndpoints(
      account.start("read", `the endpoints of ${clean(model)}`),
      model,
      authenticated,
    );
    const api = account.start("read", "the endpoints with zero data retention");
    return { all, zdr: await readZdrEndpoints(api, authenticated) };
  };
  try {
    return await read(openCatalog(terminal), false);
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    return read(openAccount(terminal), true);
  }
}

/** In the order of the API for what only the API can sort, or by name. */
async function readModelList(terminal: Terminal, { sort, zdr, available }: ListOptions): Promise<Model[]> {
  const order = serverSort(sort);
  if (!available && !order) return readCatalog(terminal, zdr);
  const catalog = () => openCatalog(terminal).start("read", "the catalog of models");
  if (!available) return readModels(catalog(), { zdr: zdr ?? false, ...(order && { sort: order }) });
  const models = await listAvailableModels(openAccount(terminal).start("read", "the available models"), order);
  // The list of available models has no such filter.
  const withZdr = zdr ? new Set((await readModels(catalog(), { zdr })).map(({ id }) => id)) : undefined;
  const found = models.filter(({ id }) => withZdr?.has(id) ?? true);
  return order ? found : found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function readCatalog(terminal: Terminal, zdr = false): Promise<Model[]> {
  const models = await readModels(openCatalog(terminal).start("read", "the catalog of models"), { zdr });
  return models.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** By slug, by canonical slug, or by slug without the author. @throws UsageError with the candidates */
function chooseModel(models: readonly Model[], wanted: string): Model {
  const [found = []] = [
    models.filter(({ id }) => id === wanted),
    models.filter(({ canonicalSlug }) => canonicalSlug === wanted),
    models.filter(({ id }) => id.slice(id.indexOf("/") + 1) === wanted),
  ].filter(({ length }) => length > 0);
  const [only] = found;
  if (only && found.length === 1) return only;
  const candidates = only ? found : models.filter((model) => matches(model, { text: wanted }));
  const problem = only
    ? `"${clean(wanted)}" matches ${found.length} models; pass one of them:`
    : `the catalog has no model "${clean(wanted)}"${candidates.length > 0 ? "; it has:" : ""}`;
  throw new UsageError(
    problem,
    candidates.map(({ id }) => id),
  );
}
