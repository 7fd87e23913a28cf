/** One request as text. */
import { formatCount } from "../shared/counts";
import { formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { factLines } from "../shared/table";
import type { GenerationData } from "./read";

/** Facts that OpenRouter doesn't state are omitted, except the main ones. */
export function generationText(data: GenerationData): string {
  const { id, createdAt, model, provider, user, referer, workspaceId } = data;
  const main: [string, string][] = [
    ["request", printable(id)],
    ["sent", known(createdAt)],
    ["model", known(model)],
    ["provider", known(provider)],
    ["cost", cost(data)],
    ["tokens", tokens(data)],
    ["latency", latency(data)],
    ["finished", finish(data)],
  ];
  const attribution = Object.entries({ user, application: referer, workspace: workspaceId });
  const stated = attribution.flatMap(([label, value]): [string, string][] =>
    value ? [[label, printable(value)]] : [],
  );
  return factLines([...main, ...stated]);
}

function known(value: string | null): string {
  return value === null ? "unknown" : printable(value);
}

/** A request costs fractions of a cent. */
const DIGITS = 6;

function cost({ costUsd, upstreamCostUsd, cacheDiscountUsd, isByok }: GenerationData): string {
  const upstream = upstreamCostUsd === null ? "" : ` (the provider charged ${formatUsd(upstreamCostUsd, DIGITS)})`;
  return [
    costUsd === null ? "unknown" : formatUsd(costUsd, DIGITS),
    ...(isByok ? [`paid with your own provider key${upstream}`] : []),
    ...(cacheDiscountUsd ? [`${formatUsd(cacheDiscountUsd, DIGITS)} saved by caching`] : []),
  ].join(", ");
}

/** The provider's own counts, which it charges for. */
function tokens({ tokens, nativeTokens }: GenerationData): string {
  const { prompt, completion, reasoning, cached } = nativeTokens;
  const [input, output] = [prompt ?? tokens.prompt, completion ?? tokens.completion];
  if (input === null && output === null) return "unknown";
  const part = (count: number | null, what: string) => (count ? ` (${formatCount(count)} ${what})` : "");
  const side = (count: number | null) => (count === null ? "unknown" : formatCount(count));
  return `${side(input)} in${part(cached, "cached")}, ${side(output)} out${part(reasoning, "reasoning")}`;
}

function latency({ latencyMs, generationTimeMs }: GenerationData): string {
  if (latencyMs === null) return "unknown";
  const generating = generationTimeMs === null ? "" : `, ${milliseconds(generationTimeMs)} of it for the reply`;
  return milliseconds(latencyMs) + generating;
}

function milliseconds(count: number): string {
  return `${formatCount(Math.round(count))} ms`;
}

function finish({ finishReason, nativeFinishReason, cancelled }: GenerationData): string {
  if (cancelled) return "cancelled";
  const isSame = nativeFinishReason === null || nativeFinishReason === finishReason;
  return known(finishReason) + (isSame ? "" : ` (provider: ${printable(nativeFinishReason)})`);
}
