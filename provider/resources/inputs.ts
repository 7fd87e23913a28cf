/**
 * Rules for inputs, shared by the resource kinds. An unknown value of a preview passes, and no message repeats a value:
 * any input may be a secret.
 */
import { z } from "zod";
import type { Checked } from "./lifecycle";

/** What Pulumi sends in a preview in place of any value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** What a kind asks of its inputs, each by its name. */
export interface Rules<Inputs> {
  required: { [Name in RequiredNames<Inputs>]: z.ZodType<Inputs[Name]> };
  optional: { [Name in Exclude<keyof Inputs, RequiredNames<Inputs>>]-?: z.ZodType<Inputs[Name] | undefined> };
}

/** Names of what can't be left out. */
type RequiredNames<Inputs> = {
  [Name in keyof Inputs]-?: object extends Pick<Inputs, Name> ? never : Name;
}[keyof Inputs];

/**
 * Applies the rules of each input and those that span several, and reports every problem at once. Null is the same as
 * left out: Pulumi keeps the nulls that a program passes. An unknown value of a preview passes.
 */
export function checkInputs<Inputs extends object>(
  rules: Rules<Inputs>,
  news: Record<string, unknown>,
  across: (news: Record<string, unknown>) => string[] = () => [],
): Checked<Inputs> {
  const given = withoutNone(news);
  const inputs: Record<string, unknown> = {};
  const missing = Object.keys(rules.required).filter((name) => given[name] === undefined);
  const failures = missing.map((name) => `${name}: is required`);
  // One by one: a schema of the whole object would look at the two dozen inputs that are not given as well.
  for (const name of Object.keys(given)) {
    const rule = own(rules.required, name) ?? own(rules.optional, name);
    if (!rule) failures.push(`${name}: no such input`);
    else if (isUnknown(given[name])) inputs[name] = given[name];
    else {
      const { data, error } = rule.safeParse(given[name]);
      if (data !== undefined) inputs[name] = data;
      for (const { path, message } of error?.issues ?? []) failures.push(`${[name, ...path].join(".")}: ${message}`);
    }
  }
  failures.push(...across(given));
  return failures.length > 0 ? { failures } : { inputs: inputs as Inputs, failures: [] };
}

/** Never what every object has: a program may pass an input called `constructor`. */
function own(rules: object, name: string): z.ZodType | undefined {
  return Object.hasOwn(rules, name) ? rules[name as keyof typeof rules] : undefined;
}

/** Drops what is left out, so that "left out" has one form in inputs, outputs and state. */
export function withoutNone<Properties extends object>(properties: Properties): Partial<Properties> {
  // Filtering entries would do the same; `check` runs for every resource, and this makes the less garbage.
  const given: Partial<Properties> = {};
  for (const name of Object.keys(properties) as (keyof Properties)[]) {
    if (properties[name] !== undefined && properties[name] !== null) given[name] = properties[name];
  }
  return given;
}

/** A rule that lets an unknown value pass. */
export function known<Value>(rule: z.ZodType<Value>): z.ZodType<Value> {
  return z.unknown().check((payload) => {
    if (!isUnknown(payload.value)) apply(rule, payload);
  }) as z.ZodType<Value>;
}

/** A rule for what may be left out within an object. */
export function optional<Value>(rule: z.ZodType<Value>): z.ZodOptional<z.ZodType<Value | undefined>> {
  const given = z.unknown().check((payload) => {
    if (payload.value === null) payload.value = undefined;
    else if (!isUnknown(payload.value)) apply(rule, payload);
  }) as z.ZodType<Value | undefined>;
  return given.optional();
}

/** A union would do the same, and hide the rule's own messages. */
function apply<Value>(rule: z.ZodType<Value>, payload: z.core.ParsePayload<unknown>): void {
  const result = rule.safeParse(payload.value);
  if (result.success) {
    payload.value = result.data;
    return;
  }
  for (const { message, path } of result.error.issues) {
    payload.issues.push({ code: "custom", message, path, input: undefined });
  }
}

/** `is required` when it is missing, else what it must be. */
function mustBe(what: string): { error: (issue: { input?: unknown }) => string } {
  return { error: ({ input }) => (input === undefined ? "is required" : `must be ${what}`) };
}

/** Control characters would garble logs and terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** Text of one line, 1 to `longest` characters. */
export function line(longest: number): z.ZodType<string> {
  return z
    .string(mustBe("a text"))
    .refine((value) => value.trim() !== "", "must not be empty")
    .refine((value) => value.length <= longest, `must have at most ${longest} characters`)
    .refine((value) => !CONTROL_CHARACTER.test(value), "must not contain control characters");
}

/** Text that may have several lines, 1 to `longest` characters. */
export function paragraph(longest: number): z.ZodType<string> {
  return z
    .string(mustBe("a text"))
    .min(1, "must not be empty; leave it out for none")
    .max(longest, `must have at most ${longest} characters`)
    .refine((value) => !CONTROL_CHARACTER.test(value.replace(/[\t\n\r]/g, "")), "must not contain control characters");
}

const HIGHEST_USD = 1_000_000_000;

/** An amount of money: not negative, at most a billion, at most six decimals. */
export function usd(): z.ZodType<number> {
  return z
    .number(mustBe("a number of USD"))
    .min(0, "must not be negative")
    .max(HIGHEST_USD, `must be at most ${HIGHEST_USD} USD; leave it out for no limit`)
    .refine((value) => Number(value.toFixed(6)) === value, "must have at most 6 decimals");
}

export function yesOrNo(): z.ZodType<boolean> {
  return z.boolean(mustBe("true or false"));
}

export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words): z.ZodType<Words[number]> {
  return z.enum(words, mustBe(`one of ${words.join(", ")}`));
}

/** An instant in ISO 8601 with a zone; becomes UTC with seconds, the form that the API takes. */
export function instant(): z.ZodType<string> {
  const form = "an ISO 8601 instant with a zone, such as 2027-01-01T00:00:00Z";
  return z.string(mustBe(form)).refine(isInstant, `must be ${form}`).transform(utcSeconds);
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

function isInstant(text: string): boolean {
  const day = INSTANT.exec(text)?.[1];
  // JavaScript takes the 30th of February for the 2nd of March; the API's form has no room for the year 10000.
  if (day === undefined || Number.isNaN(Date.parse(day)) || Number.isNaN(Date.parse(text))) return false;
  return new Date(day).toISOString().startsWith(day) && new Date(text).getUTCFullYear() <= 9999;
}

/** The one form of an instant that is sent, stored and compared: `2027-01-01T00:00:00Z`. Anything else stays as it is. */
export function utcSeconds(text: string): string {
  return Number.isNaN(Date.parse(text)) ? text : `${new Date(text).toISOString().slice(0, 19)}Z`;
}

export function uuid(): z.ZodType<string> {
  return z.guid(mustBe("a UUID")).transform((value) => value.toLowerCase());
}

/** The hash of a key. A raw key in its place would end up in a URL and in the state, in clear. */
export function keyHash(): z.ZodType<string> {
  return z
    .string(mustBe("the hash of a key"))
    .refine((value) => !value.startsWith("sk-or-"), {
      error: "is a key, and its hash is wanted: pass the `id` of the InferenceKey",
      abort: true,
    })
    .regex(/^[0-9a-f]{64}$/, "must be the hash of a key, 64 hexadecimal digits: pass the `id` of the InferenceKey");
}

/** A list whose order and duplicates mean nothing: sorted and without duplicates, so that neither makes a diff. */
export function setOf<Value>(rule: z.ZodType<Value>, whenEmpty: string): z.ZodType<Value[]> {
  return z.array(known(rule), mustBe("a list")).min(1, whenEmpty).transform(sortedSet);
}

export function sortedSet<Value>(values: readonly Value[]): Value[] {
  const byText = new Map<string, Value>();
  for (const value of values) byText.set(textOf(value), value);
  return [...byText.keys()].sort().map((text) => byText.get(text) as Value);
}

/** The same for equal values: the order in which an object names its properties means nothing. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const isObject = typeof value === "object" && value !== null;
  return JSON.stringify(value, isObject ? Object.keys(value).sort() : undefined);
}
