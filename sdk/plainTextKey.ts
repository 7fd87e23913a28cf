import * as pulumi from "@pulumi/pulumi";
import { warn } from "./messages";

const KEY = "openrouter:managementKey";

/** Program runs that were warned: a process of the Automation API may run several. */
const warned = new WeakSet<object>();

/** Warns once per run if the stack configuration has the management key in plain text. */
export function warnOfPlainTextKey(): void {
  const run = pulumi.runtime.getStackResource() ?? pulumi.runtime;
  if (warned.has(run) || !pulumi.runtime.getConfig(KEY) || isSecret(KEY)) return;
  warned.add(run);
  warn(
    `the management key is in plain text in the stack configuration (${KEY}), and so in the state. ` +
      `Revoke it if others can read that file, and run: pulumi config set --secret ${KEY}`,
  );
}

/** Calls a function of the SDK that its types omit. Without that function, every value counts as secret. */
function isSecret(key: string): boolean {
  const runtime: object = pulumi.runtime;
  if (!("isConfigSecret" in runtime) || typeof runtime.isConfigSecret !== "function") return true;
  return runtime.isConfigSecret(key) !== false;
}
