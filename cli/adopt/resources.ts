/** The resources of a program for what is taken over: named, and referring to each other. Pure. */
import { type Named, newNames } from "./identifiers";
import type { Selection, Taken } from "./selection";

export interface Resource extends Taken {
  /** Name of the resource in Pulumi. */
  name: string;
  /** What the program calls it, where another resource refers to it. */
  identifier?: string;
  /** Inputs that are the id of another resource, with the identifier of that one. */
  references: Readonly<Record<string, string>>;
}

/** What is referred to comes first. */
export function resourcesOf({ guardrails, keys, keyAssignments, memberAssignments }: Selection): Resource[] {
  const assignments = [...keyAssignments, ...memberAssignments];
  const referredTo = new Set(assignments.flatMap(({ inputs }) => Object.values(inputs)));
  const nameOf = newNames();
  const named = new Map<unknown, Named>();
  for (const { id, inputs } of keys) named.set(id, nameOf("key", String(inputs.name)));
  for (const guardrail of guardrails) {
    named.set(
      guardrail.id,
      nameOf("guardrail", guardrail.isPermanent ? "workspace default" : String(guardrail.inputs.name)),
    );
  }

  const objects = [...guardrails, ...keys].map((taken): Resource => {
    const { name, identifier } = named.get(taken.id) as Named;
    const reference = referredTo.has(taken.id) ? { identifier } : {};
    return { ...taken, name, ...reference, references: {} };
  });
  return [...objects, ...assignments.map((taken) => assignmentResource(taken, named))];
}

/** A slash stands in no other name, so that no two assignments have one. */
function assignmentResource(taken: Taken, named: ReadonlyMap<unknown, Named>): Resource {
  const { guardrailId, ...subject } = taken.inputs;
  const sides = [...Object.values(subject), guardrailId].map((id) => named.get(id)?.name ?? String(id));
  const references = Object.entries(taken.inputs).flatMap(([input, id]) => {
    const identifier = named.get(id)?.identifier;
    return identifier ? [[input, identifier]] : [];
  });
  return { ...taken, name: sides.join("/"), references: Object.fromEntries(references) };
}
