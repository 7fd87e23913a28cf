/** The file for `pulumi import --file`. It has all inputs and outputs, because Pulumi reads no dynamic resource on import. */
import { providerOf, typeOf } from "../../formats/typeTokens";
import type { Resource } from "./resources";

export function importFileText(resources: readonly Resource[]): string {
  const imported = resources.map(({ kind, name, id, inputs, outputs }) => {
    const __provider = providerOf(kind);
    // The secret can't be read back. A plain string, because the file has a different format for secrets.
    const secret = "key" in outputs && { key: "" };
    return {
      ...{ type: typeOf(kind), name, id },
      inputs: { ...inputs, __provider },
      outputs: { ...outputs, ...secret, __provider },
    };
  });
  return `${JSON.stringify({ resources: imported }, null, 2)}\n`;
}
