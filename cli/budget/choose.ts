/** Which key of the account a limit in a file is of. Pure. */

import { parseUrn } from "../../formats/urn";
import type { Key } from "../../provider/api/keys";
import type { StackState } from "../shared/state";
import type { Entry } from "./entries";

/** Where the keys of a file are looked for. */
export interface Scope {
  /** Of a configuration: `dev` of `Pulumi.dev.yaml`. */
  stack: string | undefined;
  /** The state of the stack, which knows the hash of each key. */
  state: StackState | undefined;
}

/** The key, or why none is found. */
export function keyOf(entry: Entry, keys: readonly Key[], scope: Scope): { key: Key } | { why: string } {
  const found = scope.state ? keysInState(entry, keys, scope.state) : keysByName(entry, keys, scope.stack);
  const [key, another] = found;
  if (!key) return { why: scope.state ? "the state has no key of this name in the account" : "no key has this name" };
  if (another) return { why: `${found.length} keys have this name; pass --stack or --state` };
  return { key };
}

function keysInState({ name }: Entry, keys: readonly Key[], { objects }: StackState): Key[] {
  const hashes = objects
    .filter(({ kind, external, urn }) => kind === "key" && !external && parseUrn(urn).name === name)
    .map(({ id }) => id);
  return keys.filter(({ hash }) => hashes.includes(hash));
}

/** A key has this name, or the default one: `<project>/<stack>/<name>`. */
function keysByName({ name, project }: Entry, keys: readonly Key[], stack: string | undefined): Key[] {
  const exact = keys.filter((key) => key.name === name);
  const byDefault = keys.filter((key) => key.name.endsWith(stack === undefined ? `/${name}` : `/${stack}/${name}`));
  const inProject = byDefault.filter((key) => key.name === `${project}/${stack}/${name}`);
  return [inProject, byDefault, exact].find((found) => found.length > 0) ?? [];
}

/** The keys that the file could have: those of its stack, or else all. */
export function keysInScope(keys: readonly Key[], entries: readonly Entry[], { stack, state }: Scope): Key[] {
  if (state) {
    const managed = new Set(state.objects.filter(({ external }) => !external).map(({ id }) => id));
    return keys.filter(({ hash }) => managed.has(hash));
  }
  if (stack === undefined) return [...keys];
  const projects = new Set(entries.map(({ project }) => project));
  return keys.filter(({ name }) => [...projects].some((project) => name.startsWith(`${project}/${stack}/`)));
}
