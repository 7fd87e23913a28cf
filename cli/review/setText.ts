/** What the report says about a set of assignments: its line with counts, and what to check. */
import { kindIn } from "../../formats/typeTokens";
import { parseUrn, stackOf } from "../../formats/urn";
import type { AssigneeList } from "../shared/assignments";
import { pluralize } from "../shared/counts";
import type { Finding } from "./calloutKinds";
import type { Review } from "./compare";
import type { Link } from "./contents";
import { compose, join, joinFirst, literal, quoted, type Sentence, verb } from "./sentence";
import type { AssigneeChange, SetRow } from "./setChanges";

const KIND = "GuardrailAssignments";

/** `GuardrailAssignments services: +2 keys, -1 key.` */
export function setLine(row: SetRow, review: Review): Sentence {
  const parts = [
    ...ownChanges(row),
    ...assigneeParts("key", row.keys, review),
    ...assigneeParts("member", row.members, review),
    ...exchanges(row, review),
  ];
  const text = parts.length > 0 ? join(parts) : literal("the same keys, with new hashes for replaced ones");
  return compose`${literal(KIND)} ${row.label}: ${text}.`;
}

type Noun = "key" | "member";

function ownChanges({ change, guardrail, isExclusive }: SetRow): Sentence[] {
  const text = { new: "new", adopted: "adopted", deleted: "deleted", released: "removed from the stack" }[
    change as string
  ];
  const { before, after } = guardrail;
  const exclusive = [isExclusive.before, isExclusive.after].join();
  return [
    ...(text ? [literal(text)] : []),
    ...(before && after && before.identity !== after.identity
      ? [compose`guardrail ${before.label} → ${after.label}`]
      : []),
    ...(exclusive === "false,true" ? [literal("becomes exclusive")] : []),
    ...(exclusive === "true,false" ? [literal("no longer exclusive")] : []),
  ];
}

function assigneeParts(noun: Noun, change: AssigneeChange, review: Review): Sentence[] {
  const identities = (all: readonly Link[]) => new Set(all.map(({ identity }) => identity));
  const [added, removed] = [identities(change.added), identities(change.removed)];
  const gained = change.added.filter(({ identity }) => !removed.has(identity));
  const lost = change.removed.filter(({ identity }) => !added.has(identity));
  const { deleted, kept, uncertain, listed } = change;
  return [
    ...counted(change.added.length - gained.length, (count) => `${pluralize(count, noun)} moved`),
    ...counted(gained.length, (count) => `+${pluralize(count, noun)}`),
    ...counted(lost.length, (count) => `-${pluralize(count, noun)}`),
    ...(noun === "key" ? outsideStack(lost, review) : []),
    ...counted(deleted.length, (count) => `-${pluralize(count, `deleted ${noun}`)}`),
    ...counted(kept.length, (count) => `${pluralize(count, noun)} ${verb(count, "keep")} the guardrail unmanaged`),
    ...counted(uncertain.length, (count) => `${pluralize(count, noun)} may be removed`),
    ...unknownPart(noun, listed.after),
  ];
}

function counted(count: number, text: (count: number) => string): Sentence[] {
  return count > 0 ? [literal(text(count))] : [];
}

/** Removed keys that this stack doesn't manage. Without the state it is not known which these are. */
function outsideStack(removed: readonly Link[], { scope, contents }: Review): Sentence[] {
  const outside = removed.filter(({ identity }) => scope === "stack" && !contents.before.keys.has(identity));
  if (outside.length === 0) return [];
  const hashes = outside.map(({ identity }) => quoted(identity.slice(0, HASH_LENGTH)));
  return [compose`${outside.length} of them outside this stack (${joinFirst(hashes)})`];
}

const HASH_LENGTH = 12;

function unknownPart(noun: Noun, list: AssigneeList | undefined): Sentence[] {
  if (!list || list.unknown === "nothing") return [];
  if (list.unresolved === "some") return [literal(`its ${noun}s are known after apply`)];
  if (list.unresolved > 0) {
    return [literal(`${pluralize(list.unresolved, noun)} ${list.unresolved === 1 ? "is" : "are"} known after apply`)];
  }
  return list.unknown === "the whole list"
    ? [literal(`assuming all ${pluralize(list.items.length, noun)} that the list depends on`)]
    : [];
}

/** Assignments that stay the same, and move between resources. */
function exchanges({ keys, members }: SetRow, { stack }: Review): Sentence[] {
  const [from, to] = [
    [...keys.from, ...members.from],
    [...keys.to, ...members.to],
  ];
  const own = from.filter(({ declaredBy }) => stackOf(declaredBy) === stack);
  return [
    ...counted(from.length - own.length, (count) => `includes ${pluralize(count, "existing assignment")}`),
    ...counted(own.filter(isSingle).length, (count) => `replaces ${pluralize(count, "single assignment")}`),
    ...bySet(own, "here from"),
    ...counted(to.filter(isSingle).length, (count) => `replaced by ${pluralize(count, "single assignment")}`),
    ...bySet(to, "to"),
  ];
}

function isSingle({ declaredBy }: Link): boolean {
  return kindIn(parseUrn(declaredBy).type) !== KIND;
}

function bySet(links: readonly Link[], direction: string): Sentence[] {
  const urns = links.filter((link) => !isSingle(link)).map(({ declaredBy }) => declaredBy);
  return [...new Set(urns)].map((urn) => {
    const count = urns.filter((each) => each === urn).length;
    const move = `${pluralize(count, "assignment")} ${verb(count, "move")} ${direction}`;
    return compose`${literal(`${move} ${KIND}`)} ${parseUrn(urn).name}`;
  });
}

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
      ? [["unmanaged", compose`${literal(cause)}; ${assignees}, which no resource declares anymore.`]]
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

type Assignees = { readonly [noun in "keys" | "members"]?: readonly Link[] };

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
