/** Values before and after a change, and values that can't be shown. */
import { isSecret, isUnknown } from "../../formats/values";
import { isRecord } from "../shared/state";

export interface BeforeAfter<Value> {
  before: Value;
  after: Value;
}

export function mapBoth<From, To>(
  { before, after }: BeforeAfter<From>,
  map: (value: From, side: keyof BeforeAfter<From>) => To,
): BeforeAfter<To> {
  return { before: map(before, "before"), after: map(after, "after") };
}

/** A value that can't be shown, and why. */
export class Hidden {
  constructor(readonly why: "known after apply" | "secret" | "not in this preview" | "not known") {}

  toJSON(): string {
    return this.why;
  }
}

export type MaybeHidden<Value> = Value | Hidden;

/** Property values of a resource, where {@link Hidden} replaces each value that is unknown or secret. */
export type Properties = Readonly<Record<string, unknown>>;

export function visible(value: unknown): unknown {
  if (isUnknown(value)) return new Hidden("known after apply");
  if (value === "[secret]" || isSecret(value)) return new Hidden("secret");
  if (Array.isArray(value)) return value.map(visible);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, visible(inner)]));
}
