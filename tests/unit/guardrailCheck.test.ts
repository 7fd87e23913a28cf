import { guardrail } from "../../provider/resources/guardrail";
import { GUARDRAIL, UNKNOWN_VALUE, WORKSPACE } from "./support/samples";

const SECRET_TEXT = "do-not-print-me";
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

/** All of these stay as declared: `ignoreChanges` works on inputs and on single elements of lists. */
const ACCEPTED: [title: string, given: Record<string, unknown>][] = [
  ["a description of several lines", { description: "a\n\tb" }],
  ["a budget", { limitUsd: 50, resetInterval: "daily" }],
  ["a budget of nothing", { limitUsd: 0, resetInterval: "weekly" }],
  ["a budget with many decimals", { limitUsd: 33.333333333333336, resetInterval: "weekly" }],
  ...LISTS.map(([list]): [string, Record<string, unknown>] => [
    `${list} in any order and with duplicates`,
    { [list]: ["b", "a", "b", "c", "a"] },
  ]),
  ...SWITCHES.flatMap((name) =>
    [true, false].map((value): [string, Record<string, unknown>] => [`${name}: ${value}`, { [name]: value }]),
  ),
  ["includeByokInBudgets", { includeByokInBudgets: true }],
  ["no BYOK in budgets", { includeByokInBudgets: false }],
  ["a workspace", { workspaceId: WORKSPACE }],
  ["an id to adopt, in capitals", { adopt: GUARDRAIL.toUpperCase() }],
  ["an empty list of filters", { contentFilterBuiltins: [], contentFilters: [] }],
  [
    "built-in filters in any order, twice, and with the scope that is the default",
    {
      contentFilterBuiltins: [
        { slug: "regex-prompt-injection", action: "redact", scanScope: "all_messages" },
        { slug: "email", action: "flag" },
        { action: "redact", slug: "email" },
        { slug: "regex-prompt-injection", action: "block", scanScope: "user_only" },
      ],
    },
  ],
  ["filters of one's own", { contentFilters: [{ pattern: "\\d+", action: "redact", label: "[N]" }] }],
  ["nulls within a filter", { contentFilters: [{ pattern: "a", action: "block", label: null }] }],
  ["enforceZdr", { enforceZdr: true }],
  ["enforceZdr: false", { enforceZdr: false }],
  ["an unknown enforceZdr", { enforceZdr: UNKNOWN_VALUE }],
  ["a vendor's own switch beside enforceZdr", { enforceZdr: true, enforceZdrXai: false }],
];

const REFUSED: [title: string, given: Record<string, unknown>, sentence: string | RegExp][] = [
  ["a name too long", { name: SECRET_TEXT.repeat(20) }, "name: must have at most 200 characters"],
  ["an empty description", { description: "" }, /^description: must not be empty/],
  [
    "a description too long",
    { description: SECRET_TEXT.repeat(100) },
    "description: must have at most 1000 characters",
  ],
  [
    "a bell in a description",
    { description: `${SECRET_TEXT}\u0007` },
    "description: must not contain control characters",
  ],
  ["half a budget", { limitUsd: 5 }, "limitUsd, resetInterval: set both or neither; with `ignoreChanges`, list both"],
  [
    "the other half",
    { resetInterval: "daily", limitUsd: null },
    "limitUsd, resetInterval: set both or neither; with `ignoreChanges`, list both",
  ],
  ["NaN", { limitUsd: Number.NaN, resetInterval: "daily" }, "limitUsd: must be a number of USD"],
  ["a negative budget", { limitUsd: -5, resetInterval: "daily" }, "limitUsd: must not be negative"],
  [
    "a strange interval",
    { limitUsd: 5, resetInterval: SECRET_TEXT },
    "resetInterval: must be one of daily, weekly, monthly",
  ],
  ...LISTS.flatMap(([list, instead]): [string, Record<string, unknown>, string][] => [
    [`an empty ${list}`, { [list]: [] }, `${list}: must not be empty; ${instead}`],
    [`a text for ${list}`, { [list]: SECRET_TEXT }, `${list}: must be a list`],
    [`a number in ${list}`, { [list]: ["a", 5] }, `${list}.1: must be a string`],
    [`an empty text in ${list}`, { [list]: ["a", ""] }, `${list}.1: must not be empty`],
  ]),
  [
    "a model both allowed and ignored",
    { allowedModels: ["a", SECRET_TEXT], ignoredModels: [SECRET_TEXT] },
    /^allowedModels, ignoredModels: 1 of one are in the other as well$/,
  ],
  [
    "a provider both allowed and ignored",
    { allowedProviders: [SECRET_TEXT], ignoredProviders: [SECRET_TEXT] },
    /^allowedProviders, ignoredProviders: 1 of one are in the other as well$/,
  ],
  ...[...SWITCHES, "includeByokInBudgets", "enforceZdr"].map((name): [string, Record<string, unknown>, string] => [
    `a text for ${name}`,
    { [name]: SECRET_TEXT },
    `${name}: must be true or false`,
  ]),
  ...FILTER_LISTS.map((name): [string, Record<string, unknown>, string] => [
    `a text for ${name}`,
    { [name]: SECRET_TEXT },
    `${name}: must be a list`,
  ]),
  [
    "a built-in filter without a slug",
    { contentFilterBuiltins: [{ action: "flag" }] },
    "contentFilterBuiltins.0.slug: is required",
  ],
  [
    "a strange action",
    { contentFilterBuiltins: [{ slug: "email", action: SECRET_TEXT }] },
    "contentFilterBuiltins.0.action: must be one of block, redact, flag",
  ],
  [
    "a strange scope",
    { contentFilterBuiltins: [{ slug: "email", action: "flag", scanScope: SECRET_TEXT }] },
    "contentFilterBuiltins.0.scanScope: must be one of user_only, all_messages",
  ],
  [
    "a label of a built-in filter, which the API ignores",
    { contentFilterBuiltins: [{ slug: "email", action: "flag", label: SECRET_TEXT }] },
    /contentFilterBuiltins\.0.*label/,
  ],
  ["a filter that is a text", { contentFilters: [SECRET_TEXT] }, /^contentFilters\.0: /],
  [
    "what is no regular expression",
    { contentFilters: [{ pattern: `(${SECRET_TEXT}`, action: "flag" }] },
    "contentFilters.0.pattern: must be a JavaScript regular expression",
  ],
  [
    "an empty pattern",
    { contentFilters: [{ pattern: "", action: "flag" }] },
    "contentFilters.0.pattern: must be a JavaScript regular expression",
  ],
  [
    "a label too long",
    { contentFilters: [{ pattern: "a", action: "flag", label: SECRET_TEXT.repeat(10) }] },
    "contentFilters.0.label: must have at most 100 characters",
  ],
  ["a slug for a workspace", { workspaceId: SECRET_TEXT }, "workspaceId: must be a UUID"],
  ["what is no id to adopt", { adopt: SECRET_TEXT }, "adopt: must be a UUID"],
  ["an unknown property", { limit: SECRET_TEXT }, "limit: no such input"],
];

test.each(ACCEPTED)("takes %s, and it stays as declared", (_title, given) => {
  expect(check(given)).toEqual({ inputs: { name: "safe", ...given }, failures: [] });
});

test.each(REFUSED)("refuses %s without repeating it", (_title, given, sentence) => {
  const { inputs, failures } = check(given);
  expect(inputs).toBeUndefined();
  expect(failures).toEqual([typeof sentence === "string" ? sentence : expect.stringMatching(sentence)]);
  expect(failures.join()).not.toContain(SECRET_TEXT);
});

test.each(OPTIONAL)("null and undefined for %s are the same as leaving it out", (input) => {
  for (const none of [null, undefined]) expect(Object.keys(check({ [input]: none }).inputs ?? {})).toEqual(["name"]);
});

test.each(OPTIONAL)("an unknown %s passes as it is", (input) => {
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
])("unknown values inside %j pass", (given) => {
  expect(check(given)).toEqual({ inputs: { name: "safe", ...given }, failures: [] });
});

test("every problem is reported at once, also those between inputs", () => {
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

test.each(REFUSED.filter(([title]) => !/budget|half|both/.test(title) && !title.includes("NaN")))(
  "takes %s if the state has it: with ignoreChanges it comes from the account",
  (_title, given) => {
    const news = { name: "safe", ...given };
    const isKnown = !("limit" in given);
    expect(guardrail.check(news, news).inputs).toEqual(isKnown ? news : undefined);
  },
);

test("half a budget is an error although the state has that half", () => {
  const halves = { name: "safe", limitUsd: 5 };
  expect(guardrail.check(halves, halves).failures).toEqual([expect.stringMatching(/list both$/)]);
});
