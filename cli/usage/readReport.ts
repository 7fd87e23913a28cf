/** Reads what a report of usage shows. The data of `usage`. */
import type { Key } from "../../provider/api/keys";
import { RequestError } from "../../provider/errors";
import { readUserId } from "../members/choice";
import { type Account, serverTime } from "../shared/account";
import { readAllKeys } from "../shared/inventory";
import { chooseKey } from "../shared/keyChoice";
import { counters, countersByKey, type Grouping, groupsOf, mostFirst } from "./groups";
import type { UsageOptions } from "./options";
import { chosenPeriod, type Period } from "./period";
import { type Found, readUsage } from "./read";
import { type Range, spentByDay, type Usage, type UsageData, usageData } from "./report";

export interface FoundUsage {
  data: UsageData;
  /** The same with all that the tables print. */
  usage: Usage;
  /** Why the days could not be read. */
  failure: RequestError | undefined;
  unreadable: readonly string[];
}

/** @param progress Shows how far a long read is. */
export async function readUsageReport(
  account: Account,
  options: Omit<UsageOptions, "csv" | "json" | "format">,
  withKeys: boolean,
  progress: (text: string) => void,
): Promise<FoundUsage> {
  const all = await readAllKeys(account);
  const key = options.key === undefined ? undefined : chooseKey(all.keys, options.key);
  const user = options.user === undefined ? undefined : await readUserId(account, options.user);
  const ofUser = all.keys.filter(({ creatorUserId }) => user === undefined || creatorUserId === user);
  const keys = key ? [key] : ofUser;
  const { range, failure } = options.counters
    ? { range: undefined, failure: undefined }
    : await unlessFailed(readRange(account, { ...options, user }, keys, key, progress));
  const usage: Usage = {
    key,
    user: user === undefined ? undefined : { id: user, wanted: options.user ?? user },
    counters: counters(keys),
    keys: withKeys ? countersByKey(keys).slice(0, options.top) : undefined,
    range,
  };
  return { data: usageData(usage), usage, failure, unreadable: all.unreadable };
}

async function unlessFailed(
  range: Promise<Range>,
): Promise<{ range: Range | undefined; failure: RequestError | undefined }> {
  try {
    return { range: await range, failure: undefined };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { range: undefined, failure: error };
  }
}

/** @param key The only one, or undefined for the whole account. */
async function readRange(
  account: Account,
  options: Omit<UsageOptions, "csv" | "json" | "format" | "user"> & { user: string | undefined },
  keys: readonly Key[],
  key: Key | undefined,
  progress: (text: string) => void,
): Promise<Range> {
  const today = serverTime(account);
  const period = chosenPeriod(options, today);
  const by: readonly Grouping[] = options.rows ? ["day", "model", "provider"] : options.by;
  try {
    const found = await readUsage(account, { period, by, today, keys, key, user: options.user, progress });
    return { by, today, period, ...groupsFor(found, by, period, options.top) };
  } finally {
    progress("");
  }
}

function groupsFor({ source, rows, missing }: Found, by: readonly Grouping[], period: Period, top?: number) {
  const all = groupsOf(rows, by, period);
  const chosen = new Set(top === undefined ? all : [...all].sort(mostFirst).slice(0, top));
  return {
    source,
    missing,
    groups: all.filter((group) => chosen.has(group)),
    omitted: all.filter((group) => !chosen.has(group)),
    days: spentByDay(rows, period),
  };
}
