import * as pulumi from "@pulumi/pulumi";
import { rejection } from "./texts";

/**
 * Refuses what is no finite number in the program itself. On its way to the provider a `NaN` becomes null, and a limit
 * of null is no limit.
 */
export function checkNumber(
  property: string,
  value: pulumi.Input<number | undefined> | undefined,
): pulumi.Input<number | undefined> {
  if (value === undefined || value === null) return undefined;
  return pulumi.output(value).apply((number) => {
    if (typeof number === "number" && !Number.isFinite(number)) {
      throw rejection(`${property}: must be a number of USD, and it is ${number}`);
    }
    return number;
  });
}
