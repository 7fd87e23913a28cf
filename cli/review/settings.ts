/** The settings of keys and guardrails in words, and what changes between two versions of one. */
import { isDeepStrictEqual } from "node:util";
import { formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { isRecord } from "../shared/state";
import { truncateStart } from "../shared/table";
import { type Properties, ZDR_VENDORS } from "./declared";
import { type Budget, Hidden } from "./exposure";
import { compose, joined, own, quoted, type Sentence } from "./sentence";

export interface SettingChange {
  /** In words, such as `limit` or `allowed models`. */
  setting: string;
  /** The properties it is made of. */
  properties: readonly string[];
  /** Undefined where the object doesn't exist. */
  before: Sentence | undefined;
  after: Sentence | undefined;
  /** Of a list that stays a list: what is put in and taken out. */
  added?: Sentence;
  removed?: Sentence;
}

interface Setting {
  title: string;
  /** Names of the properties it is made of. */
  properties: readonly string[];
  words(properties: Properties): Sentence;
}

const KEY_SETTINGS: readonly Setting[] = [
  budgetSetting("limit", "limit", "limitReset"),
  setting("expires", "expiresAt", "never"),
  setting("disabled", "disabled", "no"),
  setting("own provider keys count", "includeByokInLimit", "no"),
  setting("name", "name", "none"),
  setting("workspace", "workspaceId", "default"),
  setting("owner", "creatorUserId", "chosen by the API"),
  setting("external user", "externalUser", "none"),
  setting("keepers", "keepers", "none"),
];

export const LISTS = {
  allowedModels: "allowed models",
  allowedProviders: "allowed providers",
  allowedDataRegions: "allowed data regions",
  ignoredModels: "ignored models",
  ignoredProviders: "ignored providers",
} as const;

/** What may be kept although zero data retention is enforced. */
export const SAFETY_RETENTION: Readonly<Record<string, string>> = {
  allowSafetyRetentionGoogle: "Google",
  allowSafetyRetentionOther: "other models",
};

const GUARDRAIL_SETTINGS: readonly Setting[] = [
  budgetSetting("budget", "limitUsd", "resetInterval"),
  ...Object.entries(LISTS).map(([name, title]) => setting(title, name, name.startsWith("allowed") ? "all" : "none")),
  ...Object.entries(ZDR_VENDORS).map(([name, vendor]) => setting(`zero data retention, ${vendor}`, name, "no")),
  ...Object.entries(SAFETY_RETENTION).map(([name, vendor]) =>
    setting(`retention for safety monitoring, ${vendor}`, name, "not set"),
  ),
  setting("built-in filters", "contentFilterBuiltins", "none"),
  setting("own filters", "contentFilters", "none"),
  setting("free endpoints that publish prompts", "enableFreeModelPublication", "not set"),
  setting("free endpoints that train on prompts", "enableFreeModelTraining", "not set"),
  setting("paid endpoints that train on prompts", "enablePaidModelTraining", "not set"),
  setting("own provider keys count", "includeByokInBudgets", "no"),
  setting("name", "name", "none"),
  setting("description", "description", "none"),
  setting("workspace", "workspaceId", "default"),
];

export function changesOfKey(before?: Properties, after?: Properties, differing: readonly string[] = []) {
  return changes(KEY_SETTINGS, before, after, differing);
}

export function changesOfGuardrail(before?: Properties, after?: Properties, differing: readonly string[] = []) {
  // It stands for the switches of the vendors.
  const switches = differing.includes("enforceZdr") ? Object.keys(ZDR_VENDORS) : [];
  return changes(GUARDRAIL_SETTINGS, before, after, [...differing, ...switches]);
}

/** Of what is made or deleted, the settings that it has. */
function changes(
  settings: readonly Setting[],
  before: Properties | undefined,
  after: Properties | undefined,
  differing: readonly string[],
): SettingChange[] {
  const changed = settings.filter(({ properties }) => {
    if (before && after)
      return properties.some((name) => {
        return !isSame(before[name], after[name]) || (differing.includes(name) && isHiding(after[name]));
      });
    return properties.some((name) => (before ?? after)?.[name] !== undefined && name !== "name");
  });
  return changed.map(({ title, properties, words }) => {
    const [name = ""] = properties;
    const whole = { setting: title, properties, before: before && words(before), after: after && words(after) };
    return { ...whole, ...listChange(before?.[name], after?.[name]) };
  });
}

function listChange(before: unknown, after: unknown): Pick<SettingChange, "added" | "removed"> {
  if (!Array.isArray(before) || !Array.isArray(after)) return {};
  const without = (list: unknown[], other: unknown[]) =>
    list.filter((item) => !other.some((each) => isSame(each, item)));
  return { added: inWords(without(after, before)), removed: inWords(without(before, after)) };
}

function inWords(list: readonly unknown[]): Sentence {
  return joined(list.map((item) => itemInWords(item)));
}

/** Two secrets look alike here, so whether they differ is for Pulumi to say. */
function isHiding(value: unknown): boolean {
  if (value instanceof Hidden) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isHiding);
}

function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

function setting(title: string, property: string, none: string): Setting {
  return { title, properties: [property], words: ({ [property]: value }) => valueInWords(value, none) };
}

function budgetSetting(title: string, limit: string, reset: string): Setting {
  return {
    title,
    properties: [limit, reset],
    words: ({ [limit]: amount, [reset]: interval }) => budgetInWords({ amount, reset: interval } as Budget),
  };
}

const EVERY: Readonly<Record<string, string>> = { daily: "a day", weekly: "a week", monthly: "a month" };

/** `$25 a month`, `$25 once`, `none`. */
export function budgetInWords({ amount, reset }: Budget): Sentence {
  if (amount === undefined) return own("none");
  const often = reset === undefined ? own("once") : reset instanceof Hidden ? own(`each (${reset.why})`) : every(reset);
  return amount instanceof Hidden
    ? compose`${own(amount.why)} (${often})`
    : compose`${own(formatUsd(amount))} ${often}`;
}

function every(reset: string): Sentence {
  const known = EVERY[reset];
  return known ? own(known) : quoted(reset);
}

function valueInWords(value: unknown, none: string): Sentence {
  if (value === undefined || value === null) return own(none);
  if (value instanceof Hidden) return own(value.why);
  if (typeof value === "boolean") return own(value ? "yes" : "no");
  if (Array.isArray(value)) return inWords(value);
  return itemInWords(value);
}

const MAX_TEXT_LENGTH = 120;

function itemInWords(value: unknown): Sentence {
  if (value instanceof Hidden) return own(value.why);
  if (typeof value === "string") return cut(value);
  if (!isRecord(value)) return cut(JSON.stringify(value));
  const { slug, pattern, action } = value;
  const what = slug ?? pattern;
  return typeof what === "string" && typeof action === "string"
    ? compose`${cut(what)} (${action})`
    : cut(JSON.stringify(value));
}

/** Credentials are taken out before: half of one would not be recognized. */
function cut(text: string): Sentence {
  return quoted(truncateStart(printable(text), MAX_TEXT_LENGTH));
}
