/** What a reviewer should know of sets of assignments: what loses its guardrail, and what a set no longer decides. */
import { pluralize } from "../shared/counts";
import type { Found } from "./callouts";
import type { Review } from "./compare";
import { compose, own, type Sentence } from "./sentence";
import type { Assigned, AssigneeChange, SetRow } from "./sets";

export function setFindings(row: SetRow, review: Review): Found[] {
  return [...losses(row), ...releases(row), ...exclusivity(row, review)];
}

/** A set that is deleted, and a list that is emptied. */
function losses({ change, guardrail, keys, members }: SetRow): Found[] {
  const found = (words: string, lost: Counts, ...changes: readonly AssigneeChange[]): Found[] => {
    const sentence = having(lost, "lose", guardrail.before?.label);
    return sentence ? [["emptied", compose`${own(words)}: ${sentence}${staying(changes)}.`]] : [];
  };
  if (change === "deleted" || change === "released") {
    return found(
      change === "deleted" ? "deleted" : "no longer in the stack",
      { keys: keys.bare, members: members.bare },
      keys,
      members,
    );
  }
  return [
    ...(isEmpty(keys) ? found("lists no keys any more", { keys: keys.bare }, keys) : []),
    ...(isEmpty(members) ? found("lists no members any more", { members: members.bare }, members) : []),
  ];
}

function isEmpty({ listed: { after } }: AssigneeChange): boolean {
  return !after || (after.items.length === 0 && after.unresolved === 0);
}

function staying(changes: readonly AssigneeChange[]): Sentence {
  const count = changes.flatMap(({ to }) => to).length;
  return count === 0 ? [] : own(`; ${pluralize(count, "assignment")} ${verb(count, "stay")} by other resources`);
}

/** The guardrail stays, and the program no longer says so. */
function releases({ change, guardrail, keys, members }: SetRow): Found[] {
  const found = (words: string, kept: Counts): Found[] => {
    const sentence = having(kept, "keep", guardrail.before?.label);
    return sentence ? [["unmanaged", compose`${own(words)}: ${sentence}, and no resource declares it any more.`]] : [];
  };
  if (change === "released") {
    return found("no longer in the stack (retainOnDelete)", { keys: keys.kept, members: members.kept });
  }
  return [
    ...found("no longer manages keys", { keys: keys.kept }),
    ...found("no longer manages members", { members: members.kept }),
  ];
}

interface Counts {
  keys?: readonly Assigned[];
  members?: readonly Assigned[];
}

/** `2 keys and 1 member lose guardrail g`; undefined if there are none. */
function having({ keys = [], members = [] }: Counts, plural: string, guardrail: Sentence = []): Sentence | undefined {
  const all = [
    ...(keys.length > 0 ? [pluralize(keys.length, "key")] : []),
    ...(members.length > 0 ? [pluralize(members.length, "member")] : []),
  ];
  if (all.length === 0) return undefined;
  return compose`${own(`${all.join(" and ")} ${verb(keys.length + members.length, plural)}`)} guardrail ${guardrail}`;
}

function verb(count: number, plural: string): string {
  return count === 1 ? `${plural}s` : plural;
}

function exclusivity(row: SetRow, review: Review): Found[] {
  const { isExclusive, guardrail, keys, members } = row;
  if (isExclusive.before && isExclusive.after === false) {
    return [["exclusive", own("no longer exclusive: keys and members assigned outside the program stay.")]];
  }
  if (!isExclusive.after || !guardrail.after || hasNoOthers(row, review)) return [];
  const begins = ({ listed }: AssigneeChange) => listed.after && !(isExclusive.before && listed.before);
  const ruled = [...(begins(keys) ? ["keys"] : []), ...(begins(members) ? ["members"] : [])];
  if (ruled.length === 0) return [];
  const others = own(`${ruled.join(" and ")} that the set does not list`);
  return [
    ["exclusive", compose`exclusive from now on: pulumi up removes guardrail ${guardrail.after.label} from ${others}.`],
  ];
}

/** A new guardrail has no other assignments, and an exclusive set that goes has removed them. */
function hasNoOthers({ identity, change, guardrail }: SetRow, { sets, contents }: Review): boolean {
  const id = guardrail.after?.identity ?? "";
  const isNew = contents.after.guardrails.has(id) && !contents.before.guardrails.has(id);
  const former = sets.find((each) => each.identity !== identity && each.guardrail.before?.identity === id);
  return change === "new" && (isNew || former?.isExclusive.before === true);
}
