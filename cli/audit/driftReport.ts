/** Assignments that differ from the states, as text. */
import { guardrailNames } from "../shared/guardrailNames";
import { printable } from "../shared/output";
import { type Column, table } from "../shared/table";
import type { AssignmentDrift } from "./assignmentDrift";
import type { Audit } from "./findings";

const COLUMNS: Column[] = [
  { title: "ASSIGNEE", minWidth: 9 },
  "ID",
  { title: "GUARDRAIL", minWidth: 9, distinct: true },
  { title: "RESOURCE", minWidth: 9, distinct: true },
  { title: "STACK", minWidth: 9, distinct: true },
];

const MAX_ROWS = 20;

export function driftText({ drift, keys, guardrails }: Audit, width: number | undefined): string {
  const keyNames = new Map(keys.map(({ key }) => [key.hash, printable(key.name)]));
  const guardrailName = guardrailNames(guardrails.map(({ guardrail }) => guardrail));
  const section = (why: AssignmentDrift["why"], title: string): string[] => {
    const found = drift.filter((each) => each.why === why);
    if (found.length === 0) return [];
    const rows = found
      .slice(0, MAX_ROWS)
      .map(({ of, assignee, guardrail, resource }) => [
        of === "member" ? printable(assignee) : (keyNames.get(assignee) ?? "unknown key"),
        of === "member" ? "member" : assignee.slice(0, 8),
        guardrailName(guardrail.id),
        printable(resource.urn.split("::").at(-1) ?? ""),
        printable(resource.stack),
      ]);
    const more = found.length > MAX_ROWS ? [`and ${found.length - MAX_ROWS} more; --json has all`] : [];
    return [[title, table(COLUMNS, rows, width), ...more, ...(why === "outside" ? advice(found) : [])].join("\n")];
  };
  return [
    ...section("outside", "Assigned, but not in an exclusive set; `pulumi up --refresh` removes the assignment:"),
    ...section("lost", "Assigned in a state, but not in the account; `pulumi up --refresh` assigns them:"),
  ].join("\n\n");
}

function advice(outside: readonly AssignmentDrift[]): string[] {
  const others = outside.filter(({ assignedBy }) => assignedBy.length > 0).length;
  return [
    "To keep one, list it in the set, or declare the set with `exclusive: false`.",
    ...(others > 0
      ? [`${others} of these ${others === 1 ? "is" : "are"} also declared by another resource of the states.`]
      : []),
  ];
}
