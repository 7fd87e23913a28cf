/**
 * The only file that shows something to the user of a program. Names and values may contain a key or an escape sequence,
 * so every message is cleaned and redacted.
 */
import * as pulumi from "@pulumi/pulumi";
import { clean, gate } from "../provider/text";

/** An error of the program, without a stack, which Pulumi would print for an error in an output. */
export function rejection(message: string): pulumi.RunError {
  return Object.assign(new pulumi.RunError(gate(clean(message))), { stack: "" });
}

export function warn(message: string, resource?: pulumi.Resource): void {
  pulumi.log.warn(gate(clean(message)), resource);
}

/** A message without the values that it quotes. */
export function withoutQuotes(message: string, values: readonly unknown[]): string {
  return values.reduce<string>((text, value) => text.replaceAll(`"${clean(String(value))}"`, "[secret]"), message);
}
