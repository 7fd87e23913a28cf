/** What a tool is: a name, the schemas of its arguments and its result, and one call. */
import type { z } from "zod";

export interface Tool {
  name: string;
  title: string;
  /** For the assistant: when to use it, and units. */
  description: string;
  input: z.ZodObject;
  /** Only declared fields reach the assistant. */
  output: z.ZodObject;
  annotations: Annotations;
  /** Fields at the top of the result that keep their line breaks. */
  multiline: readonly string[];
  call(args: never): Promise<object>;
}

/** Hints for the client, which may ask the user before it calls a tool. */
export interface Annotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

export const READS: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** What a schema accepts, where lists may be readonly, and an object of any fields is any object. */
type Data<Value> = Value extends readonly (infer Item)[]
  ? readonly Data<Item>[]
  : Value extends object
    ? string extends keyof Value
      ? object
      : { [Name in keyof Value]: Data<Value[Name]> }
    : Value;

interface Definition<Input extends z.ZodObject, Output extends z.ZodObject>
  extends Pick<Tool, "name" | "title" | "description"> {
  input: Input;
  output: Output;
  annotations?: Annotations;
  multiline?: readonly string[];
  call(args: z.output<Input>): Promise<Data<z.input<Output>>>;
}

/** Reads, unless the annotations differ. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: Definition<Input, Output>,
): Tool {
  return { annotations: READS, multiline: [], ...definition };
}
