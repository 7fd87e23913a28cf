import { makeUrn, parseUrn } from "../../formats/urn";
import { isObject, UNKNOWN, type Value, type Values } from "../../formats/values";
import type { CheckFailure, DiffResult } from "./plugin";
import type { Resource } from "./state";
import { changedKeys, masked } from "./values";

/** The rules of an update, as pure functions. */

/** A resource as the program registers it. */
export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  parent: string;
  inputs: Values;
  provider: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  additionalSecretOutputs: string[];
  aliases: Alias[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  /** Undefined: the provider decides. */
  deleteBeforeReplace: boolean | undefined;
  protect: boolean;
  retainOnDelete: boolean;
  /** URN of the resource whose deletion also deletes this one. */
  deletedWith: string;
  /** The `import` option. */
  importId: string;
  /** The `id` option: the object is read, not managed. */
  readId: string;
  envVarMappings: Record<string, string>;
}

/** A goal without any option. */
export const EMPTY_GOAL: Goal = {
  type: "",
  name: "",
  custom: true,
  parent: "",
  inputs: {},
  provider: "",
  dependencies: [],
  propertyDependencies: {},
  additionalSecretOutputs: [],
  aliases: [],
  ignoreChanges: [],
  replaceOnChanges: [],
  deleteBeforeReplace: undefined,
  protect: false,
  retainOnDelete: false,
  deletedWith: "",
  importId: "",
  readId: "",
  envVarMappings: {},
};

/** An earlier name of a resource: a whole URN, or the parts that were different. */
export interface Alias {
  urn?: string;
  name?: string;
  type?: string;
  stack?: string;
  project?: string;
  parent?: string;
  noParent?: boolean;
}

/** The URNs that a resource may have had, its own first. Children follow a renamed parent. */
export function urnsOf(goal: Goal, urn: string, oldParent: string | undefined): string[] {
  const { stack, project } = parseUrn(urn);
  const parents = oldParent === undefined ? [goal.parent] : [goal.parent, oldParent];
  const candidates: Alias[] = [{}, ...goal.aliases];
  const urns = candidates.flatMap((alias) => {
    if (alias.urn) return [alias.urn];
    const aliasParents = alias.noParent
      ? [""]
      : alias.parent && alias.parent !== goal.parent
        ? [alias.parent]
        : parents;
    return aliasParents.map((parent) =>
      makeUrn(alias.stack || stack, alias.project || project, parent, alias.type || goal.type, alias.name || goal.name),
    );
  });
  return [...new Set([urn, ...urns])];
}

/** `ignoreChanges`: replaces the program's value with the one in the state, and omits a new one. */
export function ignoreChanges(news: Values, olds: Values, paths: string[]): Values {
  const result = structuredClone(news);
  for (const path of paths.includes("*") ? Object.keys({ ...olds, ...news }) : paths) {
    const keys = path.split(/[.[\]"]+/).filter(Boolean);
    const last = keys.pop();
    const [to, from] = [parentOf(result, keys), parentOf(olds, keys)];
    if (last === undefined || to === undefined || from === undefined) continue;
    const old = from[last];
    if (old === undefined) delete to[last];
    else to[last] = old;
  }
  return result;
}

function parentOf(values: Values, keys: string[]): Values | undefined {
  let found: unknown = values;
  for (const key of keys) found = (found as Values | undefined)?.[key];
  return isObject(found) || Array.isArray(found) ? (found as Values) : undefined;
}

/** What to do with a resource that is in the state. */
export interface Decision {
  op: "same" | "update" | "replace";
  changedKeys: string[];
  replaceKeys: string[];
  deleteFirst: boolean;
}

export function decide(goal: Goal, old: Resource, inputs: Values, diff: DiffResult): Decision {
  // As in Pulumi, the engine compares inputs only for a provider that returns "unknown". `replaceOnChanges` applies to keys.
  const changed = diff.changes === "unknown" ? changedKeys(old.inputs, inputs) : diff.changedKeys;
  const isChanged = diff.changes === "some" || changed.length > 0;
  const replaceOnChange = changed.filter((key) =>
    goal.replaceOnChanges.some((path) => path === "*" || path.split(/[.[]/)[0] === key),
  );
  const replaceKeys = isChanged ? [...new Set([...diff.replaces, ...replaceOnChange])] : [];
  const isPartial = old.initErrors.length > 0;
  return {
    op: replaceKeys.length > 0 ? "replace" : isChanged || isPartial ? "update" : "same",
    changedKeys: changed,
    replaceKeys,
    deleteFirst: goal.deleteBeforeReplace ?? diff.deleteBeforeReplace,
  };
}

/** The inputs of a dependent when all outputs of the replaced resources are unknown. Undefined without such inputs. */
export function inputsIfReplaced(dependent: Resource, replaced: Set<string>): Values | undefined {
  const affected = Object.entries(dependent.propertyDependencies).filter(([, urns]) =>
    urns.some((urn) => replaced.has(urn)),
  );
  if (affected.length === 0) return undefined;
  return { ...dependent.inputs, ...Object.fromEntries(affected.map(([key]) => [key, UNKNOWN])) };
}

/** True if `resource` can't exist without the one with this URN. */
export function dependsOn(resource: Resource, urn: string): boolean {
  return (
    resource.parent === urn ||
    resource.deletedWith === urn ||
    resource.provider.startsWith(`${urn}::`) ||
    resource.dependencies.includes(urn) ||
    Object.values(resource.propertyDependencies).some((urns) => urns.includes(urn))
  );
}

export function checkFailureMessage(goal: Goal, failure: CheckFailure): string {
  const about = `${goal.type} resource '${goal.name}'`;
  if (failure.property === "") return `${about} has a problem: ${failure.reason}`;
  const value = goal.inputs[failure.property];
  return `${about}: property ${failure.property} value {${printable(value)}} has a problem: ${failure.reason}`;
}

function printable(value: Value | undefined): string {
  if (value === undefined) return "<nil>";
  const safe = masked({ value }).value;
  return typeof safe === "string" ? safe : JSON.stringify(safe);
}

export function deleteProtectedMessage(urn: string): string {
  return `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`.`;
}

export function replaceProtectedMessage(urn: string): string {
  return `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`.`;
}

export const REPLACE_IMPORTED_MESSAGE =
  "previously-imported resources that still specify an ID may not be replaced; please remove the `import` declaration from your program";
