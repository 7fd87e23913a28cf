/**
 * The file that `pulumi import --file` takes. For resources of dynamic providers it has to hold inputs and outputs: the
 * engine asks the provider for neither.
 */
import { providerOf, typeOf } from "../../formats/typeTokens";
import type { Resource } from "./resources";

export function importFileText(resources: readonly Resource[]): string {
  return `${JSON.stringify({ resources: resources.map(imported) }, null, 2)}\n`;
}

function imported({ kind, name, id, inputs, outputs }: Resource): object {
  const __provider = providerOf(kind);
  return {
    type: typeOf(kind),
    name,
    id,
    inputs: { ...inputs, __provider },
    // The one secret output, which nobody can read back, as a plain text: the file has another form for secrets.
    outputs: { ...outputs, ...("key" in outputs && { key: "" }), __provider },
  };
}
