/** The file for `pulumi import --file`. */
import { isDeepStrictEqual } from "node:util";
import { nativeTypeOf, providerOf, typeOf } from "../../formats/typeTokens";
import { SECRET_SIGNATURE, SIGNATURE } from "../../formats/values";
import { forState } from "../../provider/host/state";
import type { Secret } from "../../provider/secret";
import type { Host } from "./program";
import type { Resource } from "./resources";

export function importFileText(resources: readonly Resource[], host: Host): string {
  const imported = resources.map((resource) => (host === "dynamic" ? dynamicImport(resource) : nativeImport(resource)));
  return `${JSON.stringify({ resources: imported }, null, 2)}\n`;
}

/** With all inputs and outputs, because Pulumi reads no dynamic resource on import. */
function dynamicImport(resource: Resource): object {
  const { kind, name, id, inputs } = resource;
  const __provider = providerOf(kind);
  return {
    ...{ type: typeOf(kind), name, id },
    inputs: { ...inputs, __provider },
    outputs: { ...outputsOf(resource), __provider },
  };
}

/** With inputs and outputs only if Pulumi would read others: it then skips the read. */
function nativeImport(resource: Resource): object {
  const { kind, name, id, inputs, secret, others } = resource;
  const plain = { type: nativeTypeOf(kind), name, id };
  if (!secret && others === 0 && isDeepStrictEqual(forState(inputs), inputs)) return plain;
  return { ...plain, inputs, outputs: { ...outputsOf(resource), __provider: providerOf(kind) } };
}

function outputsOf({ outputs, secret }: Resource): object {
  if (!("key" in outputs)) return outputs;
  return { ...outputs, key: secret ? plaintext(secret) : "" };
}

/** A secret of an import file, which Pulumi encrypts in the state. */
function plaintext(secret: Secret): object {
  return { [SIGNATURE]: SECRET_SIGNATURE, plaintext: JSON.stringify(secret.reveal()) };
}
