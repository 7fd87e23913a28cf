/** The simulator's clock: what its timestamps, its daily, weekly and monthly counters and its expiries go by. */
export interface Clock {
  now(): Date;
  /** Sets the time. The clock stands still from then on, and moves only by `set` and `advance`. */
  set(date: Date): void;
  /** Moves the clock forward, whether it stands or runs. */
  advance(ms: number): void;
}

/** A clock that stands at the given time, or one that runs with the machine's. */
export function createClock(start?: Date): Clock {
  let standsAt = start?.getTime();
  let ahead = 0;
  return {
    now: () => new Date(standsAt ?? Date.now() + ahead),
    set: (date) => {
      standsAt = date.getTime();
    },
    advance: (ms) => {
      if (standsAt === undefined) ahead += ms;
      else standsAt += ms;
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

/** Midnight UTC so many days before the given time. */
export function daysBefore(now: Date, days: number): Date {
  return new Date(startOfDay(now).getTime() - days * DAY_MS);
}
