/** Adopting an existing object, and settings that can't be changed in place. */

import { hasUnknown, isUnknown } from "../../formats/values";
import { PreconditionError } from "../errors";
import type { Collection, Named } from "./collection";
import { type Context, ignoreNotFound } from "./lifecycle";

/**
 * Reads the object to adopt. Claims its id before the first call, so that of two resources that adopt one object in the
 * same run the second is rejected whatever the timing.
 */
export async function adopt<Live extends Named>(
  { api, session }: Context,
  collection: Collection<Live>,
  id: string,
): Promise<Live> {
  if (session.adoptedIds.has(id) || session.managed.has(id)) throw adoptedTwice(api.operation, id);
  session.adoptedIds.add(id);
  session.claimedIds.add(id);
  try {
    const live = await ignoreNotFound(collection.read(api, id));
    if (live !== undefined) return live;
    throw new PreconditionError(
      api.operation,
      `there is nothing to adopt with the id ${id} in this account`,
      "check `adopt`, and that the management key belongs to the right account",
    );
  } catch (error) {
    session.adoptedIds.delete(id);
    session.claimedIds.delete(id);
    throw error;
  }
}

export function adoptedTwice(operation: string, id: string): PreconditionError {
  return new PreconditionError(
    operation,
    `another resource of this program manages or adopts ${id} already`,
    "keep one of them; to replace an adopted one, remove `adopt` first",
  );
}

/** A resource keeps the object that it has. */
export function forbidOtherAdoption(object: string, id: string, adopt: string | undefined): void {
  if (adopt === undefined || isUnknown(adopt) || adopt === id) return;
  throw new PreconditionError(
    `update ${object}`,
    "`adopt` names a different object from the one that this resource has",
    "declare a new resource to adopt that one, or remove `adopt`",
  );
}

/** Settings that can't be changed later. An omitted one is unset, or chosen by the server. */
export type Immutable = Record<string, string | undefined>;

/** Immutable settings whose declared value differs. One that the server may choose counts only if it is declared. */
export function changedImmutables(
  declared: Immutable,
  present: Immutable,
  chosenByServer: readonly string[],
): string[] {
  return Object.keys(declared).filter((name) => {
    const leftToServer = declared[name] === undefined && chosenByServer.includes(name);
    return !leftToServer && declared[name] !== present[name];
  });
}

/** An adopted object keeps its id, so its immutable settings must match. */
export function requireSameImmutables(operation: string, names: string[], declared: Immutable, live: Immutable): void {
  if (names.length === 0) return;
  const both = names.map((name) => `${name} is ${live[name] ?? "unset"}, declared is ${declared[name] ?? "unset"}`);
  throw new PreconditionError(
    operation,
    `can't adopt: immutable settings differ: ${both.join("; ")}`,
    "declare the live value, or remove `adopt` to create a new one",
  );
}

/** `adopt` keeps an object, and a replacement creates another. A value that is not known yet may turn out to be the same. */
export function forbidReplaceWhileAdopting(object: string, names: readonly string[], news: object): void {
  const certain = names.filter((name) => !hasUnknown(news[name as keyof typeof news]));
  if (certain.length === 0) return;
  throw new PreconditionError(
    `replace ${object}`,
    `changing ${certain.join(", ")} would replace the object that \`adopt\` keeps`,
    "remove `adopt` first",
  );
}
