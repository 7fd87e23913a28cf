/** `pulumi-openrouter models`: the catalogue, to choose what goes into a guardrail's allowlist. */
import type { Command } from "commander";
import { type Endpoint, listEndpoints, listZdrEndpoints } from "../../provider/api/endpoints";
import { listModels, type Model } from "../../provider/api/models";
import { AuthenticationError } from "../../provider/errors";
import { clean } from "../../provider/text";
import { type Account, openAccount, openCatalogue } from "../shared/account";
import { appendWords, number, wholeNumber } from "../shared/parameters";
import { showOptionsOf } from "../shared/parentHelp";
import { EXIT, newCommand, type Terminal, UsageError } from "../shared/terminal";
import { fits, type ModelFilter } from "./filter";
import { allowlist, endpointTable, modelFacts, modelTable } from "./report";

interface ListOptions extends ModelFilter {
  zdr?: boolean;
  asAllowlist?: boolean;
  json?: boolean;
}

export function modelsCommand(terminal: Terminal): Command {
  const command = newCommand("models", terminal)
    .description("Shows OpenRouter's catalogue of models, to choose what goes into a guardrail's allowlist.")
    .addHelpText("after", LIST_HELP);
  const list = command
    .command("list", { isDefault: true })
    .argument("[text]", "part of the name, such as claude or openai/")
    .description("list the models that fit all of the filters (default)")
    .option("--max-price <usd>", "at most this for a million input tokens", number)
    .option("--max-output-price <usd>", "at most this for a million output tokens", number)
    .option("--min-context <tokens>", "at least this context length", wholeNumber(1, 1e9))
    .option("--input <modalities>", "takes all of these: text, image, file, audio, video", appendWords)
    .option("--output <modalities>", "gives all of these: text, image, embeddings, audio, …", appendWords)
    .option("--parameter <names>", "supports all of these: tools, structured_outputs, reasoning, seed, …", appendWords)
    .option("--free", "costs nothing")
    .option("--zdr", "has at least one endpoint with zero data retention")
    .option("--as-allowlist", "print the names as the input allowedModels of a Guardrail")
    .option("--json", "print everything as JSON")
    .addHelpText("after", LIST_HELP)
    .action((text: string | undefined, options: ListOptions) =>
      listFitting(terminal, { ...options, ...(text !== undefined && { text }) }),
    );
  command
    .command("show")
    .argument("<model>", MODEL_CHOICE)
    .description("show one model")
    .option("--json", "print it as JSON")
    .addHelpText("after", HELP)
    .action((name: string, { json }: { json?: boolean }) => show(terminal, name, json));
  command
    .command("endpoints")
    .argument("<model>", MODEL_CHOICE)
    .description("list who serves a model, at what price, and whether with zero data retention (ZDR)")
    .option("--json", "print everything as JSON")
    .addHelpText("after", ENDPOINTS_HELP)
    .action((name: string, { json }: { json?: boolean }) => endpoints(terminal, name, json));
  return showOptionsOf(list, command);
}

const MODEL_CHOICE = "slug, such as openai/gpt-4o-mini; the author may be omitted where that is unambiguous";

const PRICES = `
Prices are USD for a million tokens. OPENROUTER_BASE_URL overrides OpenRouter's
address, in the environment, --env-file, .env.local or .env.`;

const HELP = `
No management key is required, and none is sent: it is the whole catalogue, not
what an account's settings leave of it.${PRICES}`;

const ENDPOINTS_HELP = `
A management key is sent only if the server requires one.${PRICES}`;

const LIST_HELP = `${HELP}

Words are separated by commas, and their options may be repeated. A model whose
price varies, because it picks another for each request, is neither free nor
below any price.

Exit code: 0, 1 if no model fits, 2 if the catalogue could not be read.

Examples:
  pulumi-openrouter models --max-price 1 --min-context 200000 --parameter tools
  pulumi-openrouter models openai/ --max-output-price 5 --as-allowlist`;

async function listFitting(terminal: Terminal, { zdr, asAllowlist, json, ...filter }: ListOptions): Promise<void> {
  const account = openCatalogue(terminal);
  const models = await readCatalogue(account, zdr);
  const found = models.filter((model) => fits(model, filter));
  if (found.length === 0) {
    terminal.err(`None of the ${models.length} models${zdr ? " with zero data retention" : ""} fits.`);
    terminal.exitCode(EXIT.finding);
  }
  const data = asAllowlist ? { allowedModels: found.map(({ id }) => id) } : { models: found };
  if (json) terminal.json("models", data);
  else if (found.length > 0) terminal.out(asAllowlist ? allowlist(found) : modelTable(found, terminal.width));
}

async function show(terminal: Terminal, name: string, json = false): Promise<void> {
  const model = chooseModel(await readCatalogue(openCatalogue(terminal)), name);
  if (json) terminal.json("models show", model);
  else terminal.out(modelFacts(model));
}

async function endpoints(terminal: Terminal, name: string, json = false): Promise<void> {
  const { id } = chooseModel(await readCatalogue(openCatalogue(terminal)), name);
  const { all, zdr } = await readEndpoints(terminal, id);
  const keeping = new Set(zdr.map(({ name, tag }) => `${name} ${tag}`));
  const found = all.map((endpoint) => ({ ...endpoint, zdr: keeping.has(`${endpoint.name} ${endpoint.tag}`) }));
  if (json) terminal.json("models endpoints", { model: id, endpoints: found });
  else terminal.out(endpointTable(id, found, terminal.width));
}

/** Without a key, and again with it if the server requires one. */
async function readEndpoints(terminal: Terminal, model: string): Promise<{ all: Endpoint[]; zdr: Endpoint[] }> {
  const read = async (account: Account, authenticated: boolean) => {
    const all = await listEndpoints(account.start("read", `the endpoints of ${clean(model)}`), model, authenticated);
    const api = account.start("read", "the endpoints with zero data retention");
    return { all, zdr: await listZdrEndpoints(api, authenticated) };
  };
  try {
    return await read(openCatalogue(terminal), false);
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    return read(openAccount(terminal), true);
  }
}

async function readCatalogue(account: Account, zdr = false): Promise<Model[]> {
  const models = await listModels(account.start("read", "the catalogue of models"), { zdr });
  return models.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** By slug, by canonical slug, or by what follows the author. @throws UsageError with the candidates */
function chooseModel(models: readonly Model[], wanted: string): Model {
  const ways: ((model: Model) => boolean)[] = [
    ({ id }) => id === wanted,
    ({ canonicalSlug }) => canonicalSlug === wanted,
    ({ id }) => id.slice(id.indexOf("/") + 1) === wanted,
  ];
  const matches = ways.map((way) => models.filter(way)).find(({ length }) => length > 0) ?? [];
  const [only] = matches;
  if (only && matches.length === 1) return only;
  if (only) throw new UsageError(`"${clean(wanted)}" is ${matches.length} models; pass one of them:`, namesOf(matches));
  const similar = models.filter((model) => fits(model, { text: wanted }));
  throw new UsageError(
    `the catalogue has no model "${clean(wanted)}"${similar.length > 0 ? "; it has:" : ""}`,
    namesOf(similar),
  );
}

function namesOf(models: readonly Model[]): string[] {
  return models.map(({ id }) => id);
}
