/** The resources of a stack before and after the change. */
import type { Resource } from "../../formats/deployment";
import { kindIn } from "../../formats/typeTokens";
import { parseUrn, STACK_TYPE } from "../../formats/urn";
import { assignmentsOf, type Known } from "../shared/assignments";
import { UsageError } from "../shared/terminal";
import { type AdoptedObjects, adoptedId, adopts, NOTHING_ADOPTED, settingsOf } from "./adoption";
import { withNewUrns } from "./aliases";
import { imported } from "./imports";
import type { Preview, Step } from "./preview";
import { type BeforeAfter, visible } from "./values";

type Resources = ReadonlyMap<string, Resource>;

/** Finds resources of the stack, also by the id of an object that only the other snapshot or an assignment has. */
export interface Snapshot extends Known {
  /** By the URN that a resource has after the change. */
  resources: Resources;
}

export interface Snapshots extends BeforeAfter<Snapshot> {
  /** URNs of resources that are replaced. */
  replaced: ReadonlySet<string>;
  /** URNs of resources whose object existed before without them. */
  adopted: ReadonlySet<string>;
  /** URNs of adopted resources whose assignments before are not known. */
  unread: ReadonlySet<string>;
  /** By URN, the properties that Pulumi reports as different: two secrets look alike here. */
  differing: ReadonlyMap<string, readonly string[]>;
}

/** @throws UsageError if the state is not the one that the preview was created from */
export function snapshotsOf(
  preview: Preview,
  state: readonly Resource[] | undefined,
  { objects, related }: AdoptedObjects = NOTHING_ADOPTED,
): Snapshots {
  const renamed = withNewUrns({ steps: preview.steps, state: state ?? [] });
  const steps = renamed.steps.map((step) => withImport(step, objects));
  const current = [...related, ...renamed.state.filter((each) => !each.delete)];
  const before = new Map(current.map((each) => [each.urn, each]));
  const after = new Map(before);
  if (state) requireSameState(steps, before);
  for (const step of steps) apply(step, before, after);
  const adopted = steps.filter(adopts).map(({ urn }) => urn);
  for (const urn of adopted) adopt(urn, objects, before, after);
  const urns = urnsById([...after, ...before]);
  const snapshot = (resources: Resources): Snapshot => ({
    resources,
    urnOf: (id) => urns.get(id),
    has: (urn) => resources.has(urn),
  });
  return {
    before: snapshot(before),
    after: snapshot(after),
    replaced: new Set(steps.filter(({ effect }) => effect === "replace").map(({ urn }) => urn)),
    adopted: new Set(adopted),
    unread: new Set(adopted.filter((urn) => !objects.has(String(after.get(urn)?.id)))),
    differing: new Map(steps.map(({ urn, differing }) => [urn, differing])),
  };
}

/** A preview doesn't repeat the ids of changed resources. A single assignment that depends on one key has its hash. */
function urnsById(resources: readonly (readonly [urn: string, resource: Resource])[]): Map<string, string> {
  const assigned = resources.flatMap(([urn, resource]) => {
    if (kindIn(resource.type) !== "GuardrailKeyAssignment") return [];
    return assignmentsOf(urn, resource).flatMap(({ assignee: { value, urns } }): [string, string][] => {
      const [key, another] = urns.filter((each) => isOfKind(each, "InferenceKey"));
      return typeof visible(value) === "string" && key && !another ? [[value as string, key]] : [];
    });
  });
  return new Map([...assigned, ...resources.flatMap(([urn, { id }]) => (id ? [[id, urn] as const] : []))]);
}

export function isOfKind(urn: string, kind: string): boolean {
  return kindIn(parseUrn(urn).type) === kind;
}

function apply({ effect, urn, old, new: next }: Step, before: Map<string, Resource>, after: Map<string, Resource>) {
  if (effect === "ignore") return;
  if (effect === "create" || effect === "import") before.delete(urn);
  if (old) {
    // With an alias, the state has it under its former URN.
    before.delete(old.urn);
    after.delete(old.urn);
    before.set(urn, old);
  }
  if (effect === "delete") after.delete(urn);
  else if (next) after.set(urn, effect === "replace" ? next : { ...next, id: next.id ?? old?.id });
}

/** An imported object is the same before: an update follows where the program differs from what Pulumi has read. */
function withImport(step: Step, objects: Resources): Step {
  const { effect, new: next } = step;
  if (effect !== "import" || !next?.importID) return step;
  const resource = imported(next, objects.get(next.importID));
  return { ...step, old: resource, new: resource };
}

/** An adopted object existed before: with its live settings, as far as they are known. */
function adopt(urn: string, objects: Resources, before: Map<string, Resource>, after: Map<string, Resource>): void {
  const adopting = after.get(urn);
  const id = adopting && adoptedId(adopting);
  if (!adopting || !id) return;
  after.set(urn, { ...adopting, id });
  const found = objects.get(id);
  if (!found) return;
  // Under another URN of the same stack, it is one object that gets a new URN.
  if (!after.has(found.urn)) before.delete(found.urn);
  if (before.has(urn)) return;
  const { workspaceId, creatorUserId, ...settings } = settingsOf(found);
  const isDeclared = ([name]: [string, unknown]) => adopting.inputs?.[name] !== undefined;
  const immutable = Object.fromEntries(Object.entries({ workspaceId, creatorUserId }).filter(isDeclared));
  before.set(urn, { ...adopting, id, inputs: { ...settings, ...immutable } });
}

/** Every resource that a preview changes, and does not import, is in the state that it was created from. */
function requireSameState(steps: readonly Step[], state: Resources): void {
  const imports = new Set(steps.filter(({ effect }) => effect === "import").map(({ urn }) => urn));
  const missing = steps.find(
    ({ effect, old }) => old && effect !== "ignore" && !state.has(old.urn) && !imports.has(old.urn),
  );
  if (!missing) return;
  const { type, name } = parseUrn(missing.urn);
  throw new UsageError(
    `the state does not match the preview: ${type.split(":").at(-1)} "${name}" is missing; export the state again`,
  );
}

/** `affected`: only the budget of the key's guardrail changes. `released`: leaves the stack and keeps working. */
export type Change = "new" | "adopted" | "changed" | "replaced" | "deleted" | "released" | "affected";

export function changeOf(urn: string, { before, after, replaced, adopted }: Snapshots, isChanged: boolean): Change {
  const [old, next] = [before.resources.get(urn), after.resources.get(urn)];
  if (old && !next) return old.retainOnDelete ? "released" : "deleted";
  if (adopted.has(urn)) return "adopted";
  if (!old && next) return "new";
  if (replaced.has(urn)) return "replaced";
  return isChanged ? "changed" : "affected";
}

/** The name of a resource in the program, after that of its component. */
export function pathOf(urn: string, parent: string | null | undefined): string {
  const { name } = parseUrn(urn);
  const component = parent ? parseUrn(parent) : undefined;
  return component && component.type !== STACK_TYPE ? `${component.name} › ${name}` : name;
}
