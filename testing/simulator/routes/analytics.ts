/** `/analytics/query`: usage as metrics over dimensions, today included. From the same uses as `/activity`. */
import { z } from "zod";
import type { Account, Use } from "../account";
import { daysBefore, startOfMonth, startOfWeek } from "../clock";
import { badRequest } from "../errors";
import type { ApiResponse, Caller, ManagementRequest, Route } from "../route";
import { ok, parseBody } from "../route";

/** Dollars are numbers and counts are strings. The API has more metrics; this package uses these. */
const METRICS = {
  total_usage: { isCount: false, of: (use: Use) => use.usage + use.byok_usage },
  credits_usage: { isCount: false, of: (use: Use) => use.usage },
  byok_usage: { isCount: false, of: (use: Use) => use.byok_usage },
  request_count: { isCount: true, of: (use: Use) => use.requests },
  tokens_total: { isCount: true, of: (use: Use) => use.prompt_tokens + use.completion_tokens },
  tokens_prompt: { isCount: true, of: (use: Use) => use.prompt_tokens },
  tokens_completion: { isCount: true, of: (use: Use) => use.completion_tokens },
  reasoning_tokens: { isCount: true, of: (use: Use) => use.reasoning_tokens },
  cached_tokens: { isCount: true, of: (use: Use) => use.cached_tokens },
};
type Metric = keyof typeof METRICS;

interface Dimension {
  /** The value that filters compare. */
  id(use: Use): string | null;
  /** What a row shows of it. */
  label(use: Use, account: Account): Record<string, string | null>;
}

const DIMENSIONS = {
  model: { id: (use) => use.model_permaslug, label: (use) => ({ model: use.model_permaslug }) },
  provider: { id: (use) => use.provider_name, label: (use) => ({ provider: use.provider_name }) },
  api_key_id: {
    id: (use) => use.key_hash,
    label: (use, { keys }) => ({ api_key_id: keys.find(({ hash }) => hash === use.key_hash)?.name ?? null }),
  },
  user: { id: (use) => use.user_id, label: userLabel },
  workspace: {
    id: (use) => use.workspace_id,
    label: (use, { workspaces }) => ({ workspace: workspaces.find(({ id }) => id === use.workspace_id)?.name ?? null }),
  },
} satisfies Record<string, Dimension>;
type DimensionName = keyof typeof DIMENSIONS;

/** The only dimension with two fields. */
function userLabel({ user_id }: Use, { members }: Account): Record<string, string | null> {
  const member = members.find(({ id }) => id === user_id);
  const name = [member?.first_name, member?.last_name].filter((part) => part != null).join(" ");
  return { user: name || null, user_email: member?.email ?? null };
}

const GRANULARITIES = {
  day: (use: Use) => daysBefore(use.at, 0),
  week: (use: Use) => startOfWeek(use.at),
  month: (use: Use) => startOfMonth(use.at),
};
type Granularity = keyof typeof GRANULARITIES;

const names = <Name extends string>(of: Record<Name, unknown>) => z.enum(Object.keys(of) as [Name, ...Name[]]);
const timestamp = z.iso.datetime().transform((value) => new Date(value));

const queryBody = z.object({
  metrics: z.array(names<Metric>(METRICS)).min(1),
  dimensions: z.array(names<DimensionName>(DIMENSIONS)).max(2).default([]),
  granularity: names<Granularity>(GRANULARITIES).optional(),
  time_range: z.object({ start: timestamp, end: timestamp }).optional(),
  filters: z
    .array(z.object({ field: names<DimensionName>(DIMENSIONS), operator: z.literal("eq"), value: z.string() }))
    .max(20)
    .default([]),
  order_by: z.object({ field: names<Metric>(METRICS), direction: z.enum(["asc", "desc"]) }).optional(),
  limit: z.number().int().min(1).max(10_000).default(1_000),
});
type Query = z.output<typeof queryBody>;

const MAX_DAYS = 365;
/** For queries about single requests. */
const MAX_DAYS_BY_PROVIDER = 31;
const DEFAULT_DAYS = 7;

function query(request: ManagementRequest): ApiResponse {
  const { state, account, scope } = request;
  const asked = parseBody(request, queryBody);
  const now = state.clock.now();
  const { start, end } = asked.time_range ?? { start: daysBefore(now, DEFAULT_DAYS), end: now };
  checkRange(asked, start, end);
  const uses = account.uses.filter(
    (use) =>
      use.at >= start &&
      use.at < end &&
      (scope ?? use.workspace_id) === use.workspace_id &&
      asked.filters.every(({ field, value }) =>
        [value]
          .flat()
          .map(String)
          .includes(String(DIMENSIONS[field].id(use))),
      ),
  );
  const rows = ordered(rowsOf(account, uses, asked), asked);
  const data = rows.slice(0, asked.limit);
  const metadata = { query_time_ms: 12, row_count: data.length, truncated: data.length < rows.length };
  return ok({ data: { data, metadata } });
}

function checkRange({ dimensions, filters }: Query, start: Date, end: Date): void {
  if (start >= end) throw badRequest("time_range: start must be before end");
  const fields = [...dimensions, ...filters.map(({ field }) => field)];
  const maxDays = fields.includes("provider") ? MAX_DAYS_BY_PROVIDER : MAX_DAYS;
  if (end.getTime() - start.getTime() > maxDays * 86_400_000) {
    throw badRequest(`time_range: must be ${maxDays} days or less for this query`);
  }
}

type Row = Record<string, string | number | null>;

/** One row for each combination of values, and for each day, week or month of a granularity. */
function rowsOf(account: Account, uses: readonly Use[], { metrics, dimensions, granularity }: Query): Row[] {
  const groups = new Map<string, Use[]>();
  for (const use of uses) {
    const time = granularity && GRANULARITIES[granularity](use).toISOString();
    const group = JSON.stringify([time, ...dimensions.map((name) => DIMENSIONS[name].id(use))]);
    groups.set(group, [...(groups.get(group) ?? []), use]);
  }
  return [...groups.values()].map((group) => {
    const first = group[0] as Use;
    const labels = dimensions.map((name) => DIMENSIONS[name].label(first, account));
    const date = granularity && GRANULARITIES[granularity](first).toISOString().slice(0, 10);
    const values = metrics.map((name): [Metric, string | number] => [name, metricValue(name, group)]);
    return Object.assign(date ? { [`date__${granularity}`]: date } : {}, ...labels, Object.fromEntries(values)) as Row;
  });
}

function metricValue(metric: Metric, uses: readonly Use[]): string | number {
  const { isCount, of } = METRICS[metric];
  const sum = uses.reduce((total, use) => total + of(use), 0);
  return isCount ? String(sum) : sum;
}

/** As requested, or the newest first. */
function ordered(rows: readonly Row[], { order_by, granularity }: Query): Row[] {
  if (order_by) {
    const sign = order_by.direction === "asc" ? 1 : -1;
    return [...rows].sort((a, b) => sign * (Number(a[order_by.field]) - Number(b[order_by.field])));
  }
  const dateOf = (row: Row) => String(row[`date__${granularity}`]);
  return granularity ? [...rows].sort((a, b) => (dateOf(a) > dateOf(b) ? -1 : 1)) : [...rows];
}

/** A POST that writes nothing, so a read-only key may send it. */
export const analyticsRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/analytics/query",
    needs: "management key",
    handle: (request, caller) => {
      const { account, managementKey } = caller as Caller;
      return query({ ...request, account, scope: managementKey?.workspace_id ?? null });
    },
  },
];
