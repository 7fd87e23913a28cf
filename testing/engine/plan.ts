import { makeUrn, parseUrn } from "../../formats/urn";
import { isObject, UNKNOWN, type Value, type Values } from "../../formats/values";
import type { CheckFailure, DiffAnswer } from "./plugin";
import type { Resource } from "./state";
import { changedKeys, masked } from "./values";

/** The rules of an update, as functions of what is known: nothing here talks to a provider. */

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
  /** Undefined leaves it to the provider. */
  deleteBeforeReplace: boolean | undefined;
  protect: boolean;
  retainOnDelete: boolean;
  /** URN of the resource whose deletion deletes this one as well. */
  deletedWith: string;
  /** The `import` option. */
  importId: string;
  /** The `id` option: the object is read and not managed. */
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

/** What a resource was called before: a whole URN, or the parts that were different. */
export interface Alias {
  urn?: string;
  name?: string;
  type?: string;
  stack?: string;
  project?: string;
  parent?: string;
  noParent?: boolean;
}

/** The URNs that a resource may have had, its own first. A parent's own rename carries over to its children. */
export function urnsOf(goal: Goal, urn: string, parentWas: string | undefined): string[] {
  const { stack, project } = parseUrn(urn);
  const parents = parentWas === undefined ? [goal.parent] : [goal.parent, parentWas];
  const names: Alias[] = [{}, ...goal.aliases];
  const urns = names.flatMap((alias) => {
    if (alias.urn) return [alias.urn];
    const under = alias.noParent ? [""] : alias.parent && alias.parent !== goal.parent ? [alias.parent] : parents;
    const [s, p] = [alias.stack || stack, alias.project || project];
    return under.map((parent) => makeUrn(s, p, parent, alias.type || goal.type, alias.name || goal.name));
  });
  return [...new Set([urn, ...urns])];
}

/** `ignoreChanges`: the program's value gives way to the one in the state, and a new one is left out. */
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
  let at: unknown = values;
  for (const key of keys) at = (at as Values | undefined)?.[key];
  return isObject(at) || Array.isArray(at) ? (at as Values) : undefined;
}

/** What is to become of a resource that is in the state. */
export interface Decision {
  op: "same" | "update" | "replace";
  changedKeys: string[];
  replaceKeys: string[];
  deleteFirst: boolean;
}

export function decide(goal: Goal, old: Resource, inputs: Values, answer: DiffAnswer): Decision {
  // Only when the provider leaves it open does the engine look, and only then does `replaceOnChanges` have an effect.
  const changed = answer.changes === "unknown" ? changedKeys(old.inputs, inputs) : [];
  const isChanged = answer.changes === "some" || changed.length > 0;
  const onChange = changed.filter((key) =>
    goal.replaceOnChanges.some((path) => path === "*" || path.split(/[.[]/)[0] === key),
  );
  const replaceKeys = isChanged ? [...new Set([...answer.replaces, ...onChange])] : [];
  const isHalfDone = old.initErrors.length > 0;
  return {
    op: replaceKeys.length > 0 ? "replace" : isChanged || isHalfDone ? "update" : "same",
    changedKeys: changed,
    replaceKeys,
    deleteFirst: goal.deleteBeforeReplace ?? answer.deleteBeforeReplace,
  };
}

/** The inputs of a dependent if what is replaced changes in every way. Undefined if none of them depends on it. */
export function inputsIfReplaced(dependent: Resource, replaced: Set<string>): Values | undefined {
  const affected = Object.entries(dependent.propertyDependencies).filter(([, urns]) =>
    urns.some((urn) => replaced.has(urn)),
  );
  if (affected.length === 0) return undefined;
  return { ...dependent.inputs, ...Object.fromEntries(affected.map(([key]) => [key, UNKNOWN])) };
}

/** True if `resource` could not be there without one that has the given URN. */
export function dependsOn(resource: Resource, urn: string): boolean {
  return (
    resource.parent === urn ||
    resource.deletedWith === urn ||
    resource.provider.startsWith(`${urn}::`) ||
    resource.dependencies.includes(urn) ||
    Object.values(resource.propertyDependencies).some((urns) => urns.includes(urn))
  );
}

export function checkFailureText(goal: Goal, failure: CheckFailure): string {
  const about = `${goal.type} resource '${goal.name}'`;
  if (failure.property === "") return `${about} has a problem: ${failure.reason}`;
  const value = goal.inputs[failure.property];
  return `${about}: property ${failure.property} value {${shown(value)}} has a problem: ${failure.reason}`;
}

function shown(value: Value | undefined): string {
  if (value === undefined) return "<nil>";
  const safe = masked({ value }).value;
  return typeof safe === "string" ? safe : JSON.stringify(safe);
}

export function deleteRefusal(urn: string): string {
  return `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`.`;
}

export function replaceRefusal(urn: string): string {
  return `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`.`;
}
