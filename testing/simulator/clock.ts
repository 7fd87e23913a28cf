/** The simulator's clock, which sets its timestamps, its daily, weekly and monthly counters and its expiry dates. */
export interface Clock {
  now(): Date;
  /** Stops the clock at a time. From then on only `set` and `advance` change it. */
  set(date: Date): void;
  /** Moves the clock forward, whether it is stopped or running. */
  advance(ms: number): void;
}

/** A clock that is stopped at the given time, or runs with the system clock. */
export function createClock(start?: Date): Clock {
  let stoppedAt = start?.getTime();
  let ahead = 0;
  return {
    now: () => new Date(stoppedAt ?? Date.now() + ahead),
    set: (date) => {
      stoppedAt = date.getTime();
    },
    advance: (ms) => {
      if (stoppedAt === undefined) ahead += ms;
      else stoppedAt += ms;
    },
  };
}

const DAY_MS = 86_400_000;

/** The last midnight UTC. */
export function startOfDay(now: Date): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
}

/** The last Monday at midnight UTC: the API's weeks run from Monday to Sunday. */
export function startOfWeek(now: Date): Date {
  const daysSinceMonday = (now.getUTCDay() + 6) % 7;
  return new Date(startOfDay(now).getTime() - daysSinceMonday * DAY_MS);
}

/** The first of the month at midnight UTC. */
export function startOfMonth(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
}

/** Midnight UTC, a number of days before the given time. */
export function daysBefore(now: Date, days: number): Date {
  return new Date(startOfDay(now).getTime() - days * DAY_MS);
}

/** When the current interval of a limit or budget began and when it ends; null without a reset. */
export function intervalAt(now: Date, reset: string | null): { start: Date | null; end: Date | null } {
  const lasting = (start: Date, days: number) => ({ start, end: new Date(start.getTime() + days * DAY_MS) });
  if (reset === "daily") return lasting(startOfDay(now), 1);
  if (reset === "weekly") return lasting(startOfWeek(now), 7);
  if (reset !== "monthly") return { start: null, end: null };
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  return { start: startOfMonth(now), end };
}
