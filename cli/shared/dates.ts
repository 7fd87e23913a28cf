/** Dates as every command prints them: `2026-11-21`, in UTC. */
import { printable } from "./output";

export const DAY_MS = 86_400_000;

/** The day of a timestamp of the API. */
export function formatDay(timestamp: string | null | undefined): string {
  return timestamp ? printable(timestamp).slice(0, 10) : "unknown";
}

export function utcDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}
