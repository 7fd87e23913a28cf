/**
 * Whether the API shows at once what was just written is not documented. So a "not found" of a fresh object is asked
 * again for a while before it counts, and waits are only where such an object is involved.
 */

import { LOG_WAIT_ABOVE_MS, sleep } from "../api/retry";
import { NotFoundError } from "../errors";
import type { Context } from "./lifecycle";

/** Waits between attempts: 15 s in all. */
export const LAG_WAITS_MS = [250, 500, 1_000, 2_000, 3_000, 4_000, 4_250];

const FRESH_MS = 60_000;

/** What tells how old an object is. */
export interface Age {
  id: string;
  /** As the API shows it, if it was asked. */
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
  if (wait === LOG_WAIT_ABOVE_MS)
    log?.(`${api.operation}: the API does not show all of it yet; asking again for up to 15 s`);
  return sleep(wait);
}

/** Repeats a request while it finds none of a fresh object. @throws NotFoundError if it stays so. */
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

/** The same for a read that gives undefined where there is nothing. */
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
