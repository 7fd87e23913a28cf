/**
 * The entry that every stack points at, by the text in `contract.ts`.
 *
 * This path, the name `provider` and the kind names are therefore a permanent contract. The code that runs is the one
 * installed in the program's directory, in refresh and destroy too.
 */

import { PreconditionError } from "../errors";
import type { Lifecycle } from "../reconcile/lifecycle";
import { lifecycles } from "../resources";
import { dynamicProvider } from "./host";
import { newProcess } from "./process";
import type { DynamicProvider } from "./protocol";

const shared = newProcess(process.env);
const providers = new Map<string, DynamicProvider>();

/** The dynamic provider of a kind. The same object for the life of the process. */
export function provider(kind: string): DynamicProvider {
  const known = providers.get(kind);
  if (known) return known;
  if (!Object.hasOwn(lifecycles, kind)) {
    throw new PreconditionError(`manage ${kind}`, "this release does not know the kind", "upgrade pulumi-openrouter");
  }
  const lifecycle = lifecycles[kind as keyof typeof lifecycles] as unknown as Lifecycle<object, object>;
  const made = dynamicProvider(lifecycle, shared);
  providers.set(kind, made);
  return made;
}
