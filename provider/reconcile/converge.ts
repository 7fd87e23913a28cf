/** Writes what differs until the API shows what is declared. */
import { isDeepStrictEqual } from "node:util";
import { NotAppliedError, PartialFailureError } from "../errors";
import type { EditableCollection, Named } from "./collection";
import { type Age, untilVisible } from "./fresh";
import { type Context, type Created, isOutcomeUnknown } from "./lifecycle";

/** What a program declares for an object, and how an object of the API compares with it. */
export interface Settings<Live, Fields, Outputs> {
  /** Asked again after each response, which may show how the API stores what is declared. */
  desired(): Fields;
  /** @param written The fields of the request that returned the object. */
  observed(live: Live, written: Partial<Fields>): Fields | Promise<Fields>;
  outputs(live: Live): Outputs;
  /** @throws if the object lacks what can't be changed later. */
  verify?(live: Live): void;
}

/** Fields of `desired` that differ from `observed`. An undefined one is left to the server. */
export function changedFields<Fields extends object>(desired: Fields, observed: Fields): Partial<Fields> {
  const changed: Partial<Fields> = {};
  for (const name of Object.keys(desired) as (keyof Fields)[]) {
    if (desired[name] === undefined) continue;
    if (!isDeepStrictEqual(desired[name], observed[name])) changed[name] = desired[name];
  }
  return changed;
}

/**
 * Updates a created or adopted object to match what is declared. The object exists, so every failure is a partial one.
 * @param written The fields of the request that created it.
 */
export async function converge<Live extends Named, Fields extends object, Outputs extends object>(
  context: Context,
  collection: EditableCollection<Live, Fields>,
  settings: Settings<Live, Fields, Outputs>,
  live: Live,
  written: Partial<Fields> = {},
): Promise<Created<Outputs>> {
  const id = collection.idOf(live);
  const progress: Progress<Live> = { latest: live };
  try {
    settings.verify?.(live);
    const observed = await settings.observed(live, written);
    await writeDifferences(context, collection, settings, { id, createdAt: live.createdAt }, observed, progress);
    return { id, outputs: settings.outputs(progress.latest) };
  } catch (cause) {
    throw new PartialFailureError(id, settings.outputs(progress.latest), cause);
  }
}

/**
 * Writes the fields that have changed in the program and no others: no preview has shown drift of the others, and
 * `ignoreChanges` may cover it. They stay as the state remembers them until a refresh, unless an earlier failure makes
 * that doubtful.
 */
export async function convergeChanges<Live extends Named, Fields extends object, Outputs extends object>(
  context: Context,
  collection: EditableCollection<Live, Fields>,
  settings: Settings<Live, Fields, Outputs>,
  id: string,
  olds: Outputs,
  remembered: Fields,
): Promise<Outputs> {
  const untouched = context.unfinished ? {} : unchangedFields(remembered, settings.desired());
  const progress: Progress<Live | undefined> = { latest: undefined };
  try {
    return settings.outputs(
      await writeDifferences(context, collection, settings, { id }, remembered, progress, untouched),
    );
  } catch (cause) {
    if (progress.latest) throw new PartialFailureError(id, settings.outputs(progress.latest), cause);
    // The write may have been applied. A partial failure makes the next update read the object, even if the program has
    // returned to what the state has.
    throw isOutcomeUnknown(cause) ? new PartialFailureError(id, olds, cause) : cause;
  }
}

/** The object as the API last returned it, which the state must keep if a later step fails. */
interface Progress<Live> {
  latest: Live;
}

/** The second write is for a setting that, as the response to the first shows, the API has silently set to a default. */
const MAX_WRITES = 2;

/** Returns the object when the API shows what is declared. @throws if a field is accepted but shown with another value. */
async function writeDifferences<Live extends Named, Fields extends object, Outputs>(
  context: Context,
  collection: EditableCollection<Live, Fields>,
  settings: Settings<Live, Fields, Outputs>,
  age: Age,
  observed: Fields,
  progress: Progress<Live | undefined>,
  untouched: Partial<Fields> = {},
): Promise<Live> {
  const { api } = context;
  let live = progress.latest;
  for (let writes = 0; ; ) {
    const desired = settings.desired();
    const changed = changedFields(desired, observed);
    const names = Object.keys(changed);
    if (names.length === 0 && live) return live;
    if (names.length === 0) {
      // An update with nothing to write follows a failure: only the API knows the current settings.
      live = await untilVisible(context, age, () => collection.read(api, age.id));
    } else {
      if (writes++ === MAX_WRITES) throw notApplied(api.operation, names, collection.advice);
      const written = await untilVisible(context, age, () => collection.update(api, age.id, changed, desired));
      live = { ...written, ...untouched };
      progress.latest = live;
    }
    observed = await settings.observed(live, changed);
  }
}

/** What is remembered of the fields that don't change. Nothing, if none changes: then all of them are read. */
function unchangedFields<Fields extends object>(remembered: Fields, desired: Fields): Partial<Fields> {
  const changed = changedFields(desired, remembered);
  if (Object.keys(changed).length === 0) return {};
  const kept = Object.entries(remembered).filter(([name, value]) => value !== undefined && !(name in changed));
  return Object.fromEntries(kept) as Partial<Fields>;
}

export function notApplied(
  operation: string,
  names: readonly string[],
  advice: Readonly<Partial<Record<string, string>>> = {},
): NotAppliedError {
  const special = names.map((name) => advice[name]).find((hint) => hint !== undefined);
  return new NotAppliedError(
    operation,
    `the API accepted ${names.join(", ")} but shows a different value`,
    special ?? "run the same command again; if the error persists, the API ignores this value",
  );
}
