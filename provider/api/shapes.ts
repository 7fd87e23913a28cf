/**
 * Building blocks for the shapes of responses. The API often gains fields and enum values, and omits null: unknown fields
 * are dropped (zod's default), a missing one is null, and no enum is closed.
 */
import * as z from "zod";

export const nullableString = nullable(z.string());
export const nullableNumber = nullable(z.number());
export const nullableBoolean = nullable(z.boolean());
export const nullableStringList = nullable(z.array(z.string()));

/** A value that may be null or missing. */
export function nullable<Value extends z.ZodType>(value: Value) {
  return value.nullish().transform((given) => given ?? null);
}

/** The object in the `data` of a response. */
export function data<Shape>(shape: z.ZodType<Shape>): z.ZodType<Shape> {
  return z.object({ data: shape }).transform((response) => response.data as Shape);
}

/** One page of a list with a total. */
export function page<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), totalCount: z.number().int().nonnegative() });
}

/** Every delete returns this, with status 200. */
export const deleted = z.object({ deleted: z.literal(true) }).transform(() => undefined);
