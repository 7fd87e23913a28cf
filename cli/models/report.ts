/** Models and their endpoints as text. */
import type { Endpoint } from "../../provider/api/endpoints";
import type { Model } from "../../provider/api/models";
import { formatCount } from "../shared/counts";
import { formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { type Column, factLines, table } from "../shared/table";
import { perMillionTokens } from "./filter";

const MODEL_COLUMNS: readonly Column[] = [
  { title: "MODEL", minWidth: 20 },
  "INPUT",
  "OUTPUT",
  "CONTEXT",
  { title: "MODALITY", minWidth: 12 },
];

export function modelTable(models: readonly Model[], width: number | undefined): string {
  const rows = models.map(({ id, pricing, contextLength, architecture }) => [
    printable(id),
    price(pricing.prompt),
    price(pricing.completion),
    count(contextLength),
    printable(`${(architecture.inputModalities ?? []).join("+")}->${(architecture.outputModalities ?? []).join("+")}`),
  ]);
  return table(MODEL_COLUMNS, rows, width);
}

const ENDPOINT_COLUMNS: readonly Column[] = [
  { title: "PROVIDER", minWidth: 12 },
  { title: "TAG", minWidth: 12 },
  "INPUT",
  "OUTPUT",
  "CONTEXT",
  "ZDR",
  "UPTIME",
];

export function endpointTable(
  model: string,
  endpoints: readonly (Endpoint & { zdr: boolean })[],
  width: number | undefined,
): string {
  if (endpoints.length === 0) return `No provider serves ${printable(model)} now.`;
  const rows = endpoints.map(({ providerName, tag, pricing, contextLength, zdr, uptimeLast1d }) => [
    printable(providerName),
    printable(tag),
    price(pricing.prompt),
    price(pricing.completion),
    count(contextLength),
    zdr ? "yes" : "no",
    uptimeLast1d === null ? "" : `${uptimeLast1d.toFixed(1)}%`,
  ]);
  return table(ENDPOINT_COLUMNS, rows, width);
}

export function modelFacts(model: Model): string {
  const { pricing, architecture, supportedParameters, topProvider, expirationDate } = model;
  const list = (words: readonly string[] | null) => words?.map(printable).join(", ") || "none";
  return factLines([
    ["model", printable(model.id)],
    ["name", printable(model.name ?? "unknown")],
    ["canonical slug", printable(model.canonicalSlug ?? model.id)],
    ["price", `${price(pricing.prompt)} input, ${price(pricing.completion)} output, per million tokens`],
    ...(pricing.request ? [["", `and ${formatUsd(pricing.request, 6)} per request`] as const] : []),
    ["context", count(model.contextLength)],
    ["max output", count(topProvider.maxCompletionTokens)],
    ["input", list(architecture.inputModalities)],
    ["output", list(architecture.outputModalities)],
    ["parameters", list(supportedParameters)],
    ...(expirationDate ? [["expires", printable(expirationDate)] as const] : []),
  ]);
}

/** The input of a `Guardrail`, to paste into a program. */
export function allowlist(models: readonly Model[]): string {
  return ["allowedModels: [", ...models.map(({ id }) => `  ${JSON.stringify(printable(id))},`), "],"].join("\n");
}

/** For a million tokens: `$0.80`, `$0.0375`. */
function price(perToken: number | null): string {
  const amount = perMillionTokens(perToken);
  if (amount === null) return perToken === null ? "unknown" : "varies";
  return amount === 0 ? "free" : formatUsd(amount, 4);
}

function count(tokens: number | null): string {
  return tokens === null ? "unknown" : formatCount(tokens);
}
