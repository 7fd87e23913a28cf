import * as pulumi from "@pulumi/pulumi";
import { warn } from "./texts";

const KEY = "openrouter:managementKey";

/** The runs of programs that were warned: a process of the Automation API may run several. */
const warned = new WeakSet<object>();

/** Warns once in each run of a program when the stack configuration holds the management key in plain text. */
export function warnOfPlainTextKey(): void {
  const run = pulumi.runtime.getStackResource() ?? pulumi.runtime;
  if (warned.has(run) || !pulumi.runtime.getConfig(KEY) || isSecret(KEY)) return;
  warned.add(run);
  warn(
    `the management key is in plain text in the stack configuration (${KEY}), and so in the state. ` +
      `Revoke it if others can read that file, and run: pulumi config set --secret ${KEY}`,
  );
}

/** The SDK knows which values are secret and leaves the function out of its types; without it nothing is claimed. */
function isSecret(key: string): boolean {
  const runtime: object = pulumi.runtime;
  if (!("isConfigSecret" in runtime) || typeof runtime.isConfigSecret !== "function") return true;
  return runtime.isConfigSecret(key) !== false;
}
