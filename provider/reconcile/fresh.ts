/**
 * Whether the API reads its own writes at once is not documented. So "not found" counts for a fresh object only after
 * retries. Other objects are never waited for.
 */

import { LOG_WAIT_ABOVE_MS, sleep } from "../api/retry";
import { NotFoundError } from "../errors";
import type { Context } from "./lifecycle";

/** Waits between attempts: 15 s in all. */
export const LAG_WAITS_MS = [250, 500, 1_000, 2_000, 3_000, 4_000, 4_250];

const FRESH_MS = 60_000;

/** The age of an object. */
export interface Age {
  id: string;
  /** As the API returned it, if it was read. */
  createdAt?: string | null | undefined;
}

type Scope = Pick<Context, "api" | "session"> & Partial<Pick<Context, "log">>;

/** Created by this process, or less than a minute ago by the server's clock. */
export function isFresh({ api, session }: Scope, { id, createdAt }: Age): boolean {
  if (session.createdIds.has(id)) return true;
  const now = api.serverTime();
  const created = Date.parse(createdAt ?? session.creationTimes.get(id) ?? "");
  return now !== undefined && !Number.isNaN(created) && now - created < FRESH_MS;
}

function waitForApi({ api, log }: Scope, wait: number): Promise<void> {
  if (wait === LOG_WAIT_ABOVE_MS) log?.(`${api.operation}: the API does not show it yet; retrying for up to 15 s`);
  return sleep(wait);
}

/** Retries a request while a fresh object is not found. @throws NotFoundError after the last attempt */
export async function untilVisible<Result>(context: Scope, age: Age, request: () => Promise<Result>): Promise<Result> {
  for (const wait of LAG_WAITS_MS) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof NotFoundError) || !isFresh(context, age)) throw error;
    }
    await waitForApi(context, wait);
  }
  return request();
}

/** The same for a read that returns undefined if there is no such object. */
export async function untilFound<Result>(
  context: Scope,
  age: Age,
  read: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  for (const wait of LAG_WAITS_MS) {
    const found = await read();
    if (found !== undefined || !isFresh(context, age)) return found;
    await waitForApi(context, wait);
  }
  return read();
}
