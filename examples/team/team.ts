import { isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";

const usd = z.number("must be an amount in USD").min(0, "must not be negative");
const reset = z.enum(["daily", "weekly", "monthly"], "must be daily, weekly or monthly");
const models = z.array(z.string()).min(1, "must have at least one model");

/** Without models, all are allowed. */
const tier = z.strictObject({ budget: usd, reset, models: models.optional() });
const person = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, "must have only lowercase letters, digits and hyphens, and start with a letter"),
  tier: z.string(),
  limit: usd,
  reset,
  /** The last day on which the key works. */
  expires: z.iso.date("must be a day, such as 2031-12-31"),
  /** Instead of the tier's models. */
  models: models.optional(),
});

const team = z
  .strictObject({
    /** Any string; a change replaces every key. */
    rotation: z.string().optional(),
    tiers: z.record(z.string(), tier),
    people: z.array(person),
  })
  .superRefine(({ tiers, people }, context) => {
    const names = people.map(({ name }) => name);
    for (const [index, { name, tier }] of people.entries()) {
      const problem = (field: string, message: string) =>
        context.addIssue({ code: "custom", path: ["people", index, field], message });
      if (!Object.hasOwn(tiers, tier))
        problem("tier", `no tier "${tier}"; the tiers are ${Object.keys(tiers).join(", ")}`);
      if (names.indexOf(name) < index) problem("name", `"${name}" is a duplicate`);
    }
  });
export type Team = z.output<typeof team>;

/**
 * Parses a team.yaml.
 *
 * @throws Error with one line per problem: file, line number and message.
 */
export function parseTeam(yaml: string, file: string): Team {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const problem = (offset: number, message: string) => `${file}:${lines.linePos(offset).line}: ${message}`;
  if (document.errors.length > 0) {
    throw new Error(document.errors.map(({ pos, message }) => problem(pos[0], message)).join("\n"));
  }

  const offsetOf = (path: PropertyKey[]): number => {
    const node = document.getIn(path, true);
    if (isNode(node) && node.range) return node.range[0];
    return path.length === 0 ? 0 : offsetOf(path.slice(0, -1));
  };
  const result = team.safeParse(document.toJS());
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const path = issue.code === "unrecognized_keys" ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    const field = issue.path.filter((part) => typeof part === "string").at(-1);
    return problem(offsetOf(path), field === undefined ? issue.message : `${field}: ${issue.message}`);
  });
  throw new Error(problems.join("\n"));
}
