/** Assignments that differ from the states, for a person. */
import type { AssignmentDrift } from "../shared/assignmentDrift";
import type { Audit } from "../shared/findings";
import { guardrailNames } from "../shared/guardrailNames";
import { printable } from "../shared/output";
import { type Column, table } from "../shared/table";

const COLUMNS: Column[] = [
  { title: "ASSIGNEE", least: 9 },
  { title: "ID" },
  { title: "GUARDRAIL", least: 9, distinct: true },
  { title: "RESOURCE", least: 9, distinct: true },
  { title: "STACK", least: 9, distinct: true },
];

const MAX_ROWS = 20;

export function driftText({ drift, keys, guardrails }: Audit, width: number | undefined): string {
  const keyNames = new Map(keys.map(({ key }) => [key.hash, printable(key.name)]));
  const guardrailName = guardrailNames(guardrails.map(({ guardrail }) => guardrail));
  const row = ({ of, assignee, guardrail, resource }: AssignmentDrift) => [
    of === "member" ? printable(assignee) : (keyNames.get(assignee) ?? "unknown key"),
    of === "member" ? "member" : assignee.slice(0, 8),
    guardrailName(guardrail.id),
    printable(resource.urn.split("::").at(-1) ?? ""),
    printable(resource.stack),
  ];
  const section = (why: AssignmentDrift["why"], title: string, advice: (found: AssignmentDrift[]) => string[]) => {
    const found = drift.filter((each) => each.why === why);
    if (found.length === 0) return [];
    const rows = found.slice(0, MAX_ROWS).map(row);
    const more = found.length > MAX_ROWS ? [`and ${found.length - MAX_ROWS} more; --json has all`] : [];
    return [[title, table(COLUMNS, rows, width), ...more, ...advice(found)].join("\n")];
  };
  return [
    ...section("outside", "Not listed by an exclusive set, and removed by `pulumi up --refresh`:", aboutOutside),
    ...section("lost", "Assigned by a state, and not in the account; `pulumi up --refresh` assigns it:", () => []),
  ].join("\n\n");
}

function aboutOutside(found: readonly AssignmentDrift[]): string[] {
  const others = found.filter(({ assignedBy }) => assignedBy.length > 0).length;
  return [
    "To keep one, list it in the set, or declare the set with `exclusive: false`.",
    ...(others > 0
      ? [`${others} of these ${others === 1 ? "is" : "are"} assigned by another resource of the states.`]
      : []),
  ];
}
