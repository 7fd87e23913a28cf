/** Models and their endpoints for a person, and as the input of a program. */
import type { Endpoint } from "../provider/api/endpoints";
import type { Model } from "../provider/api/models";
import { forMillion } from "./modelFilter";
import { type Column, factLines, printable, roomBeside, rounded, shortened, table, usd } from "./table";

const MODEL_COLUMNS: readonly Column[] = [
  { title: "INPUT", widest: 10 },
  { title: "OUTPUT", widest: 10 },
  { title: "CONTEXT", widest: 10 },
  { title: "MODALITY", widest: 30 },
];

export function modelTable(models: readonly Model[]): string {
  const rows = models.map((model) => [
    price(model.pricing.prompt),
    price(model.pricing.completion),
    count(model.contextLength),
    printable(modality(model)),
  ]);
  return named(
    "MODEL",
    models.map(({ id }) => id),
    MODEL_COLUMNS,
    rows,
  );
}

const ENDPOINT_COLUMNS: readonly Column[] = [
  { title: "TAG", widest: 24 },
  { title: "INPUT", widest: 10 },
  { title: "OUTPUT", widest: 10 },
  { title: "CONTEXT", widest: 10 },
  { title: "ZDR", widest: 3 },
  { title: "UPTIME", widest: 6 },
];

export function endpointTable(model: string, endpoints: readonly (Endpoint & { zdr: boolean })[]): string {
  if (endpoints.length === 0) return `Nobody serves ${printable(model)} at present.`;
  const rows = endpoints.map(({ tag, pricing, contextLength, zdr, uptimeLast1d }) => [
    printable(tag),
    price(pricing.prompt),
    price(pricing.completion),
    count(contextLength),
    zdr ? "yes" : "no",
    uptimeLast1d === null ? "" : `${uptimeLast1d.toFixed(1)}%`,
  ]);
  const providers = endpoints.map(({ providerName }) => providerName);
  return named("PROVIDER", providers, ENDPOINT_COLUMNS, rows);
}

/** With a first column that gets the room that the others leave. */
function named(title: string, names: readonly string[], columns: readonly Column[], rows: readonly string[][]): string {
  const room = roomBeside(columns, rows);
  const lines = rows.map((row, index) => [shortened(printable(names[index] ?? ""), room), ...row]);
  return table([{ title, widest: room }, ...columns], lines);
}

export function modelFacts(model: Model): string {
  const { pricing, architecture, supportedParameters, topProvider, expirationDate } = model;
  const list = (words: readonly string[] | null) => words?.map(printable).join(", ") || "none";
  return factLines([
    ["model", printable(model.id)],
    ["name", printable(model.name ?? "unknown")],
    ["canonical slug", printable(model.canonicalSlug ?? model.id)],
    ["price", `${price(pricing.prompt)} input, ${price(pricing.completion)} output, for a million tokens`],
    ...(pricing.request ? [["", `and $${pricing.request} for a request`] as const] : []),
    ["context", count(model.contextLength)],
    ["most output", count(topProvider.maxCompletionTokens)],
    ["input", list(architecture.inputModalities)],
    ["output", list(architecture.outputModalities)],
    ["parameters", list(supportedParameters)],
    ...(expirationDate ? [["expires", printable(expirationDate)] as const] : []),
  ]);
}

/** The input of a `Guardrail`, to be pasted into a program. */
export function allowlist(models: readonly Model[]): string {
  return ["allowedModels: [", ...models.map(({ id }) => `  ${JSON.stringify(printable(id))},`), "],"].join("\n");
}

/** `$0.80`, `$0.0375` for a million tokens. */
function price(perToken: number | null): string {
  const amount = forMillion(perToken);
  if (amount === null) return perToken === null ? "unknown" : "varies";
  if (amount === 0) return "free";
  const isCents = Number.isInteger(rounded(amount * 100));
  return isCents ? usd(amount) : `$${Number(amount.toFixed(4))}`;
}

function count(tokens: number | null): string {
  return tokens === null ? "unknown" : tokens.toLocaleString("en-US");
}

function modality({ architecture: { inputModalities, outputModalities } }: Model): string {
  return `${(inputModalities ?? []).join("+")}->${(outputModalities ?? []).join("+")}`;
}
