import { guardrail } from "../../provider/resources/guardrail";
import { GUARDRAIL, UNKNOWN_VALUE, WORKSPACE } from "./support/samples";

const SECRET = "do-not-print-me";
const LISTS = [
  ["allowedModels", "omit it to allow all models"],
  ["ignoredModels", "omit it to ignore no model"],
  ["allowedProviders", "omit it to allow all providers"],
  ["ignoredProviders", "omit it to ignore no provider"],
  ["allowedDataRegions", "omit it to allow all regions"],
] as const;
const VENDORS = [
  "enforceZdrAnthropic",
  "enforceZdrOpenai",
  "enforceZdrGoogle",
  "enforceZdrXai",
  "enforceZdrOther",
] as const;
const SWITCHES = [
  ...VENDORS,
  "allowSafetyRetentionGoogle",
  "allowSafetyRetentionOther",
  "enableFreeModelPublication",
  "enableFreeModelTraining",
  "enablePaidModelTraining",
];
const FILTER_LISTS = ["contentFilterBuiltins", "contentFilters"];
const PLAIN = ["description", "workspaceId", "adopt", "includeByokInBudgets", "enforceZdr"];
const OPTIONAL = [...LISTS.map(([list]) => list), ...SWITCHES, ...FILTER_LISTS, ...PLAIN];

const check = (given: Record<string, unknown>) => guardrail.check({ name: "safe", ...given }, {});

/** Accepted unchanged, because `ignoreChanges` works on inputs and on single elements of lists. */
const ACCEPTED: [title: string, given: Record<string, unknown>][] = [
  ["a description of several lines", { description: "a\n\tb" }],
  ["a budget", { limitUsd: 50, resetInterval: "daily" }],
  ["a budget of 0", { limitUsd: 0, resetInterval: "weekly" }],
  ["a budget with many decimals", { limitUsd: 33.333333333333336, resetInterval: "weekly" }],
  ...LISTS.map(([list]): [string, Record<string, unknown>] => [
    `${list} in any order and with duplicates`,
    { [list]: ["b", "a", "b", "c", "a"] },
  ]),
  ...SWITCHES.flatMap((name) =>
    [true, false].map((value): [string, Record<string, unknown>] => [`${name}: ${value}`, { [name]: value }]),
  ),
  ["includeByokInBudgets: true", { includeByokInBudgets: true }],
  ["includeByokInBudgets: false", { includeByokInBudgets: false }],
  ["a workspace", { workspaceId: WORKSPACE }],
  ["an id to adopt, in capitals", { adopt: GUARDRAIL.toUpperCase() }],
  ["an empty list of filters", { contentFilterBuiltins: [], contentFilters: [] }],
  [
    "built-in filters in any order, with duplicates and with the default scope",
    {
      contentFilterBuiltins: [
        { slug: "regex-prompt-injection", action: "redact", scanScope: "all_messages" },
        { slug: "email", action: "flag" },
        { action: "redact", slug: "email" },
        { slug: "regex-prompt-injection", action: "block", scanScope: "user_only" },
      ],
    },
  ],
  ["custom filters", { contentFilters: [{ pattern: "\\d+", action: "redact", label: "[N]" }] }],
  ["nulls within a filter", { contentFilters: [{ pattern: "a", action: "block", label: null }] }],
  ["enforceZdr: true", { enforceZdr: true }],
  ["enforceZdr: false", { enforceZdr: false }],
  ["an unknown enforceZdr", { enforceZdr: UNKNOWN_VALUE }],
  ["a vendor's switch next to enforceZdr", { enforceZdr: true, enforceZdrXai: false }],
];

const REJECTED: [title: string, given: Record<string, unknown>, failure: string | RegExp][] = [
  ["a long name", { name: SECRET.repeat(20) }, "name: must have at most 200 characters"],
  ["an empty description", { description: "" }, /^description: must not be empty/],
  ["a long description", { description: SECRET.repeat(100) }, "description: must have at most 1000 characters"],
  [
    "a control character in a description",
    { description: `${SECRET}\u0007` },
    "description: must not contain control characters",
  ],
  [
    "a limit without an interval",
    { limitUsd: 5 },
    "limitUsd, resetInterval: set both or neither; with `ignoreChanges`, list both",
  ],
  [
    "an interval without a limit",
    { resetInterval: "daily", limitUsd: null },
    "limitUsd, resetInterval: set both or neither; with `ignoreChanges`, list both",
  ],
  ["NaN as a limit", { limitUsd: Number.NaN, resetInterval: "daily" }, "limitUsd: must be a number of USD"],
  ["a negative budget", { limitUsd: -5, resetInterval: "daily" }, "limitUsd: must not be negative"],
  [
    "an unknown interval",
    { limitUsd: 5, resetInterval: SECRET },
    "resetInterval: must be one of daily, weekly, monthly",
  ],
  ...LISTS.flatMap(([list, instead]): [string, Record<string, unknown>, string][] => [
    [`an empty ${list}`, { [list]: [] }, `${list}: must not be empty; ${instead}`],
    [`a string for ${list}`, { [list]: SECRET }, `${list}: must be a list`],
    [`a number in ${list}`, { [list]: ["a", 5] }, `${list}.1: must be a string`],
    [`an empty string in ${list}`, { [list]: ["a", ""] }, `${list}.1: must not be empty`],
  ]),
  [
    "a model that is both allowed and ignored",
    { allowedModels: ["a", SECRET], ignoredModels: [SECRET] },
    /^allowedModels, ignoredModels: 1 entry is in both lists$/,
  ],
  [
    "a provider that is both allowed and ignored",
    { allowedProviders: [SECRET], ignoredProviders: [SECRET] },
    /^allowedProviders, ignoredProviders: 1 entry is in both lists$/,
  ],
  ...[...SWITCHES, "includeByokInBudgets", "enforceZdr"].map((name): [string, Record<string, unknown>, string] => [
    `a string for ${name}`,
    { [name]: SECRET },
    `${name}: must be true or false`,
  ]),
  ...FILTER_LISTS.map((name): [string, Record<string, unknown>, string] => [
    `a string for ${name}`,
    { [name]: SECRET },
    `${name}: must be a list`,
  ]),
  [
    "a built-in filter without a slug",
    { contentFilterBuiltins: [{ action: "flag" }] },
    "contentFilterBuiltins.0.slug: is required",
  ],
  [
    "an unknown action",
    { contentFilterBuiltins: [{ slug: "email", action: SECRET }] },
    "contentFilterBuiltins.0.action: must be one of block, redact, flag",
  ],
  [
    "an unknown scope",
    { contentFilterBuiltins: [{ slug: "email", action: "flag", scanScope: SECRET }] },
    "contentFilterBuiltins.0.scanScope: must be one of user_only, all_messages",
  ],
  [
    "a label for a built-in filter, which the API ignores",
    { contentFilterBuiltins: [{ slug: "email", action: "flag", label: SECRET }] },
    /contentFilterBuiltins\.0.*label/,
  ],
  ["a string as a filter", { contentFilters: [SECRET] }, /^contentFilters\.0: /],
  [
    "an invalid regular expression",
    { contentFilters: [{ pattern: `(${SECRET}`, action: "flag" }] },
    "contentFilters.0.pattern: must be a JavaScript regular expression",
  ],
  [
    "an empty pattern",
    { contentFilters: [{ pattern: "", action: "flag" }] },
    "contentFilters.0.pattern: must be a JavaScript regular expression",
  ],
  [
    "a long label",
    { contentFilters: [{ pattern: "a", action: "flag", label: SECRET.repeat(10) }] },
    "contentFilters.0.label: must have at most 100 characters",
  ],
  ["a workspace that is not a UUID", { workspaceId: SECRET }, "workspaceId: must be a UUID"],
  ["an id to adopt that is not a UUID", { adopt: SECRET }, "adopt: must be a UUID"],
  ["an unknown property", { limit: SECRET }, "limit: no such input"],
];

test.each(ACCEPTED)("accepts %s unchanged", (_title, given) => {
  expect(check(given)).toEqual({ inputs: { name: "safe", ...given }, failures: [] });
});

test.each(REJECTED)("rejects %s without printing the value", (_title, given, failure) => {
  const { inputs, failures } = check(given);
  expect(inputs).toBeUndefined();
  expect(failures).toEqual([typeof failure === "string" ? failure : expect.stringMatching(failure)]);
  expect(failures.join()).not.toContain(SECRET);
});

test.each(OPTIONAL)("drops %s when it is null or undefined", (input) => {
  for (const empty of [null, undefined]) expect(Object.keys(check({ [input]: empty }).inputs ?? {})).toEqual(["name"]);
});

test.each(OPTIONAL)("accepts an unknown %s", (input) => {
  expect(check({ [input]: UNKNOWN_VALUE }).inputs).toEqual({ name: "safe", [input]: UNKNOWN_VALUE });
});

test.each([
  { limitUsd: UNKNOWN_VALUE, resetInterval: "daily" },
  { limitUsd: 5, resetInterval: UNKNOWN_VALUE },
  { allowedModels: [UNKNOWN_VALUE, "a"] },
  { allowedModels: [UNKNOWN_VALUE], ignoredModels: [UNKNOWN_VALUE] },
  { allowedModels: UNKNOWN_VALUE, ignoredModels: ["a"] },
  { contentFilterBuiltins: [UNKNOWN_VALUE] },
  { contentFilterBuiltins: [{ action: UNKNOWN_VALUE, slug: UNKNOWN_VALUE, scanScope: UNKNOWN_VALUE }] },
  { contentFilters: [UNKNOWN_VALUE] },
  { contentFilters: [{ action: UNKNOWN_VALUE, pattern: UNKNOWN_VALUE, label: UNKNOWN_VALUE }] },
])("accepts unknown values inside %j", (given) => {
  expect(check(given)).toEqual({ inputs: { name: "safe", ...given }, failures: [] });
});

test("reports every failure at once, including those that span several inputs", () => {
  const { failures } = check({
    name: null,
    limitUsd: -1,
    allowedModels: ["m", 5],
    ignoredModels: ["m"],
    contentFilters: [{ pattern: "(", action: "zap" }],
    strange: 1,
  });
  expect(failures).toHaveLength(8);
});

test.each(REJECTED.filter(([title]) => !/budget|without an? (limit|interval)|both|NaN/.test(title)))(
  "accepts %s when the state has it, because with ignoreChanges it comes from the account",
  (_title, given) => {
    const news = { name: "safe", ...given };
    const isInput = !("limit" in given);
    expect(guardrail.check(news, news).inputs).toEqual(isInput ? news : undefined);
  },
);

test("rejects a limit without an interval, even when the state has the limit", () => {
  const half = { name: "safe", limitUsd: 5 };
  expect(guardrail.check(half, half).failures).toEqual([expect.stringMatching(/list both$/)]);
});
