/** Reads usage: completed days from the activity, and all else from analytics, which not every account may use. */
import { ACTIVITY_DAYS, type Activity, type ActivityFilter, listActivity } from "../../provider/api/activity";
import {
  ANALYTICS_DAYS,
  ANALYTICS_DAYS_BY_PROVIDER,
  type AnalyticsDimension,
  type AnalyticsRow,
  queryAnalytics,
} from "../../provider/api/analytics";
import type { Key } from "../../provider/api/keys";
import { allOf } from "../../provider/api/pages";
import { listWorkspaces } from "../../provider/api/workspaces";
import { ApiError } from "../../provider/errors";
import type { Account } from "../shared/account";
import { formatCount } from "../shared/counts";
import { utcDay } from "../shared/dates";
import { mapConcurrently } from "../shared/mapConcurrently";
import { type Grouping, negated, type UsageRow } from "./groups";
import { daysOutside, overlap, type Period, partsOf, periodBefore, timesOf } from "./period";

export interface Request {
  period: Period;
  by: readonly Grouping[];
  today: Date;
  /** The keys to tell apart. */
  keys: readonly Key[];
  /** The only key; undefined for the whole account. */
  key: Key | undefined;
  /** The id of the only user. */
  user: string | undefined;
  progress(text: string): void;
}

export interface Found {
  source: "activity" | "analytics";
  rows: UsageRow[];
  /** What could not be read, and why. */
  missing: { what: string[]; reason: string } | undefined;
}

/** @throws RequestError if nothing could be read */
export async function readUsage(account: Account, request: Request): Promise<Found> {
  const { period, by, today } = request;
  const completed = overlap(period, periodBefore(today, ACTIVITY_DAYS));
  const outside = completed && daysOutside(period, completed);
  const fromActivity = async (covered: Period) => within(await readActivity(account, request), covered);
  if (completed && outside?.length === 0 && by.length !== 2 && !by.includes("user")) {
    return { source: "activity", rows: await fromActivity(completed), missing: undefined };
  }
  try {
    return await readAnalytics(account, request);
  } catch (error) {
    // The activity says nothing about users.
    if (!(error instanceof ApiError) || !completed || !outside || by.includes("user")) throw error;
    const what = outside.map((days) => daysText(days, today));
    const missing = what.length > 0 ? { what, reason: error.message } : undefined;
    return { source: "activity", rows: await fromActivity(completed), missing };
  }
}

function daysText({ from, to }: Pick<Period, "from" | "to">, today: Date): string {
  if (from !== to) return `${from} to ${to}`;
  return from === utcDay(today) ? `today, ${from}` : from;
}

function within(rows: readonly UsageRow[], { from, to }: Period): UsageRow[] {
  return rows.filter(({ day = "" }) => day >= from && day <= to);
}

async function readActivity(account: Account, request: Request): Promise<UsageRow[]> {
  const { by, key, user } = request;
  const byWorkspace = by.includes("workspace");
  const names = byWorkspace ? await readWorkspaceNames(account) : new Map<string, string>();
  const read = async (what: string, apiKeyHash?: string) => {
    const filter: ActivityFilter = { apiKeyHash, userId: user, groupBy: byWorkspace ? "workspace" : undefined };
    const rows = await listActivity(account.start("read", what), filter);
    return rows.map((row) => activityRow(row, names));
  };
  const all = await read(key ? `the activity of inference key ${key.hash}` : "the activity", key?.hash);
  return by.includes("key") ? byKey(all, request, read) : all;
}

/** One call per key, because activity rows don't name their key. What remains is usage with deleted keys, or on the website. */
async function byKey(
  all: readonly UsageRow[],
  { keys, progress }: Request,
  read: (what: string, hash: string) => Promise<UsageRow[]>,
): Promise<UsageRow[]> {
  let done = 0;
  const perKey = await mapConcurrently(keys, async ({ name, hash }) => {
    const rows = await read(`the activity of inference key ${hash}`, hash);
    progress(`activity of ${formatCount(++done)} of ${formatCount(keys.length)} keys`);
    return rows.map((row) => ({ ...row, key: name, hash }));
  });
  const ofKeys = perKey.flat();
  const others = [...all, ...ofKeys.map((row) => ({ ...row, ...negated(row) }))];
  return [...ofKeys, ...others.map((row) => ({ ...row, key: OTHER, hash: null }))];
}

/** Usage without any of the keys, or whose user or workspace is not known. */
const OTHER = "(other)";

async function readWorkspaceNames(account: Account): Promise<Map<string, string>> {
  const workspaces = await allOf(listWorkspaces(account.start("read", "the list of workspaces")));
  return new Map(workspaces.map(({ id, name }) => [id, name ?? id]));
}

function activityRow(
  { date, model, providerName, workspaceId, usage, byokUsage, ...counts }: Activity,
  workspaceNames: ReadonlyMap<string, string>,
): UsageRow {
  const workspace = workspaceId === null ? OTHER : (workspaceNames.get(workspaceId) ?? workspaceId);
  return { day: date, model, provider: providerName, workspace, spent: usage, spentByok: byokUsage, ...counts };
}

const DIMENSIONS: Readonly<Record<Exclude<Grouping, "day">, AnalyticsDimension>> = {
  model: "model",
  provider: "provider",
  key: "apiKeyId",
  user: "user",
  workspace: "workspace",
};

async function readAnalytics(account: Account, { period, by, key, user, progress }: Request): Promise<Found> {
  const dimensions = by.flatMap((each) => (each === "day" ? [] : [DIMENSIONS[each]]));
  const parts = partsOf(period, by.includes("provider") ? ANALYTICS_DAYS_BY_PROVIDER : ANALYTICS_DAYS);
  const query = { dimensions, byDay: by.includes("day"), keyHash: key?.hash, userId: user };
  const rows: UsageRow[] = [];
  const truncated: string[] = [];
  for (const part of parts) {
    const api = account.start("read", `the analytics of ${part.from} to ${part.to}`);
    const found = await queryAnalytics(api, { ...query, ...timesOf(part) });
    rows.push(...found.rows.map(analyticsRow));
    if (found.truncated) truncated.push(`some rows of ${part.from} to ${part.to}`);
    if (parts.length > 1) progress(`analytics up to ${part.to}`);
  }
  const reason = "the API returns only a part of so many rows; choose fewer days or groups";
  return { source: "analytics", rows, missing: truncated.length > 0 ? { what: truncated, reason } : undefined };
}

function analyticsRow(row: AnalyticsRow): UsageRow {
  const { date, model, provider, apiKeyId, user, userEmail, workspace, usage, byokUsage, ...counts } = row;
  const userText = user && userEmail ? `${user} (${userEmail})` : (user ?? userEmail);
  return {
    ...(date !== null && { day: date }),
    model: model ?? OTHER,
    provider: provider ?? OTHER,
    key: apiKeyId ?? OTHER,
    user: userText ?? OTHER,
    workspace: workspace ?? OTHER,
    ...{ spent: usage, spentByok: byokUsage },
    ...counts,
  };
}
