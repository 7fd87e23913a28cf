/**
 * Rules for inputs, shared by all kinds. A value that a preview doesn't know passes. No message contains a value, because
 * any input may be a secret.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { isUnknown } from "../../formats/values";
import { isKeyHash } from "../ids";
import { holdsNoKey } from "../text";
import type { Checked } from "./lifecycle";

/** The rules of a kind, by input. */
export interface Rules<Inputs> {
  required: { [Name in RequiredNames<Inputs>]: z.ZodType<Inputs[Name]> };
  optional: { [Name in Exclude<keyof Inputs, RequiredNames<Inputs>>]-?: z.ZodType<Inputs[Name] | undefined> };
}

/** Names of required inputs. */
type RequiredNames<Inputs> = {
  [Name in keyof Inputs]-?: object extends Pick<Inputs, Name> ? never : Name;
}[keyof Inputs];

/**
 * Applies the rules of single inputs and of several, and reports all problems at once. Inputs stay as declared, because
 * `ignoreChanges` works on them; null means omitted. A value that is in the state already passes: with `ignoreChanges` it
 * comes from the account, which may have values that no program could declare.
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
  // One by one: a schema of the whole object would also check the two dozen omitted inputs.
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

/** Whether the element of a list is in the state already. `ignoreChanges` may keep a single element. */
function isOldElement(list: unknown, at: PropertyKey | undefined, olds: unknown): boolean {
  if (!Array.isArray(list) || !Array.isArray(olds) || typeof at !== "number") return false;
  return olds.some((old) => isDeepStrictEqual(old, list[at]));
}

/** Own properties only: a program may pass an input named `constructor`. */
function own(rules: object, name: string): z.ZodType | undefined {
  return Object.hasOwn(rules, name) ? rules[name as keyof typeof rules] : undefined;
}

/** Drops null and undefined, so that inputs, outputs and state represent "omitted" in one way. */
export function omitNullish<Properties extends object>(properties: Properties): Partial<Properties> {
  // A loop, because `check` runs for every resource and filtering entries allocates more.
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

/** Control characters would corrupt logs and terminals. */
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

/** The hash of a key. A key passed by mistake would appear in a URL and, in plain text, in the state. */
export function keyHash(): z.ZodType<string> {
  return z
    .string(mustBe("the hash of a key"))
    .refine((value) => !value.startsWith("sk-or-"), {
      error: "must be the hash of a key, not the key itself: pass the `id` of the InferenceKey",
      abort: true,
    })
    .refine(isKeyHash, "must be the hash of a key, 64 hexadecimal digits: pass the `id` of the InferenceKey");
}

/** A number, or null for no limit. -0 becomes 0, as in JSON. */
export function plainNumber(value: number | undefined): number | null {
  return value === undefined ? null : typeof value === "number" ? value + 0 : value;
}

/** A list whose order and duplicates are irrelevant. */
export function listOf<Value>(rule: z.ZodType<Value>): z.ZodArray<z.ZodType<Value>> {
  return z.array(known(rule), mustBe("a list"));
}

/** A list that must not be empty. */
export function setOf<Value>(rule: z.ZodType<Value>, whenEmpty: string): z.ZodType<Value[]> {
  return listOf(rule).min(1, whenEmpty);
}

/** Sorted and without duplicates: the canonical form of a set. */
export function sortedSet<Value>(values: readonly Value[]): Value[] {
  const byText = new Map<string, Value>();
  for (const value of values) byText.set(sortKey(value), value);
  return [...byText.keys()].sort().map((text) => byText.get(text) as Value);
}

/** Equal for equal values: the order of an object's properties is irrelevant. */
function sortKey(value: unknown): string {
  if (typeof value === "string") return value;
  const isObject = typeof value === "object" && value !== null;
  return JSON.stringify(value, isObject ? Object.keys(value).sort() : undefined);
}
