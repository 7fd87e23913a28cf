/** The checked-in YAML of `alert`. Its settings have the names of the options. */
import { parse } from "yaml";
import { z } from "zod";
import { didYouMean } from "../shared/didYouMean";
import { readText } from "../shared/files";
import { printable } from "../shared/output";
import { UsageError } from "../shared/terminal";
import { FORMATS } from "./message";

const amount = z.number("must be a number such as 12 or 0.5").min(0, "must not be negative");
const days = z
  .string("must be a number of days such as 30d")
  .regex(/^\d{1,4}d$/, "must be a number of days such as 30d")
  .transform((text) => Number(text.slice(0, -1)));
const name = z.string("must be a string").min(1, "must not be empty");
const names = z
  .union([name, z.array(name).min(1, "must not be an empty list")], "must be a string or a list of strings")
  .transform((value) => (Array.isArray(value) ? value : [value]));

const settings = {
  "balance-below": amount,
  "days-left-below": amount,
  "spend-today-above": amount,
  "key-over": amount,
  "key-expires-within": days,
  "key-unused-for": days,
  stack: names,
  state: names,
  cwd: name,
  "webhook-variable": name,
  format: z.enum(FORMATS, `must be ${FORMATS.join(" or ")}`),
  title: name,
  "posted-file": name,
};

const file = z.strictObject(settings).partial();
export type AlertSettings = z.output<typeof file>;

/** @throws UsageError that names every wrong setting, and no value: one may be the URL of a webhook */
export function readAlertConfig(path: string): AlertSettings {
  const document = parseYaml(readText(path), path);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new UsageError(`${printable(path)}: must be a mapping, such as \`balance-below: 20\``);
  }
  const result = file.safeParse(document);
  if (result.success) return result.data;
  throw new UsageError(`${printable(path)}: ${printable(result.error.issues.map(problem).join("; "))}`);
}

function problem(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return `${issue.path.join(".")}: ${issue.message}`;
  const known = Object.keys(settings);
  return issue.keys.map((key) => `${key} is not a setting${didYouMean(key, known)}`).join("; ");
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // The lines after the first quote the file.
    const [first = ""] = String((error as Error).message).split("\n");
    throw new UsageError(`${printable(path)} is not YAML: ${printable(first)}`);
  }
}
