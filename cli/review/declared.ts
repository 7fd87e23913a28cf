/**
 * The settings that a resource declares, in one form, however they are spelled: previews and states hold what the
 * program says, and two spellings of one setting are no change.
 */
import { utcSeconds } from "../../provider/resources/inputs";
import { isRecord, type Resource } from "../state";
import { Hidden } from "./exposure";
import { propertiesOf } from "./worlds";

export type Properties = Readonly<Record<string, unknown>>;

/** By property, the vendor in words. */
export const ZDR_VENDORS: Readonly<Record<string, string>> = {
  enforceZdrAnthropic: "Anthropic",
  enforceZdrOpenai: "OpenAI",
  enforceZdrGoogle: "Google",
  enforceZdrXai: "xAI",
  enforceZdrOther: "other models",
};

/** Switches that are off unless they are on. */
const OFF_BY_DEFAULT = ["disabled", "includeByokInLimit", "includeByokInBudgets", ...Object.keys(ZDR_VENDORS)];

export function declaredBy(resource: Resource): Properties {
  const { enforceZdr, ...given } = propertiesOf(resource);
  const vendors = enforceZdr === undefined ? {} : fill(ZDR_VENDORS, enforceZdr);
  const shown = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  const all = { ...vendors, ...Object.fromEntries(shown) };
  const canonical = Object.entries(all).map(([name, value]) => [name, canonicalValue(name, value)] as const);
  return Object.fromEntries(canonical.filter(([, value]) => value !== undefined));
}

function fill(names: object, value: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, value]));
}

function canonicalValue(name: string, value: unknown): unknown {
  if (value === false && OFF_BY_DEFAULT.includes(name)) return undefined;
  if (name === "expiresAt" && typeof value === "string") return utcSeconds(value);
  if (Array.isArray(value)) return value.length > 0 ? asSet(value.map(canonicalItem)) : undefined;
  if (isRecord(value) && !(value instanceof Hidden) && Object.keys(value).length === 0) return undefined;
  return Object.is(value, -0) ? 0 : value;
}

/** Sorted, each item once. Items that can't be shown may differ though they look alike. */
function asSet(items: readonly unknown[]): unknown[] {
  const [hidden, shown] = [
    items.filter((item) => item instanceof Hidden),
    items.filter((item) => !(item instanceof Hidden)),
  ];
  const byText = new Map(shown.map((item) => [JSON.stringify(item), item]));
  return [...[...byText.keys()].sort().map((text) => byText.get(text)), ...hidden];
}

/** A filter without what is its default. */
function canonicalItem(item: unknown): unknown {
  if (!isRecord(item) || item instanceof Hidden) return item;
  const said = Object.entries(item).filter(([name, value]) => {
    return value !== undefined && value !== null && !(name === "scanScope" && value === "all_messages");
  });
  return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
}
