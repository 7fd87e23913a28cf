/** The settings of keys and guardrails, and how they change. */
import { isDeepStrictEqual } from "node:util";
import type { InferenceKeyInputs } from "../../provider/resources/inferenceKeyFields";
import { GUARDRAIL_SETTINGS, type Setting } from "../shared/guardrailSettings";
import { printable } from "../shared/output";
import { isRecord } from "../shared/state";
import { truncateStart } from "../shared/table";
import type { Budget } from "./exposure";
import { budgetText } from "./exposureText";
import { compose, join, literal, quoted, type Sentence } from "./sentence";
import type { Change } from "./snapshots";
import { type BeforeAfter, Hidden, mapBoth, type Properties } from "./values";

const KEY_SETTINGS = {
  limit: { title: "limit", unset: "none", reset: "limitReset" },
  expiresAt: { title: "expires", unset: "never" },
  disabled: { title: "disabled", unset: "no" },
  includeByokInLimit: { title: "BYOK spending counts", unset: "no" },
  name: { title: "name", unset: "none" },
  workspaceId: { title: "workspace", unset: "default" },
  creatorUserId: { title: "owner", unset: "chosen by the API" },
  externalUser: { title: "external user", unset: "none" },
  keepers: { title: "keepers", unset: "none" },
} satisfies Record<Exclude<keyof InferenceKeyInputs, "limitReset" | "adopt" | "__defaultName">, Setting>;

/** By property. */
export const SETTINGS: Readonly<Record<"key" | "guardrail", Readonly<Record<string, Setting>>>> = {
  key: KEY_SETTINGS,
  guardrail: GUARDRAIL_SETTINGS,
};

/** The guardrail's switches for zero data retention, for which `enforceZdr` is short. */
const ZERO_RETENTION_SWITCHES = Object.entries<Setting>(GUARDRAIL_SETTINGS)
  .filter(([, { callout }]) => callout?.kind === "zero-retention")
  .map(([name]) => name);

/** `before` and `after` are undefined where the object doesn't exist. */
export interface SettingChange extends BeforeAfter<Sentence | undefined> {
  title: string;
  properties: readonly string[];
  /** Items of a list that stays a list. */
  added?: Sentence;
  removed?: Sentence;
}

/** A key or guardrail that changes. */
export interface Row {
  /** URN; of an object that the stack doesn't manage, its id. */
  identity: string;
  label: Sentence;
  /** Hash of a key, id of a guardrail; undefined before it exists. */
  id: string | undefined;
  change: Change;
  settings: SettingChange[];
}

/**
 * Of a new or deleted object, all its settings.
 *
 * @param differing Properties that Pulumi reports as different: two secrets look alike here.
 */
export function settingChanges(
  kind: "key" | "guardrail",
  objects: BeforeAfter<Properties | undefined>,
  differing: readonly string[] = [],
): SettingChange[] {
  const names = differing.includes("enforceZdr") ? [...differing, ...ZERO_RETENTION_SWITCHES] : differing;
  const { before, after } = objects;
  const isChange = (name: string) => {
    if (!before || !after) return name !== "name" && (before ?? after)?.[name] !== undefined;
    return !isDeepStrictEqual(before[name], after[name]) || (names.includes(name) && containsHidden(after[name]));
  };
  return Object.entries(SETTINGS[kind]).flatMap(([name, setting]) => {
    const properties = setting.reset ? [name, setting.reset] : [name];
    if (!properties.some(isChange)) return [];
    const texts = mapBoth(objects, (object) => object && settingText(name, setting, object));
    return [{ title: setting.title, properties, ...texts, ...itemChanges(before?.[name], after?.[name]) }];
  });
}

export function changesAny({ settings }: Pick<Row, "settings">, ...names: readonly string[]): boolean {
  return settings.some(({ properties }) => properties.some((property) => names.includes(property)));
}

function itemChanges(before: unknown, after: unknown): Pick<SettingChange, "added" | "removed"> {
  if (!Array.isArray(before) || !Array.isArray(after)) return {};
  const without = (list: unknown[], other: unknown[]) =>
    list.filter((item) => !other.some((each) => isDeepStrictEqual(each, item)));
  return { added: listText(without(after, before)), removed: listText(without(before, after)) };
}

function containsHidden(value: unknown): boolean {
  if (value instanceof Hidden) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(containsHidden);
}

function settingText(name: string, { unset, reset }: Setting, object: Properties): Sentence {
  const value = object[name];
  if (reset) return budgetText({ amount: value, reset: object[reset] } as Budget);
  if (value === undefined || value === null) return literal(unset);
  if (typeof value === "boolean") return literal(value ? "yes" : "no");
  return Array.isArray(value) ? listText(value) : itemText(value);
}

function listText(list: readonly unknown[]): Sentence {
  return join(list.map(itemText));
}

function itemText(value: unknown): Sentence {
  if (value instanceof Hidden) return literal(value.why);
  if (typeof value === "string") return shortened(value);
  const { slug, pattern, action } = isRecord(value) ? value : {};
  const filter = slug ?? pattern;
  return typeof filter === "string" && typeof action === "string"
    ? compose`${shortened(filter)} (${action})`
    : shortened(JSON.stringify(value));
}

const MAX_VALUE_LENGTH = 120;

/** Credentials are removed first, because half of one would not be recognized. */
function shortened(text: string): Sentence {
  return quoted(truncateStart(printable(text), MAX_VALUE_LENGTH));
}
