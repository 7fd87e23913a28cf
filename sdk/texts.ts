/**
 * The only place where a program is told something. What it passes as a name or a value may hold a key or an escape
 * sequence, as what comes from the API may.
 */
import * as pulumi from "@pulumi/pulumi";
import { clean, gate } from "../provider/text";

/** An error of the program, which Pulumi prints without a stack. */
export function refusal(text: string): pulumi.RunError {
  return new pulumi.RunError(gate(clean(text)));
}

export function warn(text: string, resource?: pulumi.Resource): void {
  pulumi.log.warn(gate(clean(text)), resource);
}
