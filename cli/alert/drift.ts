/** Alerts for objects and assignments that differ from the states of stacks. Pure. */
import type { AssignmentDrift } from "../audit/assignmentDrift";
import type { Audit } from "../audit/findings";
import { boundedName, printable } from "../shared/output";
import { type Alert, keyName } from "./conditions";

/** Stacks whose objects are in a different account, so that their drift can't be checked. */
export function foreignStacks({ missing }: Audit): string[] {
  const stacks = missing.filter(({ why }) => why === "in another account").map(({ stack }) => stack);
  return [...new Set(stacks)].map(
    (stack) => `${boundedName(stack)} belongs to a different account. Use a management key of that account`,
  );
}

export function driftAlerts({ keys, missing, drift }: Audit): Alert[] {
  const names = new Map(keys.map(({ key }) => [key.hash, key.name]));
  // An object in a different account, or one that is not readable, may exist.
  const gone = missing.filter(({ why }) => why === "not in this account");
  return [
    ...gone.map(({ kind, urn, id, stack }) => {
      const name = `${kind} "${boundedName(urn.split("::").at(-1) ?? "")}" (${printable(id).slice(0, 8)})`;
      return driftAlert(
        `${name} of ${boundedName(stack)} is not in the account`,
        `missing ${printable(urn)} ${printable(id)}`,
        null,
      );
    }),
    ...drift.map((each) => assignmentAlert(each, names)),
  ];
}

function assignmentAlert(
  { why, of, assignee, guardrail, resource }: AssignmentDrift,
  names: ReadonlyMap<string, string>,
): Alert {
  const key = of === "key" ? { hash: assignee, name: printable(names.get(assignee) ?? "unknown") } : null;
  const who = key ? keyName(key) : `member ${boundedName(assignee)}`;
  const rail = `guardrail "${boundedName(guardrail.name)}"`;
  const stack = boundedName(resource.stack);
  const text =
    why === "lost"
      ? `${who} does not have ${rail}, which ${stack} assigns`
      : `${who} has ${rail}, which ${stack} does not assign`;
  return driftAlert(text, [why, guardrail.id, assignee].map(printable).join(" "), key);
}

function driftAlert(text: string, what: string, key: Alert["key"]): Alert {
  return { condition: "drift", threshold: null, value: null, key, text, id: `drift ${what}` };
}
