/** Models and their endpoints as text. */
import type { Endpoint } from "../../provider/api/endpoints";
import type { Model } from "../../provider/api/models";
import { formatCount, pluralize } from "../shared/counts";
import { formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { type Column, factLines, table, WIDE_SCREEN } from "../shared/table";
import { type EndpointsData, isDegraded } from "./endpoints";
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

/** @param all Whether degraded endpoints are in the list. */
export function endpointTable(
  { model, endpoints, degraded }: EndpointsData,
  all: boolean,
  screenWidth?: number,
): string {
  if (endpoints.length === 0) {
    const hidden = degraded > 0 ? `; --all shows ${pluralize(degraded, "degraded endpoint")}` : "";
    return `No provider serves ${printable(model)} now${hidden}.`;
  }
  const width = screenWidth ?? Number.POSITIVE_INFINITY;
  const withSpeed = endpoints.some(
    ({ throughputLast30m, latencyLast30m }) => throughputLast30m.p50 !== null || latencyLast30m.p50 !== null,
  );
  const withQuantization = endpoints.some(({ quantization }) => quantization !== null);
  const isNarrow = width < WIDE_SCREEN && (withSpeed || all);
  const isTight = isNarrow && withSpeed && all;
  const columns: Column[] = [
    ...(isNarrow ? [] : [{ title: "PROVIDER", minWidth: 8 }]),
    { title: "TAG", minWidth: 8 },
    ...(withQuantization ? ["QUANT"] : []),
    ...["INPUT", "OUTPUT", ...(isTight ? [] : ["CONTEXT"]), "ZDR", "UPTIME"],
    ...(withSpeed ? ["TOK/S", "LATENCY"] : []),
    ...(all ? ["STATUS"] : []),
  ];
  const rows = endpoints.map((endpoint) => [
    ...(isNarrow ? [] : [printable(endpoint.providerName)]),
    printable(endpoint.tag),
    ...(withQuantization ? [printable(endpoint.quantization ?? "")] : []),
    ...[price(endpoint.pricing.prompt), price(endpoint.pricing.completion)],
    ...(isTight ? [] : [count(endpoint.contextLength)]),
    endpoint.zdr ? "yes" : "no",
    endpoint.uptimeLast1d === null ? "" : `${endpoint.uptimeLast1d.toFixed(1)}%`,
    ...(withSpeed ? [median(endpoint.throughputLast30m), median(endpoint.latencyLast30m, " ms")] : []),
    ...(all ? [isDegraded(endpoint) ? "degraded" : "ok"] : []),
  ]);
  const more = degraded > 0 ? [`--all also shows ${pluralize(degraded, "degraded endpoint")}.`] : [];
  return [table(columns, rows, screenWidth), ...more].join("\n");
}

function median({ p50 }: Endpoint["latencyLast30m"], unit = ""): string {
  return p50 === null ? "" : `${formatCount(Math.round(p50))}${unit}`;
}

export function zdrTable(endpoints: readonly Endpoint[], screenWidth: number | undefined): string {
  const columns: Column[] = [
    { title: "MODEL", minWidth: 20 },
    { title: "TAG", minWidth: 8 },
    "INPUT",
    "OUTPUT",
    "CONTEXT",
  ];
  const rows = endpoints.map(({ modelId, tag, pricing, contextLength }) => [
    ...[printable(modelId), printable(tag), price(pricing.prompt), price(pricing.completion), count(contextLength)],
  ]);
  return table(columns, rows, screenWidth);
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
