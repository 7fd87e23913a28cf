/**
 * The entry that every state names, through the string in `formats/typeTokens.ts`. So this path, the name `provider` and the
 * kind names are permanent. The code that runs is the one installed with the program, in refresh and destroy too.
 */

import { PreconditionError } from "../errors";
import { newProcess } from "../host/process";
import { KINDS, lifecycleOf } from "../resources";
import { dynamicProvider } from "./host";
import type { DynamicProvider } from "./protocol";

const shared = newProcess(process.env);
const providers = new Map<string, DynamicProvider>();

/** The dynamic provider of a kind. The same object throughout the process. */
export function provider(kind: string): DynamicProvider {
  const known = providers.get(kind);
  if (known) return known;
  const own = KINDS.find((each) => each === kind);
  if (!own) {
    throw new PreconditionError(`manage ${kind}`, "this release does not know the kind", "upgrade pulumi-openrouter");
  }
  const created = dynamicProvider(lifecycleOf(own), shared);
  providers.set(kind, created);
  return created;
}
