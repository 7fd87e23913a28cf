/** Bringing an object to what is declared, and telling what the API did not do. */
import { isDeepStrictEqual } from "node:util";
import { NotAppliedError, PartialFailureError } from "../errors";
import { isOutcomeUnknown } from "./lifecycle";

/** Fields of `desired` that `observed` shows otherwise. An undefined one is left to the server. */
export function changedFields<Fields extends object>(desired: Fields, observed: Fields): Partial<Fields> {
  const changed: Partial<Fields> = {};
  for (const name of Object.keys(desired) as (keyof Fields)[]) {
    if (desired[name] === undefined) continue;
    if (!isDeepStrictEqual(desired[name], observed[name])) changed[name] = desired[name];
  }
  return changed;
}

/** The object as a request showed it, and what that request had set. */
export interface Observation<Fields, Live> {
  live: Live;
  written: Partial<Fields>;
}

export interface Remembered<Fields> {
  remembered: Fields;
  outputs: object;
  /** After a failure the API may have more than the state remembers. */
  unfinished?: boolean;
}

export interface Convergence<Fields extends object, Live> {
  operation: string;
  id: string;
  /** Asked anew after each answer, which may teach how the API words what is declared. */
  desired(): Fields;
  /** Where it starts: an object just made or adopted, which no later failure may lose, or what the state remembers. */
  from: Observation<Fields, Live> | Remembered<Fields>;
  /** Done first; what fails from here on loses nothing. */
  begin?: () => Promise<void>;
  write(changed: Partial<Fields>): Promise<Live>;
  read(): Promise<Live>;
  fieldsOf(shown: Observation<Fields, Live>): Fields | Promise<Fields>;
  /** What to keep in state, should a later step fail. */
  outputsOf(live: Live): object;
  /** What to do about fields that some servers do not take. */
  advice?: Readonly<Record<string, string>>;
}

/** The second write is for what the answer to the first shows to differ: a setting that was silently defaulted. */
const MAX_WRITES = 2;

/**
 * Writes what differs until the API shows what is declared, and returns what it showed last. A field that it accepts
 * and then shows otherwise is an error, and not a loop.
 *
 * An update writes the fields that have changed in the program and no other: drift of the others was in no preview, and
 * may be what `ignoreChanges` is for. They stay as the state remembers them until a refresh, unless an earlier failure
 * makes it doubtful.
 */
export async function converge<Fields extends object, Live>(task: Convergence<Fields, Live>): Promise<Live> {
  const { from } = task;
  let live = "live" in from ? from.live : undefined;
  let mustBeKept = live !== undefined;
  let untouched: Partial<Fields> = {};
  try {
    await task.begin?.();
    let observed = "live" in from ? await task.fieldsOf(from) : from.remembered;
    if ("remembered" in from && !from.unfinished)
      untouched = unchangedFields(from.remembered, changedFields(task.desired(), from.remembered));
    for (let writes = 0; ; ) {
      let written = changedFields(task.desired(), observed);
      if (Object.keys(written).length > 0) {
        if (writes++ === MAX_WRITES) throw notApplied(task.operation, Object.keys(written), task.advice);
        live = { ...(await task.write(written)), ...untouched };
        mustBeKept = true;
      } else if (live !== undefined) {
        return live;
      } else {
        // An update with nothing to write follows a failure: only the API knows what is there now.
        live = await task.read();
        written = {};
      }
      observed = await task.fieldsOf({ live, written });
    }
  } catch (cause) {
    if (mustBeKept && live !== undefined) throw new PartialFailureError(task.id, task.outputsOf(live), cause);
    // It may have been carried out. A failure that the state remembers makes the next update look, even if the program
    // has gone back to what the state says.
    if ("remembered" in from && isOutcomeUnknown(cause)) throw new PartialFailureError(task.id, from.outputs, cause);
    throw cause;
  }
}

/** What is remembered of the fields that don't change. Nothing, if none changes: then all of them are looked at. */
function unchangedFields<Fields extends object>(remembered: Fields, changed: Partial<Fields>): Partial<Fields> {
  if (Object.keys(changed).length === 0) return {};
  const kept = Object.entries(remembered).filter(([name, value]) => value !== undefined && !(name in changed));
  return Object.fromEntries(kept) as Partial<Fields>;
}

export function notApplied(
  operation: string,
  names: string[],
  advice: Readonly<Record<string, string>> = {},
): NotAppliedError {
  const special = names.map((name) => advice[name]).find((text) => text !== undefined);
  return new NotAppliedError(
    operation,
    `the API accepted ${names.join(", ")} and yet shows another value`,
    special ?? "run it again; if the error persists, the API ignores this value",
  );
}
