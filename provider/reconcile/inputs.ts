/**
 * Rules for inputs, shared by the resource kinds. An unknown value of a preview passes, and no message repeats a value:
 * any input may be a secret.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { isUnknown } from "../../formats/values";
import { isKeyHash } from "../ids";
import { holdsNoKey } from "../text";
import type { Checked } from "./lifecycle";

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
 * Applies the rules of each input and those that span several, and reports every problem at once. The inputs stay as the
 * program declared them, because `ignoreChanges` works on them; null is the same as omitted. A value that is already in
 * the state passes: with `ignoreChanges` it comes from the account, which may hold what no program could declare.
 */
export function checkInputs<Inputs extends object>(
  rules: Rules<Inputs>,
  news: Record<string, unknown>,
  olds: Record<string, unknown>,
  across: (news: Record<string, unknown>, olds: Record<string, unknown>) => string[] = () => [],
): Checked<Inputs> {
  const inputs = omitNullish(news);
  const missing = Object.keys(rules.required).filter((name) => inputs[name] === undefined);
  const failures = missing.map((name) => `${name}: is required`);
  // One by one: a schema of the whole object would look at the two dozen inputs that are not given as well.
  for (const [name, value] of Object.entries(inputs)) {
    const rule = own(rules.required, name) ?? own(rules.optional, name);
    if (!rule) failures.push(`${name}: no such input`);
    else if (!isUnknown(value) && !isDeepStrictEqual(value, olds[name])) {
      const issues = rule.safeParse(value).error?.issues ?? [];
      const own = issues.filter(({ path: [at] }) => !isOldElement(value, at, olds[name]));
      for (const { path, message } of own) failures.push(`${[name, ...path].join(".")}: ${message}`);
    }
  }
  failures.push(...across(inputs, olds));
  return failures.length > 0 ? { failures } : { inputs: inputs as Inputs, failures: [] };
}

/** Whether the element of a list is in the state already: `ignoreChanges` may take one element of several. */
function isOldElement(list: unknown, at: PropertyKey | undefined, olds: unknown): boolean {
  if (!Array.isArray(list) || !Array.isArray(olds) || typeof at !== "number") return false;
  return olds.some((old) => isDeepStrictEqual(old, list[at]));
}

/** Never what every object has: a program may pass an input called `constructor`. */
function own(rules: object, name: string): z.ZodType | undefined {
  return Object.hasOwn(rules, name) ? rules[name as keyof typeof rules] : undefined;
}

/** Drops null and undefined, so that "omitted" has one form in inputs, outputs and state. */
export function omitNullish<Properties extends object>(properties: Properties): Partial<Properties> {
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

/** A rule for what may be omitted within an object. */
export function optional<Value>(rule: z.ZodType<Value>): z.ZodOptional<z.ZodType<Value | null | undefined>> {
  const given = z.unknown().check((payload) => {
    if (payload.value !== null && !isUnknown(payload.value)) apply(rule, payload);
  }) as z.ZodType<Value | null | undefined>;
  return given.optional();
}

/** A union would do the same, and hide the rule's own messages. */
function apply(rule: z.ZodType, payload: z.core.ParsePayload<unknown>): void {
  for (const { message, path } of rule.safeParse(payload.value).error?.issues ?? []) {
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

export const MUST_NOT_HOLD_KEY = "must not contain a key";

/** Text of one line, 1 to `longest` characters. A key in it would show in the dashboard and in every log. */
export function singleLine(longest = Number.POSITIVE_INFINITY): z.ZodType<string> {
  return z
    .string(mustBe("a string"))
    .refine((value) => value.trim() !== "", "must not be empty")
    .refine((value) => value.length <= longest, `must have at most ${longest} characters`)
    .refine((value) => !CONTROL_CHARACTER.test(value), "must not contain control characters")
    .refine(holdsNoKey, MUST_NOT_HOLD_KEY);
}

/** Text that may have several lines, 1 to `longest` characters. */
export function multiLine(longest: number): z.ZodType<string> {
  return z
    .string(mustBe("a string"))
    .min(1, "must not be empty; omit it instead")
    .max(longest, `must have at most ${longest} characters`)
    .refine((value) => !CONTROL_CHARACTER.test(value.replace(/[\t\n\r]/g, "")), "must not contain control characters")
    .refine(holdsNoKey, MUST_NOT_HOLD_KEY);
}

/** An amount of money. */
export function usd(): z.ZodType<number> {
  return z.number(mustBe("a number of USD")).min(0, "must not be negative");
}

export function bool(): z.ZodType<boolean> {
  return z.boolean(mustBe("true or false"));
}

export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words): z.ZodType<Words[number]> {
  return z.enum(words, mustBe(`one of ${words.join(", ")}`));
}

/** A timestamp in ISO 8601 with a UTC offset. */
export function timestamp(): z.ZodType<string> {
  const form = "an ISO 8601 timestamp with a UTC offset, such as 2027-01-01T00:00:00Z";
  return z.string(mustBe(form)).refine(isTimestamp, `must be ${form}`);
}

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

function isTimestamp(text: string): boolean {
  const day = TIMESTAMP.exec(text)?.[1];
  // JavaScript takes the 30th of February for the 2nd of March; the API's form has no room for the year 10000.
  if (day === undefined || Number.isNaN(Date.parse(day)) || Number.isNaN(Date.parse(text))) return false;
  return new Date(day).toISOString().startsWith(day) && new Date(text).getUTCFullYear() <= 9999;
}

/** The one form of a timestamp that is sent and compared: `2027-01-01T00:00:00Z`. Anything else stays unchanged. */
export function utcSeconds(text: string): string {
  return typeof text !== "string" || Number.isNaN(Date.parse(text))
    ? text
    : `${new Date(text).toISOString().slice(0, 19)}Z`;
}

export function uuid(): z.ZodType<string> {
  return z.guid(mustBe("a UUID"));
}

/** UUIDs mean the same in capitals. Anything else stays unchanged. */
export function lowerCase<Text extends string | undefined>(text: Text): Text {
  return (typeof text === "string" ? text.toLowerCase() : text) as Text;
}

/** The hash of a key. A raw key in its place would end up in a URL and, in plain text, in the state. */
export function keyHash(): z.ZodType<string> {
  return z
    .string(mustBe("the hash of a key"))
    .refine((value) => !value.startsWith("sk-or-"), {
      error: "must be the hash of a key, not the key itself: pass the `id` of the InferenceKey",
      abort: true,
    })
    .refine(isKeyHash, "must be the hash of a key, 64 hexadecimal digits: pass the `id` of the InferenceKey");
}

/** A number, or null for no limit. -0 is 0: JSON has no other. */
export function plainNumber(value: number | undefined): number | null {
  return value === undefined ? null : typeof value === "number" ? value + 0 : value;
}

/** A list whose order and duplicates mean nothing. */
export function listOf<Value>(rule: z.ZodType<Value>): z.ZodArray<z.ZodType<Value>> {
  return z.array(known(rule), mustBe("a list"));
}

/** One that must not be empty. */
export function setOf<Value>(rule: z.ZodType<Value>, whenEmpty: string): z.ZodType<Value[]> {
  return listOf(rule).min(1, whenEmpty);
}

/** Sorted and without duplicates: one form for all lists that mean the same set. */
export function sortedSet<Value>(values: readonly Value[]): Value[] {
  const byText = new Map<string, Value>();
  for (const value of values) byText.set(sortKey(value), value);
  return [...byText.keys()].sort().map((text) => byText.get(text) as Value);
}

/** The same for equal values: the order in which an object names its properties means nothing. */
function sortKey(value: unknown): string {
  if (typeof value === "string") return value;
  const isObject = typeof value === "object" && value !== null;
  return JSON.stringify(value, isObject ? Object.keys(value).sort() : undefined);
}
