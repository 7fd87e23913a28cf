/** The provider of a kind on either host, as the engine of these tests calls it. */
import { type Kind, nativeTypeOf } from "../../../formats/typeTokens";
import type { Values } from "../../../formats/values";
import { dynamicProvider } from "../../../provider/dynamic/host";
import type { DynamicProvider } from "../../../provider/dynamic/protocol";
import { InitFailedError } from "../../../provider/host/failures";
import type { Process } from "../../../provider/host/process";
import { type NativeResource, nativeResource } from "../../../provider/native/host";
import { lifecycleOf } from "../../../provider/resources";

/** With TEST_HOST=native the native provider. */
export function providerOf(kind: Kind, shared: Process): DynamicProvider {
  const lifecycle = lifecycleOf(kind);
  if (process.env.TEST_HOST !== "native") return dynamicProvider(lifecycle, shared);
  return asDynamic(kind, nativeResource(kind, lifecycle, shared));
}

function asDynamic(kind: Kind, resource: NativeResource): DynamicProvider {
  const urn = `urn:pulumi:test::acme::${nativeTypeOf(kind)}::any`;
  /** The engine stores what an object that exists has. */
  const keepPartial = <Result>(work: Promise<Result>, code: unknown) =>
    work.catch((error: unknown) => {
      if (!(error instanceof InitFailedError)) throw error;
      const { message, id } = error;
      const value = { ...resource.kept(error.properties), __provider: code };
      const kept = Object.assign(new Error(message), { stack: message, id });
      throw Object.defineProperty(kept, "properties", { value, enumerable: false });
    });
  return {
    configure: async () => undefined,
    async check(olds, news) {
      const { inputs, failures } = await resource.check(urn, olds as Values, news as Values);
      return { ...(inputs && { inputs }), failures: failures.map((reason) => ({ property: "", reason })) };
    },
    async diff(id, olds, news) {
      const { changed, replaces } = await resource.diff(urn, id, olds as Values, {}, news as Values);
      return { changes: changed, replaces };
    },
    async create(news) {
      const { id, outputs } = await keepPartial(resource.create(urn, news as Values, false), news.__provider);
      return { id, outs: outputs };
    },
    async read(id, olds) {
      const found = await resource.read(urn, id, olds as Values);
      return found ? { id, props: found.outputs, ...(found.inputs && { inputs: found.inputs }) } : { id: "" };
    },
    async update(id, olds, news) {
      const updated = resource.update(id, olds as Values, news as Values, false);
      return { outs: await keepPartial(updated, news.__provider) };
    },
    delete: (id, olds) => resource.delete(urn, id, olds as Values),
  };
}
