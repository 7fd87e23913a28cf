/** Stack exports written by hand. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Entry {
  kind: "InferenceKey" | "Guardrail" | "GuardrailAssignments" | "GuardrailKeyAssignment" | "GuardrailMemberAssignment";
  name: string;
  id?: string;
  external?: boolean;
  /** Of the native provider. */
  native?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

const [DYNAMIC, NATIVE] = ["pulumi-nodejs:dynamic/openrouter:", "openrouter:index:"];

/** A state or preview with all resources on the native provider. */
export function onNative(text: string): string {
  return text.replaceAll(DYNAMIC, NATIVE);
}

/** The state of the stack `prod` of the project `budgets`. */
export function stackExport(entries: readonly Entry[], pending: readonly Entry[] = [], stack = "prod"): string {
  const urn = `urn:pulumi:${stack}::budgets::`;
  const resource = ({ kind, name, native, ...rest }: Entry) => {
    const type = `${native ? NATIVE : DYNAMIC}${kind}`;
    return { urn: `${urn}${type}::${name}`, type, custom: true, inputs: { name: `budgets/${stack}/${name}` }, ...rest };
  };
  const root = { urn: `${urn}pulumi:pulumi:Stack::budgets-${stack}`, type: "pulumi:pulumi:Stack", custom: false };
  return JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: "2026-11-21T02:38:22Z", magic: "", version: "v3.259.0" },
      resources: [root, ...entries.map(resource)],
      pending_operations: pending.map((entry) => ({ type: "creating", resource: resource(entry) })),
    },
  });
}

const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-cli-"));
let files = 0;

/** A file of this text. */
export function file(text: string): string {
  files += 1;
  const path = join(folder, `state-${files}.json`);
  writeFileSync(path, text);
  return path;
}
