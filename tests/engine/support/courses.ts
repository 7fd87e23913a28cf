/** Inputs that are set, changed and cleared, and what the API has to show for them. */
import type { Guardrail, Key, Simulator } from "../../../testing/index";

export type Fields = Record<string, unknown>;

/** One input of a program (or inputs that go together), and what the API stores for it. */
interface Setting {
  given: Fields;
  stored: Fields;
}
export type Settings = Record<string, readonly [Setting, Setting]>;

/** How an input changes from `up` to `up`: unset, or the first or the second of its settings. */
export type Course = "rise" | "turn" | "fall";
export const COURSES: Record<Course, readonly ("unset" | 0 | 1)[]> = {
  rise: ["unset", 0, 1],
  turn: [0, 1, "unset"],
  fall: [1, "unset", 0],
};
export const PHASES = [0, 1, 2] as const;

/** A setting that the API stores under the same name in snake case, with the same value unless `stored` differs. */
function plain(given: Fields, stored: Fields = given): Setting {
  const named = Object.entries(stored).map(([name, value]) => [wireName(name), value]);
  return { given, stored: Object.fromEntries(named) };
}

export function wireName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const either = (name: string, a: unknown, b: unknown) => [plain({ [name]: a }), plain({ [name]: b })] as const;

export const KEY_SETTINGS: Settings = {
  name: either("name", "first", "second"),
  limit: either("limit", 0, 12.5),
  limitReset: either("limitReset", "daily", "monthly"),
  includeByokInLimit: either("includeByokInLimit", true, false),
  disabled: either("disabled", true, false),
};

/** Inputs whose change replaces the key, in an account with two more members. */
export function replacingKeySettings(members: readonly string[]): Settings {
  return {
    expiresAt: [
      plain({ expiresAt: "2099-01-01T01:00:00+01:00" }, { expiresAt: "2099-01-01T00:00:00Z" }),
      plain({ expiresAt: "2098-01-01T00:00:00.000Z" }, { expiresAt: "2098-01-01T00:00:00Z" }),
    ],
    creatorUserId: either("creatorUserId", members[0], members[1]),
    keepers: [plain({ keepers: { rotated: "1" } }, {}), plain({ keepers: { rotated: "2", by: "me" } }, {})],
  };
}

const SWITCHES = [
  "enforceZdrAnthropic",
  "enforceZdrOpenai",
  "enforceZdrGoogle",
  "enforceZdrXai",
  "enforceZdrOther",
  "enableFreeModelPublication",
  "enableFreeModelTraining",
  "enablePaidModelTraining",
];
const injection = { slug: "regex-prompt-injection", action: "block", scan_scope: "user_only" };

export const GUARDRAIL_SETTINGS: Settings = {
  name: either("name", "first", "second"),
  description: either("description", "one\nline more", "another"),
  budget: [plain({ limitUsd: 5, resetInterval: "daily" }), plain({ limitUsd: 5, resetInterval: "monthly" })],
  allowedModels: [
    plain(
      { allowedModels: ["openai/gpt-4o", "openai/gpt-4.1", "openai/gpt-4o"] },
      { allowedModels: ["openai/gpt-4.1-2025-04-14", "openai/gpt-4o"] },
    ),
    plain({ allowedModels: ["openai/o3:nitro"] }, { allowedModels: ["openai/o3-2025-04-16:nitro"] }),
  ],
  ignoredModels: [
    plain({ ignoredModels: ["qwen/qwen3-coder"] }, { ignoredModels: ["qwen/qwen3-coder-480b-a35b-07-25"] }),
    plain({ ignoredModels: ["deepseek/deepseek-r1", "anthropic/claude-2.1"] }),
  ],
  allowedProviders: either("allowedProviders", ["openai", "azure"], ["openai"]),
  ignoredProviders: either("ignoredProviders", ["novita"], ["novita", "chutes"]),
  allowedDataRegions: either("allowedDataRegions", ["us", "europe"], ["europe"]),
  contentFilterBuiltins: [
    plain(
      { contentFilterBuiltins: [{ slug: "regex-prompt-injection", action: "flag", scanScope: "all_messages" }] },
      { contentFilterBuiltins: [{ slug: "regex-prompt-injection", action: "flag", label: "[PROMPT_INJECTION]" }] },
    ),
    plain(
      { contentFilterBuiltins: [{ slug: "regex-prompt-injection", action: "block", scanScope: "user_only" }] },
      { contentFilterBuiltins: [{ ...injection, label: "[PROMPT_INJECTION]" }] },
    ),
  ],
  contentFilters: either(
    "contentFilters",
    [
      { pattern: "secret", action: "block", label: "S" },
      { pattern: "a+b", action: "flag" },
    ],
    [{ pattern: "secret", action: "redact", label: "S" }],
  ),
  enforceZdr: either("enforceZdr", true, false),
  ...Object.fromEntries(SWITCHES.map((name) => [name, either(name, true, false)])),
  includeByokInBudgets: either("includeByokInBudgets", true, false),
};

export function replacingGuardrailSettings(workspaces: readonly string[]): Settings {
  return { workspaceId: either("workspaceId", workspaces[0], workspaces[1]) };
}

function chosen(settings: Settings, row: Record<string, Course>, phase: number): Setting[] {
  return Object.entries(row).flatMap(([factor, course]) => {
    const which = COURSES[course][phase] ?? "unset";
    return which === "unset" ? [] : (settings[factor]?.[which] ?? []);
  });
}

export function givenIn(settings: Settings, row: Record<string, Course>, phase: number): Fields {
  return Object.assign({}, ...chosen(settings, row, phase).map(({ given }) => given));
}

/** What the API shows for the declared inputs. */
export function storedIn(settings: Settings, row: Record<string, Course>, phase: number): Fields {
  const { enforce_zdr: zdr, ...stored } = Object.assign({}, ...chosen(settings, row, phase).map((s) => s.stored));
  const vendors = SWITCHES.slice(0, 5).map((name) => [wireName(name), zdr]);
  return unordered({ ...(zdr === undefined ? {} : Object.fromEntries(vendors)), ...stored }) as Fields;
}

/** Sorts lists and fields, and turns dates into strings. */
export function unordered(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(unordered(item))).sort();
  if (typeof value !== "object" || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, item]) => [name, unordered(item)]));
}

export function unsetKey({ account }: Simulator, name: string): Fields {
  const choice = { workspace_id: account.default_workspace_id, creator_user_id: account.owner_user_id };
  const fields = { limit: null, limit_reset: null, include_byok_in_limit: false, disabled: false, expires_at: null };
  return { name: `declared/test/${name}`, ...fields, ...choice };
}

export function unsetGuardrail({ account }: Simulator, name: string): Fields {
  const wireNames = Object.values(GUARDRAIL_SETTINGS).flatMap(([{ stored }]) => Object.keys(stored));
  const fields = Object.fromEntries(wireNames.filter((each) => each !== "enforce_zdr").map((each) => [each, null]));
  const { default_workspace_id: workspace_id } = account;
  return { ...fields, include_byok_in_budgets: false, name: `declared/test/${name}`, workspace_id };
}

/** The fields of a live object that `expected` has. */
export function shown(row: Key | Guardrail | undefined, expected: Fields): Fields {
  const fields = Object.entries(row ?? {}).filter(([name]) => name in expected);
  return unordered(Object.fromEntries(fields)) as Fields;
}
