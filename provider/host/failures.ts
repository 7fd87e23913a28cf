/** Errors on their way out of the provider. */
import { PartialFailureError } from "../errors";
import type { AccountRef } from "../reconcile/account";
import { type Properties, toState } from "./state";

type Gate = (text: string) => string;
type Method = (...args: never[]) => Promise<unknown>;

/** An object that exists although its create or update failed. The engine keeps it in the state. */
export class InitFailedError extends Error {
  /** Contains the key in plain text: for the engine to read, but not printed with the error. */
  readonly properties!: Properties;

  constructor(
    reason: string,
    readonly id: string,
    properties: Properties,
  ) {
    super(reason);
    this.stack = reason;
    Object.defineProperty(this, "properties", { value: properties, enumerable: false });
  }
}

/** No error leaves the provider but through the gate. */
export function gated<Methods extends object>(gate: Gate, methods: Methods): Methods {
  const entries = Object.entries(methods).map(([name, method]: [string, Method]) => [
    name,
    (...args: never[]) => method(...args).catch((error) => Promise.reject(gatedError(gate, error))),
  ]);
  return Object.fromEntries(entries) as Methods;
}

function gatedError(gate: Gate, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(gate(String(error)));
  const [message, stack] = [gate(error.message), gate(error.stack ?? error.message)];
  return Object.assign(error, { message, stack });
}

/** Converts a partial failure of a lifecycle into the error that keeps the object in the state. */
export async function keepPartial<Result>(
  account: () => AccountRef,
  keep: (id: string) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartialFailureError)) throw error;
    keep(error.id);
    throw new InitFailedError(error.message, error.id, toState(error.outputs, account(), true));
  }
}
