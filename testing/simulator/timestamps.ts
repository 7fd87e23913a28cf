import type { State } from "./account";

/** An instant that the server chose, to the second or finer, as the switch says. */
export function timestamp(state: State, instant: Date): string {
  const iso = instant.toISOString();
  switch (state.switches.timestamps) {
    case "seconds":
      return `${iso.slice(0, 19)}Z`;
    case "milliseconds":
      return iso;
    case "microseconds":
      return `${iso.slice(0, 23)}000+00:00`;
  }
}

/** An instant that the caller chose: the form may change, the instant may not, so fractions stay. */
export function givenInstant(state: State, instant: Date): string {
  const exact = state.switches.timestamps === "seconds" && instant.getUTCMilliseconds() !== 0;
  return exact ? instant.toISOString() : timestamp(state, instant);
}

export function timestampOrNull(state: State, instant: Date | null): string | null {
  return instant && timestamp(state, instant);
}
