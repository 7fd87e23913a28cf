/** The review of a change: the stack before compared with the stack after. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { Resource } from "../../formats/deployment";
import { type AdoptedObjects, NOTHING_ADOPTED } from "./adoption";
import { type Contents, contentsOf } from "./contents";
import { byExposure, type ExposureChange, type Totals, totalsOf } from "./exposure";
import { type GuardrailRow, guardrailRows, type MemberRow, memberRows } from "./guardrailChanges";
import { type KeyRow, keyRows } from "./keyChanges";
import type { Preview } from "./preview";
import { byLabel, type Sentence } from "./sentence";
import { type SetRow, setRows } from "./setChanges";
import { snapshotsOf } from "./snapshots";
import { unmanagedAssignments } from "./unmanaged";
import type { ReviewUsage } from "./usage";
import { Hidden } from "./values";

export interface KeyExposure extends ExposureChange {
  label: Sentence;
}

export interface Review {
  /** `<project>/<stack>`. */
  stack: string | undefined;
  /** Whether all keys of the stack are known, or only those that change. */
  scope: "stack" | "changes";
  /** Keys that change, or that may spend a different amount. */
  keys: KeyRow[];
  guardrails: GuardrailRow[];
  members: MemberRow[];
  sets: SetRow[];
  /** Of all keys that are known. */
  exposures: readonly KeyExposure[];
  totals: Totals<KeyExposure>;
  /** How many settings and assignments are known after apply. */
  unknownValues: number;
  warnings: readonly string[];
  contents: Contents;
  /** Undefined unless it was read. */
  usage?: ReviewUsage;
}

/** @param now Milliseconds since 1970, to determine which keys are expired. */
export function compare(
  preview: Preview,
  state: readonly Resource[] | undefined,
  now: number,
  adopted: AdoptedObjects = NOTHING_ADOPTED,
): Review {
  const both = snapshotsOf(preview, state, adopted);
  const stateOf = (urn: string) => both.before.resources.get(urn)?.outputs ?? {};
  // A replaced object does not keep the settings that the program omits.
  const keptStateOf = (urn: string) => (both.replaced.has(urn) ? {} : stateOf(urn));
  const contents = {
    before: contentsOf(both.before, stateOf),
    after: contentsOf(both.after, keptStateOf, unmanagedAssignments(both)),
  };
  const scope = state || preview.complete ? "stack" : "changes";
  const all = keyRows(contents, both, now);
  const keys = all.filter(isTouched).sort((a, b) => byExposure(a.exposure, b.exposure) || byLabel(a, b));
  const managed = all.filter(({ key }) => key.before || key.after);
  const exposures = managed
    .filter((row) => scope === "stack" || isTouched(row))
    .map(({ label, exposure }) => ({ label, ...exposure }))
    .sort(byExposure);
  const guardrails = guardrailRows(contents, both);
  const sets = setRows(contents, both);
  return {
    stack: preview.stack,
    scope,
    keys,
    guardrails,
    members: memberRows(contents),
    sets,
    exposures,
    totals: totalsOf(exposures),
    unknownValues: countUnknown(keys, guardrails, sets),
    warnings: preview.warnings,
    contents,
  };
}

function isTouched({ change, exposure: { before, after } }: KeyRow): boolean {
  return change !== "affected" || !isDeepStrictEqual(before, after);
}

/** A list of assignments that can't be resolved is one value, however many items it has. */
function countUnknown(keys: readonly KeyRow[], guardrails: readonly GuardrailRow[], sets: readonly SetRow[]): number {
  const objects = [...keys.map(({ key }) => key.after), ...guardrails.map(({ guardrail }) => guardrail.after)];
  const values = objects.flatMap((object) => Object.values(object?.properties ?? {}).flat());
  const lists = sets.flatMap(({ keys, members }) => [keys.listed.after, members.listed.after]);
  return [
    values.filter((value) => value instanceof Hidden && value.why === "known after apply"),
    keys.filter(({ link }) => link.after?.guardrail.unknown),
    lists.filter((list) => list && (list.unresolved !== 0 || list.unknown === "the whole list")),
  ].reduce((count, { length }) => count + length, 0);
}
