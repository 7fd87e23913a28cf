/** Inputs that Pulumi would change silently on their way to the provider. */
import * as pulumi from "@pulumi/pulumi";
import { rejection } from "./messages";

type MaybeInput<Value> = pulumi.Input<Value | undefined> | undefined;

/** Rejects `NaN` and `Infinity`, which would arrive as null: a limit of null means no limit. */
export function finiteNumber(property: string, value: MaybeInput<number>): MaybeInput<number> {
  if (value === undefined || value === null) return undefined;
  return pulumi.output(value).apply((number) => {
    if (typeof number !== "number" || Number.isFinite(number)) return number;
    throw rejection(`${property}: must be a finite number`);
  });
}

/** A `Date` as a string, because it would arrive as an empty object. */
export function isoTimestamp(property: string, value: MaybeInput<string | Date>): MaybeInput<string> {
  const toIsoString = (date: string | Date | undefined) => {
    if (!(date instanceof Date)) return date;
    if (Number.isNaN(date.getTime())) throw rejection(`${property}: must be a valid Date`);
    return date.toISOString();
  };
  if (pulumi.Output.isInstance<string | Date | undefined>(value)) return value.apply(toIsoString);
  return isPromise(value) ? pulumi.output(value.then(toIsoString)) : toIsoString(value);
}

function isPromise(value: unknown): value is Promise<string | Date | undefined> {
  return typeof value === "object" && value !== null && "then" in value;
}
