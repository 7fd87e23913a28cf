/** `openrouter-review.yaml`: the gates of a repository. */
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readIfPresent, readText } from "../shared/files";
import { printable } from "../shared/output";
import { UsageError } from "../shared/terminal";
import { type Gates, PROHIBITIONS, type Prohibition, REQUIREMENTS, type Requirement } from "./gates";

export const GATES_FILE = "openrouter-review.yaml";

export type GatesFile = Gates & { factor?: number | undefined };

export const amount = z.number().min(0);
export const factor = z.number().min(1);
export const requirements = list(z.enum(Object.keys(REQUIREMENTS) as Requirement[]));
export const prohibitions = list(z.enum(Object.keys(PROHIBITIONS) as Prohibition[]));

/** A list, or a string with commas, as on the command line. */
function list<Item extends string>(item: z.ZodType<Item>): z.ZodType<Item[]> {
  const split = (value: unknown) => (typeof value === "string" ? value.split(",").map((each) => each.trim()) : value);
  return z.preprocess(split, z.array(item)).transform((items) => [...new Set(items)]);
}

const file = z
  .strictObject({
    "max-increase": amount.optional(),
    "max-total": amount.optional(),
    require: requirements.optional(),
    forbid: prohibitions.optional(),
    factor: factor.optional(),
  })
  .nullish();

/** @param path Of the file. Without it, `openrouter-review.yaml` in the folder is read if it exists. */
export function readGatesFile(path: string | undefined, folder: string): GatesFile {
  const name = path ?? join(folder, GATES_FILE);
  const text = path === undefined ? readIfPresent(name) : readText(name);
  const result = file.safeParse(parseYaml(text ?? "", name));
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) =>
      [path.join("."), message].filter(Boolean).join(": "),
    );
    throw new UsageError(`${name}: ${printable(problems.join("; "))}`);
  }
  const { "max-increase": maxIncrease, "max-total": maxTotal, ...others } = result.data ?? {};
  return { maxIncrease, maxTotal, ...others };
}

function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [first = ""] = String((error as Error).message).split("\n");
    throw new UsageError(`${name} is not YAML: ${printable(first)}`);
  }
}
