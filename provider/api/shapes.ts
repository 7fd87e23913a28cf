import * as z from "zod";

/**
 * Building blocks for the shapes of answers. The API gains fields and enum values often, and leaves out what is null:
 * unknown fields are dropped (zod's default), a missing one is null, and no enum is closed.
 */
export const nullableString = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
export const nullableNumber = z
  .number()
  .nullish()
  .transform((value) => value ?? null);
export const nullableBoolean = z
  .boolean()
  .nullish()
  .transform((value) => value ?? null);
export const nullableStringList = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? null);

/** An object in the `data` of an answer. */
export function data<Shape>(shape: z.ZodType<Shape>): z.ZodType<Shape> {
  return z.object({ data: shape }).transform((answer) => answer.data as Shape);
}

/** One page of a list that tells its total. */
export function page<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), totalCount: z.number().int().nonnegative() });
}

/** Every delete answers 200 with this. */
export const deleted = z.object({ deleted: z.literal(true) }).transform(() => undefined);
