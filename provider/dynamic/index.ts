/**
 * The entry that every state names, through the string in `formats/typeTokens.ts`. So this path, the name `provider` and the
 * kind names are permanent. The code that runs is the one installed with the program, in refresh and destroy too.
 */

import { PreconditionError } from "../errors";
import { type LookUps, lookUpsOf } from "../host/lookUps";
import { newProcess } from "../host/process";
import { KINDS, lifecycleOf } from "../resources";
import { configuration } from "../settings";
import { dynamicProvider } from "./host";
import type { DynamicProvider, Properties } from "./protocol";

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

/** Look-ups of a program, in its own process. The same settings share what they have read. */
const lookUpsBySettings = new Map<string, LookUps>();

type Strings = Readonly<Record<string, string | undefined>>;

/**
 * @param config The stack configuration, or the inputs of an explicit `Provider`, by full key.
 * @param variables Of its option `envVarMappings`.
 */
export function lookUp(name: string, args: Properties, config: Strings, variables: Strings): Promise<object> {
  const id = JSON.stringify([config, variables]);
  const lookUps = lookUpsBySettings.get(id) ?? newLookUps(config, variables);
  lookUpsBySettings.set(id, lookUps);
  return lookUps.lookUp(name, args);
}

function newLookUps(config: Strings, variables: Strings): LookUps {
  const own = newProcess({ ...process.env, ...variables });
  own.configure(configuration((key) => config[key]));
  return lookUpsOf(own);
}
