/**
 * The only place where a program is told something. What it passes as a name or a value may hold a key or an escape
 * sequence, as what comes from the API may.
 */
import * as pulumi from "@pulumi/pulumi";
import { clean, gate } from "../provider/text";

/** An error of the program, without a stack: Pulumi would print that of one that an output throws. */
export function rejection(text: string): pulumi.RunError {
  return Object.assign(new pulumi.RunError(gate(clean(text))), { stack: "" });
}

export function warn(text: string, resource?: pulumi.Resource): void {
  pulumi.log.warn(gate(clean(text)), resource);
}
