/** What a change does to each key, and to the most that it may spend. */
import { isDeepStrictEqual } from "node:util";
import { kindIn } from "../../formats/typeTokens";
import type { AssignmentEnd, Contents, Guardrail, Key, Link, StackContents } from "./contents";
import { type ExposureChange, NOTHING, type Spending, spendingOf } from "./exposure";
import { quoted, type Sentence } from "./sentence";
import { type Row, settingChanges } from "./settings";
import { changeOf, pathOf, type Snapshots } from "./snapshots";
import { type BeforeAfter, Hidden, mapBoth } from "./values";

export interface KeyRow extends Row {
  /** Undefined if the stack doesn't manage the key. */
  key: BeforeAfter<Key | undefined>;
  /** Its assignment; undefined if none is known. */
  link: BeforeAfter<Link | undefined>;
  /** Whether it gets or loses a guardrail, or gets a different one. */
  moved: boolean;
  /** Whether it gets a guardrail, and may have a different one before. */
  unread: boolean;
  exposure: ExposureChange;
  /** The guardrail whose budget is the figure, instead of the key's own limit. */
  cappedBy: BeforeAfter<Guardrail | undefined>;
  /** Of a replaced key, the resources that use it, except assignments. */
  consumers: Sentence[];
}

/** A row for each key of the stack and for each key with an assignment. @param now Milliseconds since 1970. */
export function keyRows(contents: Contents, both: Snapshots, now: number): KeyRow[] {
  const { before, after } = contents;
  const identities = [before, after].flatMap(({ keys, assignments }) => [...keys.keys(), ...assignments.keys()]);
  return [...new Set(identities)].map((identity) => keyRow(identity, contents, both, now));
}

function keyRow(identity: string, contents: Contents, both: Snapshots, now: number): KeyRow {
  const key = mapBoth(contents, ({ keys }) => keys.get(identity));
  const link = mapBoth(contents, ({ assignments }) => assignments.get(identity));
  const differing = both.differing.get(identity);
  const settings = settingChanges(
    "key",
    mapBoth(key, (each) => each?.properties),
    differing,
  );
  const moved = link.before?.guardrail.identity !== link.after?.guardrail.identity;
  const unread = moved && !link.before && both.unread.has(identity);
  const change = changeOf(identity, both, settings.length > 0 || moved);
  const spending = mapBoth(contents, (side, when) => {
    const known = key[when];
    return known && spendingIn(side, known, link[when]?.guardrail, now);
  });
  const row = {
    identity,
    label: (key.after ?? key.before ?? link.after ?? link.before)?.label ?? quoted(identity),
    id: key.before?.id ?? key.after?.id,
    change,
    settings,
    key,
    link,
    moved,
    unread,
    cappedBy: mapBoth(spending, (each) => each?.cappedBy),
    consumers: change === "replaced" ? consumersOf(identity, both) : [],
  };
  return { ...row, exposure: exposureChangeOf(row, spending, both) };
}

/** The budget of a guardrail outside this stack is not known: then the key's own limit counts. */
function spendingIn(
  { guardrails }: StackContents,
  key: Key,
  end: AssignmentEnd | undefined,
  now: number,
): Spending & { cappedBy: Guardrail | undefined } {
  const guardrail = end && guardrails.get(end.identity);
  const spending = spendingOf(key, guardrail?.budget, now);
  const cappedBy = spending.isCapped ? guardrail : undefined;
  if (!end?.unknown || spending.exposure === NOTHING) return { ...spending, cappedBy };
  const hidden = new Hidden("known after apply");
  const exposure = spending.exposure === "unlimited" ? hidden : spending.exposure;
  return { ...spending, exposure, hidden, cappedBy };
}

/**
 * If a value is hidden, the known one is an upper bound. That is right after the change. Before the change it would hide
 * an increase, so it is used only if nothing about the spending changes.
 */
function exposureChangeOf(
  row: Pick<KeyRow, "change" | "settings" | "moved" | "unread" | "key" | "link">,
  { before, after }: BeforeAfter<Spending | undefined>,
  both: Snapshots,
): ExposureChange {
  if (!row.key.before && !row.key.after) {
    const hidden = new Hidden("not in this preview");
    return { before: hidden, after: hidden };
  }
  const exposure = after?.exposure ?? NOTHING;
  if (!before || row.unread)
    return { before: row.change === "adopted" ? new Hidden("not known") : NOTHING, after: exposure };
  const guardrail = row.link.after?.guardrail.identity;
  const differing = [
    ...row.settings.flatMap(({ properties }) => properties),
    ...((guardrail !== undefined && both.differing.get(guardrail)) || []),
  ];
  const isSame =
    !row.moved && isDeepStrictEqual(before, after) && !SPENDING_PROPERTIES.some((name) => differing.includes(name));
  return { before: before.hidden && !isSame ? before.hidden : before.exposure, after: exposure };
}

const SPENDING_PROPERTIES = ["limit", "limitReset", "disabled", "limitUsd", "resetInterval"];

function consumersOf(urn: string, { after }: Snapshots): Sentence[] {
  const consumers = [...after.resources].filter(([, { type, dependencies, propertyDependencies }]) => {
    if (kindIn(type) !== undefined) return false;
    return [dependencies, ...Object.values(propertyDependencies ?? {})].some((urns) => urns?.includes(urn));
  });
  return consumers.map(([each, { type, parent }]) => quoted(`${type.split(":").at(-1)} ${pathOf(each, parent)}`));
}
