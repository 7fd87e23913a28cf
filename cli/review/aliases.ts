/** Resources that keep their object under a new URN: after `aliases`, or with the other of this package's providers. */
import type { Resource } from "../../formats/deployment";
import { otherTypeOf } from "../../formats/typeTokens";
import type { Step } from "./preview";

interface Resources {
  steps: readonly Step[];
  state: readonly Resource[];
}

/** With the new URNs in the state too, so that its unchanged resources refer to the changed ones. */
export function withNewUrns({ steps, state }: Resources): Resources {
  const urns = newUrns(steps, state);
  if (urns.size === 0) return { steps, state };
  const rename = (resource: Resource) => renamed(resource, (urn) => urns.get(urn) ?? urn);
  return {
    steps: steps.map((step) => ({ ...step, old: step.old && rename(step.old) })),
    state: state.map(rename),
  };
}

/** By the former URN. A preview omits unchanged resources, so that only references tell their new URNs. */
function newUrns(steps: readonly Step[], state: readonly Resource[]): Map<string, string> {
  const own = new Set(steps.map(({ urn }) => urn));
  const current = new Set([...state, ...steps.flatMap((step) => step.old ?? [])].flatMap(urnsIn));
  const mentioned = new Set(steps.flatMap((step) => (step.new ? urnsIn(step.new) : [])));
  const unchanged = [...mentioned].flatMap((urn): [string, string][] => {
    const former = otherUrn(urn);
    return current.has(former) && !current.has(urn) && !own.has(urn) && !own.has(former) ? [[former, urn]] : [];
  });
  const changed = steps.flatMap(({ effect, urn, old }): [string, string][] =>
    old && old.urn !== urn && effect !== "ignore" ? [[old.urn, urn]] : [],
  );
  return new Map([...unchanged, ...changed]);
}

function urnsIn({ urn, parent, dependencies, propertyDependencies }: Resource): string[] {
  const references = [dependencies, ...Object.values(propertyDependencies ?? {})].flatMap((urns) => urns ?? []);
  return [urn, ...(parent ? [parent] : []), ...references];
}

/** The same if neither it nor a parent is of this package. */
function otherUrn(urn: string): string {
  const [stack = "", project = "", types = "", ...name] = urn.split("::");
  return [stack, project, types.split("$").map(otherTypeOf).join("$"), ...name].join("::");
}

function renamed(resource: Resource, rename: (urn: string) => string): Resource {
  const { urn, parent, dependencies, propertyDependencies } = resource;
  const properties = Object.entries(propertyDependencies ?? {}).map(([name, urns]) => [name, urns?.map(rename)]);
  return {
    ...resource,
    urn: rename(urn),
    ...(parent && { parent: rename(parent) }),
    ...(dependencies && { dependencies: dependencies.map(rename) }),
    ...(propertyDependencies && { propertyDependencies: Object.fromEntries(properties) }),
  };
}
