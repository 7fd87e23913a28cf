/** Usage over any days of the last year, today included: `/analytics/query`. Not every account may use it. */
import * as z from "zod";
import type { Api } from "./call";
import { data, nullable, nullableString } from "./shapes";

/** How many days one query may span. */
export const ANALYTICS_DAYS = 365;
/** The same for a query about providers. */
export const ANALYTICS_DAYS_BY_PROVIDER = 31;

/** A query groups by two of these at most, and by day. */
export type AnalyticsDimension = "model" | "provider" | "apiKeyId" | "user" | "workspace";

export interface AnalyticsQuery {
  dimensions: readonly AnalyticsDimension[];
  byDay: boolean;
  /** From midnight UTC of the first day to midnight UTC after the last one. */
  start: Date;
  end: Date;
  /** Only this key, by its hash. */
  keyHash?: string | undefined;
  /** Only this user, by id. */
  userId?: string | undefined;
}

const DIMENSION_NAMES: Readonly<Record<AnalyticsDimension, string>> = {
  model: "model",
  provider: "provider",
  apiKeyId: "api_key_id",
  user: "user",
  workspace: "workspace",
};

const METRICS = [
  "credits_usage",
  "byok_usage",
  "request_count",
  "tokens_prompt",
  "tokens_completion",
  "reasoning_tokens",
];

/** Counts are strings, and unused amounts null. */
const amount = nullable(z.union([z.number(), z.string()]))
  .transform((value) => Number(value ?? 0))
  .pipe(z.number());

const row = z
  .object({
    // The name depends on the table that the API reads.
    date_Day: nullableString,
    createdAt_Day: nullableString,
    model: nullableString,
    provider: nullableString,
    /** Name of the key, not its hash. */
    apiKeyId: nullableString,
    user: nullableString,
    userEmail: nullableString,
    /** Name of the workspace. */
    workspace: nullableString,
    creditsUsage: amount,
    byokUsage: amount,
    requestCount: amount,
    tokensPrompt: amount,
    tokensCompletion: amount,
    reasoningTokens: amount,
  })
  .transform(({ date_Day, createdAt_Day, creditsUsage, requestCount, tokensPrompt, tokensCompletion, ...rest }) => ({
    ...rest,
    date: (date_Day ?? createdAt_Day)?.slice(0, 10) ?? null,
    usage: creditsUsage,
    requests: requestCount,
    promptTokens: tokensPrompt,
    completionTokens: tokensCompletion,
  }));
export type AnalyticsRow = z.output<typeof row>;

const result = data(z.object({ data: z.array(row), metadata: z.object({ truncated: z.boolean() }) }));

const MAX_ROWS = 10_000;

/** @returns The rows, and whether the API cut them off, so that sums would be too small. */
export async function queryAnalytics(
  api: Api,
  { dimensions, byDay, start, end, keyHash, userId }: AnalyticsQuery,
): Promise<{ rows: AnalyticsRow[]; truncated: boolean }> {
  const filters = [
    ...(keyHash === undefined ? [] : [{ field: "api_key_id", operator: "eq", value: keyHash }]),
    ...(userId === undefined ? [] : [{ field: "user", operator: "eq", value: userId }]),
  ];
  const body = {
    metrics: METRICS,
    dimensions: dimensions.map((name) => DIMENSION_NAMES[name]),
    ...(byDay && { granularity: "day" }),
    timeRange: { start: start.toISOString(), end: end.toISOString() },
    ...(filters.length > 0 && { filters }),
    limit: MAX_ROWS,
  };
  const { data: rows, metadata } = await api.request({ method: "POST", path: ["analytics", "query"], body, result });
  return { rows, truncated: metadata.truncated };
}
