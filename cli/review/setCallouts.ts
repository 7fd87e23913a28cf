/** What to check about a set of assignments: who loses the guardrail, and what the set no longer manages. */
import { pluralize } from "../shared/counts";
import type { Finding } from "./calloutKinds";
import type { Review } from "./compare";
import type { Link } from "./contents";
import { compose, literal, type Sentence, verb } from "./sentence";
import type { AssigneeChange, SetRow } from "./setChanges";

export function setFindings(row: SetRow, review: Review): Finding[] {
  return [...losses(row), ...releases(row), ...exclusivity(row, review)];
}

/** A set that is deleted, and a list that is emptied. */
function losses({ change, guardrail, keys, members }: SetRow): Finding[] {
  const found = (cause: string, lost: Assignees, lists: readonly AssigneeChange[]): Finding[] => {
    const assignees = assigneesText(lost, "lose", guardrail.before?.label);
    const kept = lists.flatMap(({ to }) => to).length;
    const rest = kept === 0 ? "" : `; ${pluralize(kept, "assignment")} ${verb(kept, "move")} to other resources`;
    return assignees ? [["emptied", compose`${literal(cause)}; ${assignees}${literal(rest)}.`]] : [];
  };
  if (change === "deleted" || change === "released") {
    const cause = change === "deleted" ? "deleted" : "removed from the stack";
    return found(cause, { keys: keys.unguarded, members: members.unguarded }, [keys, members]);
  }
  return [
    ...(isEmpty(keys) ? found("no longer lists keys", { keys: keys.unguarded }, [keys]) : []),
    ...(isEmpty(members) ? found("no longer lists members", { members: members.unguarded }, [members]) : []),
  ];
}

function isEmpty({ listed: { after } }: AssigneeChange): boolean {
  return !after || (after.items.length === 0 && after.unresolved === 0);
}

/** Assignments that stay, though the program no longer declares them. */
function releases({ change, guardrail, keys, members }: SetRow): Finding[] {
  const found = (cause: string, kept: Assignees): Finding[] => {
    const assignees = assigneesText(kept, "keep", guardrail.before?.label);
    return assignees
      ? [["unmanaged", compose`${literal(cause)}; ${assignees}, which no resource declares any more.`]]
      : [];
  };
  if (change === "released") {
    return found("removed from the stack (retainOnDelete)", { keys: keys.kept, members: members.kept });
  }
  return [
    ...found("no longer manages keys", { keys: keys.kept }),
    ...found("no longer manages members", { members: members.kept }),
  ];
}

interface Assignees {
  keys?: readonly Link[];
  members?: readonly Link[];
}

/** `2 keys and 1 member lose guardrail g`; undefined if there are none. */
function assigneesText(
  { keys = [], members = [] }: Assignees,
  plural: string,
  guardrail: Sentence = [],
): Sentence | undefined {
  const count = keys.length + members.length;
  const nouns = [
    ...(keys.length > 0 ? [pluralize(keys.length, "key")] : []),
    ...(members.length > 0 ? [pluralize(members.length, "member")] : []),
  ];
  if (count === 0) return undefined;
  return compose`${literal(`${nouns.join(" and ")} ${verb(count, plural)}`)} guardrail ${guardrail}`;
}

function exclusivity(row: SetRow, review: Review): Finding[] {
  const { isExclusive, guardrail, keys, members } = row;
  if (isExclusive.before && isExclusive.after === false) {
    return [
      ["exclusive", literal("no longer exclusive; keys and members assigned outside the program stay assigned.")],
    ];
  }
  if (!isExclusive.after || !guardrail.after || isOnlyAssigner(row, review)) return [];
  const begins = ({ listed }: AssigneeChange) => listed.after && !(isExclusive.before && listed.before);
  const nouns = [...(begins(keys) ? ["keys"] : []), ...(begins(members) ? ["members"] : [])];
  if (nouns.length === 0) return [];
  const others = literal(`${nouns.join(" and ")} that it does not list`);
  return [
    ["exclusive", compose`becomes exclusive; pulumi up removes guardrail ${guardrail.after.label} from ${others}.`],
  ];
}

/** A new guardrail has no other assignments, and an exclusive set that is deleted has removed them. */
function isOnlyAssigner({ identity, change, guardrail }: SetRow, { sets, contents }: Review): boolean {
  const id = guardrail.after?.identity ?? "";
  const isNew = contents.after.guardrails.has(id) && !contents.before.guardrails.has(id);
  const former = sets.find((each) => each.identity !== identity && each.guardrail.before?.identity === id);
  return change === "new" && (isNew || former?.isExclusive.before === true);
}
