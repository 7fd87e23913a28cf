import type { State } from "./account";

/** A timestamp set by the server, with the precision of the switch. */
export function timestamp(state: State, date: Date): string {
  const iso = date.toISOString();
  switch (state.switches.timestamps) {
    case "seconds":
      return `${iso.slice(0, 19)}Z`;
    case "milliseconds":
      return iso;
    case "microseconds":
      return `${iso.slice(0, 23)}000+00:00`;
  }
}

/** A timestamp set by the caller. Its format may change but not its time, so fractions are kept. */
export function callerTimestamp(state: State, date: Date): string {
  const hasFraction = state.switches.timestamps === "seconds" && date.getUTCMilliseconds() !== 0;
  return hasFraction ? date.toISOString() : timestamp(state, date);
}

export function timestampOrNull(state: State, date: Date | null): string | null {
  return date && timestamp(state, date);
}
