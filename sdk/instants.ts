import * as pulumi from "@pulumi/pulumi";
import { rejection, warn } from "./texts";

/** An instant as text. Pulumi can't carry a `Date`: it arrives as an empty object. */
export function toIsoTimestamp(
  instant: pulumi.Input<string | Date | undefined> | undefined,
): pulumi.Input<string | undefined> {
  if (pulumi.Output.isInstance<string | Date | undefined>(instant)) return instant.apply(asText);
  if (isPromise(instant)) return pulumi.output(instant.then(asText));
  return asText(instant);
}

function isPromise(value: unknown): value is Promise<string | Date | undefined> {
  return typeof value === "object" && value !== null && "then" in value;
}

function asText(value: string | Date | undefined): string | undefined {
  if (!(value instanceof Date)) return value;
  if (Number.isNaN(value.getTime())) throw rejection("expiresAt: is an invalid Date");
  return value.toISOString();
}

/** A key that has expired already can't be of use; the API may take it all the same. */
export function warnOfPastExpiry(resource: pulumi.Resource, expiresAt: pulumi.Input<string | undefined>): void {
  pulumi.output(expiresAt).apply((text) => {
    if (text !== undefined && Date.parse(text) < Date.now()) {
      warn("expiresAt is in the past: the key can't be used", resource);
    }
  });
}
