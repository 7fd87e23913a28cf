/** What a change does to each set of assignments, in one line: counts, because its keys have rows of their own. */

import { parseUrn, stackOf } from "../../formats/urn";
import { type AssigneeList, kindOf } from "../shared/assignments";
import { pluralize } from "../shared/counts";
import type { Review } from "./compare";
import { compose, firstOf, joined, own, quoted, type Sentence } from "./sentence";
import type { Assigned, AssigneeChange, SetRow } from "./sets";

export const KIND = "GuardrailAssignments";

/** `GuardrailAssignments services: +2 keys, -1 key.` */
export function setLine(row: SetRow, review: Review): Sentence {
  const parts = [
    ...changeParts(row),
    ...partsOf("key", row.keys, review),
    ...partsOf("member", row.members, review),
    ...exchanges(row, review),
  ];
  const words = parts.length > 0 ? joined(parts) : own("the same keys, with new hashes of those that are replaced");
  return compose`${own(KIND)} ${row.label}: ${words}.`;
}

type Noun = "key" | "member";

function changeParts({ change, guardrail, isExclusive }: SetRow): Sentence[] {
  const words = { new: "new", deleted: "deleted", released: "leaves the stack" }[change as string];
  const { before, after } = guardrail;
  const moves = before && after && before.identity !== after.identity;
  const toggled =
    isExclusive.before !== undefined && isExclusive.after !== undefined && isExclusive.before !== isExclusive.after;
  return [
    ...(words ? [own(words)] : []),
    ...(moves ? [compose`guardrail ${before.label} → ${after.label}`] : []),
    ...(toggled ? [own(isExclusive.after ? "exclusive from now on" : "no longer exclusive")] : []),
  ];
}

function partsOf(noun: Noun, change: AssigneeChange, review: Review): Sentence[] {
  const removed = new Set(change.removed.map(({ identity }) => identity));
  const moved = change.added.filter(({ identity }) => removed.has(identity));
  const both = new Set(moved.map(({ identity }) => identity));
  const [come, go] = [change.added, change.removed].map((all) => all.filter(({ identity }) => !both.has(identity)));
  return [
    ...count("", moved, noun, " moved"),
    ...count("+", come, noun),
    ...count("-", go, noun),
    ...strangers(go ?? [], noun, review),
    ...count("-", change.deleted, noun, change.deleted.length === 1 ? " that is deleted" : " that are deleted"),
    ...count("", change.kept, noun, ` ${change.kept.length === 1 ? "keeps" : "keep"} the guardrail unmanaged`),
    ...count("", change.uncertain, noun, " may stay or go"),
    ...unknown(noun, change.listed.after),
  ];
}

function count(sign: string, all: readonly Assigned[] | undefined, noun: string, words = ""): Sentence[] {
  return all && all.length > 0 ? [own(`${sign}${pluralize(all.length, noun)}${words}`)] : [];
}

/** Of the keys that are removed, those that somebody else manages. Without the state it is not known which these are. */
function strangers(removed: readonly Assigned[], noun: Noun, { scope, contents }: Review): Sentence[] {
  if (noun === "member" || scope === "changes") return [];
  const foreign = removed.filter(({ identity }) => !contents.before.keys.has(identity));
  if (foreign.length === 0) return [];
  const names = foreign.map(({ identity }) => quoted(identity.slice(0, HASH_LENGTH)));
  return [compose`${own(`of which ${foreign.length} not of this stack`)} (${firstOf(names)})`];
}

const HASH_LENGTH = 12;

function unknown(noun: Noun, list: AssigneeList | undefined): Sentence[] {
  if (!list || list.unknown === "nothing") return [];
  if (list.unresolved === "some") return [own(`its ${noun}s will be known after apply`)];
  if (list.unresolved > 0) return [own(`${pluralize(list.unresolved, noun)} will be known after apply`)];
  return list.unknown === "the whole list"
    ? [own(`its list counted as the ${pluralize(list.items.length, noun)} that it depends on`)]
    : [];
}

/** Assignments that stay, and only change the resource that declares them. */
function exchanges({ keys, members }: SetRow, { stack }: Review): Sentence[] {
  const [from, to] = [
    [...keys.from, ...members.from],
    [...keys.to, ...members.to],
  ];
  const isOwn = ({ declaredBy }: Assigned) => stackOf(declaredBy) === stack;
  const [own_, foreign] = [from.filter(isOwn), from.filter((each) => !isOwn(each))];
  return [
    ...stay(foreign, "existing assignment", "become", "part of it"),
    ...stay(own_.filter(isSingle), "single assignment", "become", "part of it"),
    ...sets(own_, "taken over unchanged from"),
    ...stay(to.filter(isSingle), "single assignment", "take", "its place"),
    ...sets(to, "handed unchanged to"),
  ];
}

function stay(all: readonly Assigned[], noun: string, verb: string, words: string): Sentence[] {
  return count("", all, noun, ` ${verb}${all.length === 1 ? "s" : ""} ${words}, unchanged`);
}

function sets(all: readonly Assigned[], words: string): Sentence[] {
  const urns = all.filter((each) => !isSingle(each)).map(({ declaredBy }) => declaredBy);
  return [...new Set(urns)].map((urn) => {
    const assignments = pluralize(urns.filter((each) => each === urn).length, "assignment");
    return compose`${own(`${assignments} ${words} ${KIND}`)} ${parseUrn(urn).name}`;
  });
}

function isSingle({ declaredBy }: Assigned): boolean {
  return kindOf(parseUrn(declaredBy).type) !== KIND;
}
