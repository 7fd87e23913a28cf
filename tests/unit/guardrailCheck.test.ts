import { guardrail } from "../../provider/resources/guardrail";
import { GUARDRAIL, UNKNOWN_VALUE, WORKSPACE } from "./support/samples";

const SECRET_TEXT = "do-not-print-me";
const LISTS = [
  ["allowedModels", "leave it out to allow all models"],
  ["ignoredModels", "leave it out to ignore no model"],
  ["allowedProviders", "leave it out to allow all providers"],
  ["ignoredProviders", "leave it out to ignore no provider"],
  ["allowedDataRegions", "leave it out to allow all regions"],
] as const;
const VENDORS = [
  "enforceZdrAnthropic",
  "enforceZdrOpenai",
  "enforceZdrGoogle",
  "enforceZdrXai",
  "enforceZdrOther",
] as const;
const SWITCHES = [...VENDORS, "enableFreeModelPublication", "enableFreeModelTraining", "enablePaidModelTraining"];
const FILTER_LISTS = ["contentFilterBuiltins", "contentFilters"];
const PLAIN = ["description", "workspaceId", "adopt", "includeByokInBudgets", "enforceZdr"];
const OPTIONAL = [...LISTS.map(([list]) => list), ...SWITCHES, ...FILTER_LISTS, ...PLAIN];

const check = (given: Record<string, unknown>) => guardrail.check({ name: "safe", ...given });

const ACCEPTED: [title: string, given: Record<string, unknown>, normal: object][] = [
  ["a description of several lines", { description: "a\n\tb" }, { description: "a\n\tb" }],
  ["a budget", { limitUsd: 50, resetInterval: "daily" }, { limitUsd: 50, resetInterval: "daily" }],
  ["a budget of nothing", { limitUsd: 0, resetInterval: "weekly" }, { limitUsd: 0, resetInterval: "weekly" }],
  ...LISTS.map(([list]): [string, Record<string, unknown>, object] => [
    `${list} as a sorted set`,
    { [list]: ["b", "a", "b", "c", "a"] },
    { [list]: ["a", "b", "c"] },
  ]),
  ...SWITCHES.flatMap((name) =>
    [true, false].map((value): [string, Record<string, unknown>, object] => [
      `${name}: ${value}, which is not the same as leaving it out`,
      { [name]: value },
      { [name]: value },
    ]),
  ),
  ["includeByokInBudgets", { includeByokInBudgets: true }, { includeByokInBudgets: true }],
  ["no BYOK in budgets, the same as leaving it out", { includeByokInBudgets: false }, {}],
  ["a workspace", { workspaceId: WORKSPACE }, { workspaceId: WORKSPACE }],
  ["an id to adopt", { adopt: GUARDRAIL }, { adopt: GUARDRAIL }],
  ["an empty list of filters, the same as leaving it out", { contentFilterBuiltins: [], contentFilters: [] }, {}],
  [
    "built-in filters as a set, without the scope that is the default",
    {
      contentFilterBuiltins: [
        { slug: "email", action: "redact", scanScope: "all_messages" },
        { slug: "address", action: "flag" },
        { action: "redact", slug: "email" },
        { slug: "regex-prompt-injection", action: "block", scanScope: "user_only" },
      ],
    },
    {
      contentFilterBuiltins: [
        { slug: "regex-prompt-injection", action: "block", scanScope: "user_only" },
        { slug: "address", action: "flag" },
        { slug: "email", action: "redact" },
      ],
    },
  ],
  [
    "filters of one's own",
    { contentFilters: [{ pattern: "\\d+", action: "redact", label: "[N]" }] },
    { contentFilters: [{ pattern: "\\d+", action: "redact", label: "[N]" }] },
  ],
  [
    "nulls within a filter as left out",
    { contentFilters: [{ pattern: "a", action: "block", label: null }] },
    { contentFilters: [{ pattern: "a", action: "block" }] },
  ],
  ["enforceZdr as all five vendors", { enforceZdr: true }, Object.fromEntries(VENDORS.map((vendor) => [vendor, true]))],
  [
    "enforceZdr: false as all five vendors",
    { enforceZdr: false },
    Object.fromEntries(VENDORS.map((vendor) => [vendor, false])),
  ],
  [
    "an unknown enforceZdr as five unknown vendors",
    { enforceZdr: UNKNOWN_VALUE },
    Object.fromEntries(VENDORS.map((vendor) => [vendor, UNKNOWN_VALUE])),
  ],
  [
    "a vendor's own switch before enforceZdr",
    { enforceZdr: true, enforceZdrXai: false, enforceZdrOpenai: null },
    { ...Object.fromEntries(VENDORS.map((vendor) => [vendor, true])), enforceZdrXai: false },
  ],
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
  ["half a budget", { limitUsd: 5 }, /^limitUsd, resetInterval: a budget is both together/],
  ["the other half", { resetInterval: "daily", limitUsd: null }, /^limitUsd, resetInterval: a budget is both together/],
  ["NaN", { limitUsd: Number.NaN, resetInterval: "daily" }, "limitUsd: must be a number of USD"],
  ["a negative budget", { limitUsd: -5, resetInterval: "daily" }, "limitUsd: must not be negative"],
  ["too many decimals", { limitUsd: 0.1234567, resetInterval: "daily" }, "limitUsd: must have at most 6 decimals"],
  [
    "a strange interval",
    { limitUsd: 5, resetInterval: SECRET_TEXT },
    "resetInterval: must be one of daily, weekly, monthly",
  ],
  ...LISTS.flatMap(([list, instead]): [string, Record<string, unknown>, string][] => [
    [`an empty ${list}`, { [list]: [] }, `${list}: must not be empty; ${instead}`],
    [`a text for ${list}`, { [list]: SECRET_TEXT }, `${list}: must be a list`],
    [`a number in ${list}`, { [list]: ["a", 5] }, `${list}.1: must be a text`],
    [`an empty text in ${list}`, { [list]: ["a", ""] }, `${list}.1: must not be empty`],
  ]),
  [
    "a model both allowed and ignored",
    { allowedModels: ["a", SECRET_TEXT], ignoredModels: [SECRET_TEXT] },
    /^allowedModels, ignoredModels: 1 of one stand in the other/,
  ],
  [
    "a provider both allowed and ignored",
    { allowedProviders: [SECRET_TEXT], ignoredProviders: [SECRET_TEXT] },
    /^allowedProviders, ignoredProviders: 1 of one stand in the other/,
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

test.each(ACCEPTED)("takes %s", (_title, given, normal) => {
  expect(check(given)).toEqual({ inputs: { name: "safe", ...normal }, failures: [] });
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

test.each(OPTIONAL.filter((input) => input !== "enforceZdr"))("an unknown %s passes as it is", (input) => {
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

test.each(ACCEPTED.map(([, given]) => given))("checking twice is checking once: %j", (given) => {
  const once = check(given);
  expect(guardrail.check({ ...once.inputs })).toEqual(once);
});
