/**
 * Offers the operations through Pulumi's dynamic-provider protocol. This folder alone knows what it requires: `__provider`
 * in a partial failure, secrets as wire objects, an empty id for a deleted object.
 */
import { InitFailedError } from "../host/failures";
import { operationsOf } from "../host/operations";
import type { Process } from "../host/process";
import { onWire, withoutCode } from "../host/state";
import type { Lifecycle } from "../reconcile/lifecycle";
import { configuration } from "../settings";
import type { DynamicProvider, Properties } from "./protocol";

export function dynamicProvider<Inputs extends object, Outputs extends object>(
  lifecycle: Lifecycle<Inputs, Outputs>,
  process: Process,
): DynamicProvider {
  const operations = operationsOf(lifecycle, process);
  return {
    // Without `await`: Pulumi calls other methods before a slow `configure` has ended.
    async configure({ config }) {
      process.configure(configuration((key) => config.get(key)));
    },

    async check(olds, news) {
      const { inputs, failures } = await operations.check(withoutCode(olds), withoutCode(news));
      // Without a property name: the engine would print its value, secret or not.
      return {
        ...(inputs && { inputs: onWire(inputs) }),
        failures: failures.map((reason) => ({ property: "", reason })),
      };
    },

    async diff(id, olds, news) {
      const { changed, replaces, isUndone } = await operations.diff(id, withoutCode(olds), withoutCode(news));
      if (isUndone) return { changes: true, replaces: [] };
      // Not `changes: true`: without it the engine compares the inputs itself, shows which differ, and obeys
      // replaceOnChanges.
      return changed ? { replaces } : { changes: false };
    },

    async create(news) {
      const { id, outputs } = await keepCode(news, operations.create(withoutCode(news)));
      return { id, outs: onWire(outputs) };
    },

    async read(id, properties) {
      const found = await operations.read(id, withoutCode(properties));
      if (!found) return { id: "" };
      return { id, props: onWire(found.outputs), ...(found.inputs && { inputs: onWire(found.inputs) }) };
    },

    async update(id, olds, news) {
      return { outs: onWire(await keepCode(news, operations.update(id, withoutCode(olds), withoutCode(news)))) };
    },

    delete: (id, properties) => operations.delete(id, withoutCode(properties)),
  };
}

/** The engine stores the properties of a partial failure unchanged: without `__provider` nothing could read or delete it. */
async function keepCode<Result>({ __provider }: Properties, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof InitFailedError)) throw error;
    const kept = Object.assign(new Error(error.message), {
      stack: error.message,
      id: error.id,
      reasons: [error.message],
    });
    const properties = { ...onWire(error.properties), __provider };
    throw Object.defineProperty(kept, "properties", { value: properties, enumerable: false });
  }
}
