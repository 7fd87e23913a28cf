/** Errors as Pulumi's provider process needs them. */
import { PartialFailureError } from "../errors";
import type { AccountRef } from "../reconcile/account";
import { toState } from "./properties";
import type { DynamicProvider, Properties } from "./protocol";

type Gate = (text: string) => string;

/** No error leaves the provider but through the gate. */
export function gated(gate: Gate, provider: DynamicProvider): DynamicProvider {
  const methods = Object.entries(provider).map(([name, method]: [string, (...args: never[]) => Promise<unknown>]) => [
    name,
    (...args: never[]) => method(...args).catch((error) => Promise.reject(gatedError(gate, error))),
  ]);
  return Object.fromEntries(methods) as DynamicProvider;
}

function gatedError(gate: Gate, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(gate(String(error)));
  const [message, stack] = [gate(error.message), gate(error.stack ?? error.message)];
  return Object.assign(error, { message, stack });
}

/** Converts a partial failure into the error by which the engine keeps the object in the state. */
export async function keepPartial<Result>(
  gate: Gate,
  account: () => AccountRef,
  news: Properties,
  claim: ((id: string, inputs: Properties) => void) | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartialFailureError)) throw error;
    claim?.(error.id, news);
    const reason = gate(error.message);
    // The engine stores these properties unchanged: without `__provider` nothing could read or delete the object.
    const properties = { ...toState(error.outputs, account(), true), __provider: news.__provider };
    const kept = Object.assign(new Error(reason), { stack: reason, id: error.id, reasons: [reason] });
    // Contains the key in plain text: for Pulumi to read, but not printed with the error.
    throw Object.defineProperty(kept, "properties", { value: properties, enumerable: false });
  }
}
