import type { Resource } from "../../formats/deployment";
import { parseUrn, STACK_TYPE } from "../../formats/urn";
import { isSecret, isUnknown } from "../../formats/values";
import { isRecord } from "../shared/state";
import { UsageError } from "../shared/terminal";
import { adoptedId, adopts, type Live, NOT_KNOWN } from "./adopted";
import { Hidden } from "./exposure";
import type { Preview, Step } from "./preview";

/** By URN, the one that the resource has after the change. */
export type Resources = ReadonlyMap<string, Resource>;

export interface Snapshots {
  before: Resources;
  after: Resources;
  /** URNs of resources that are replaced. */
  replaced: ReadonlySet<string>;
  /** URNs of resources whose object existed before without them. */
  adopted: ReadonlySet<string>;
  /** By URN, the names of the properties that Pulumi says differ: two secrets look alike here. */
  differing: ReadonlyMap<string, readonly string[]>;
}

/**
 * @param live What is known of objects that the stack adopts.
 * @throws UsageError if the state is not the one that the preview was made from.
 */
export function snapshots(preview: Preview, state: readonly Resource[] | undefined, live: Live = NOT_KNOWN): Snapshots {
  const present = (state ?? []).filter((each) => !each.delete).map((each) => [each.urn, each] as const);
  const surroundings = live.surroundings.map((each) => [each.urn, each] as const);
  const before = new Map([...surroundings, ...present]);
  const after = new Map(before);
  if (state) requireSameState(preview, new Set(before.keys()));
  for (const step of preview.steps) apply(step, before, after);
  const adopted = preview.steps.filter(adopts);
  for (const { urn } of adopted) adopt(urn, live, before, after);
  return {
    before,
    after,
    replaced: new Set(preview.steps.filter(({ effect }) => effect === "replace").map(({ urn }) => urn)),
    adopted: new Set(adopted.map(({ urn }) => urn)),
    differing: new Map(preview.steps.map(({ urn, differing }) => [urn, differing])),
  };
}

function apply({ effect, urn, old, new: made }: Step, before: Map<string, Resource>, after: Map<string, Resource>) {
  if (effect === "none") return;
  const isMade = effect === "make" || effect === "import";
  if (old && !isMade) {
    // With an alias, the state has it under its former URN.
    before.delete(old.urn);
    after.delete(old.urn);
    before.set(urn, old);
  } else if (isMade) before.delete(urn);
  if (effect === "end") after.delete(urn);
  else if (made) after.set(urn, effect === "replace" ? made : { ...made, id: made.id ?? old?.id });
}

/** The object that the stack adopts existed before: with its live settings, as far as they are known. */
function adopt(urn: string, live: Live, before: Map<string, Resource>, after: Map<string, Resource>): void {
  const made = after.get(urn);
  const id = made && adoptedId(made);
  if (!made || !id) return;
  after.set(urn, { ...made, id });
  const found = live.objects.get(id);
  if (!found) return;
  // In the same stack under another URN, it is one object that changes its place, and not two.
  if (!after.has(found.urn)) before.delete(found.urn);
  const { workspaceId, creatorUserId, ...settings } = (found.external ? found.outputs : found.inputs) ?? {};
  const declared = Object.entries({ workspaceId, creatorUserId }).filter(([name]) => made.inputs?.[name] !== undefined);
  before.set(urn, { ...made, id, inputs: { ...settings, ...Object.fromEntries(declared) } });
}

/** What a preview changes is in the state that it was made from. */
function requireSameState({ steps }: Preview, urns: ReadonlySet<string>): void {
  const missing = steps.find(({ effect, old }) => old && effect !== "none" && !urns.has(old.urn));
  if (!missing) return;
  const { type, name } = parseUrn(missing.urn);
  throw new UsageError(
    `the state is not the one that the preview was made from: ${type.split(":").at(-1)} "${name}" is not in it; export it anew`,
  );
}

/** Values, with what is unknown or secret replaced by the reason why it can't be shown. */
export function visible(value: unknown): unknown {
  if (isUnknown(value)) return new Hidden("known after apply");
  if (value === "[secret]" || isSecret(value)) return new Hidden("secret");
  if (Array.isArray(value)) return value.map(visible);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, visible(inner)]));
}

/** What was declared. What is only read declares nothing, so there it is what was found. */
export function propertiesOf({ inputs, outputs, external }: Resource): Record<string, unknown> {
  return visible((external ? outputs : inputs) ?? {}) as Record<string, unknown>;
}

/** The name of a resource in the program, below that of its component. */
export function pathOf(urn: string, parent: string | null | undefined): string {
  const { name } = parseUrn(urn);
  const above = parent ? parseUrn(parent) : undefined;
  return above && above.type !== STACK_TYPE ? `${above.name} › ${name}` : name;
}
