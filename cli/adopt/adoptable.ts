/** Objects as the provider itself reads them, so that the program declares what a refresh would find. */
import type { Kind } from "../../formats/typeTokens";
import { dynamicProvider } from "../../provider/dynamic/host";
import type { DynamicProvider, Properties } from "../../provider/dynamic/protocol";
import { newProcess } from "../../provider/host/process";
import { STATE_VERSION } from "../../provider/host/stamp";
import { lifecycleOf } from "../../provider/resources";
import type { Secret } from "../../provider/secret";
import { holdsNoKey } from "../../provider/text";

/** An object of the account, and how a program declares it. */
export interface Adoptable {
  kind: Kind;
  id: string;
  inputs: Properties;
  /** The outputs that a refresh would write into the state. */
  outputs: Properties;
  /** Whether it is a workspace's default guardrail, which the API does not delete. */
  isPermanent: boolean;
  /** Of a set: how many keys and members have its guardrail but can't be in it. */
  others: number;
  /** Words for the name of the resource; by default the name of the object. */
  path?: string;
  /** Of a key: the key itself, which the API does not return. */
  secret?: Secret;
}

/** An object that no program can declare. */
export interface Skipped {
  /** Identifies the object. */
  title: string;
  reason: string;
}

/** What is known of an object before it is read. */
export interface Present {
  id: string;
  /** Inputs to declare besides those that the provider would. */
  declared?: Properties;
  isPermanent?: boolean;
  others?: number;
}

export type Providers = (kind: Kind) => DynamicProvider;

export function providersIn(environment: NodeJS.ProcessEnv): Providers {
  const process = newProcess(environment);
  return (kind) => dynamicProvider(lifecycleOf(kind), process);
}

/** Empty for an object that was deleted meanwhile. */
export async function readForAdoption(
  providers: Providers,
  kind: Kind,
  { id, declared = {}, isPermanent = false, others = 0 }: Present,
): Promise<[] | [Adoptable | Skipped]> {
  const provider = providers(kind);
  // As if a state had only the declared inputs, so that reads share requests as in a refresh.
  const state = { ...declared, __origin: { version: STATE_VERSION, unfinished: true } };
  const { inputs, props: outputs = {} } = await provider.read(id, state);
  if (!inputs) return [];
  const checked = await provider.check({}, inputs);
  const skipped = (reason: string): [Skipped] => [{ title: titleOf(kind, id, String(inputs.name ?? "")), reason }];
  if (!checked.inputs) return skipped(checked.failures.map(({ reason }) => reason).join("; "));
  if (!holdsNoKey(JSON.stringify(checked.inputs))) {
    return skipped("it contains what looks like a key, which would be in plain text in the program");
  }
  return [{ kind, id, inputs: checked.inputs, outputs, isPermanent, others }];
}

function titleOf(kind: Kind, id: string, name: string): string {
  const noun = kind === "InferenceKey" ? "key" : kind === "Guardrail" ? "guardrail" : "assignment";
  return name === "" ? `${noun} (${id})` : `${noun} "${name}" (${id})`;
}

export function isAdoptable(object: Adoptable | Skipped): object is Adoptable {
  return "inputs" in object;
}
