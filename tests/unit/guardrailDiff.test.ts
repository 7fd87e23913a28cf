import { guardrail } from "../../provider/resources/guardrail";
import type { GuardrailInputs, GuardrailOutputs } from "../../provider/resources/guardrailFields";
import { type MemoryAccount, memoryAccount } from "./support/memoryAccount";
import {
  checked,
  contextOf,
  GUARDRAIL,
  OTHER_GUARDRAIL,
  OTHER_WORKSPACE,
  throughState,
  UNKNOWN_VALUE,
  WORKSPACE,
} from "./support/samples";

type Given = Record<string, unknown>;

const SWITCHES = [
  "enforceZdrAnthropic",
  "enforceZdrOpenai",
  "enforceZdrGoogle",
  "enforceZdrXai",
  "enforceZdrOther",
  "allowSafetyRetentionGoogle",
  "allowSafetyRetentionOther",
  "enableFreeModelPublication",
  "enableFreeModelTraining",
  "enablePaidModelTraining",
];

/** Two values of each input. Limit and interval of a budget count as one input. */
const VALUES: Record<string, [Given, Given]> = {
  name: [{ name: "safe" }, { name: "safer" }],
  description: [{ description: "a" }, { description: "b" }],
  budget: [
    { limitUsd: 5, resetInterval: "daily" },
    { limitUsd: 5, resetInterval: "monthly" },
  ],
  allowedModels: [{ allowedModels: ["a", "b"] }, { allowedModels: ["a"] }],
  ignoredModels: [{ ignoredModels: ["y", "z"] }, { ignoredModels: ["z"] }],
  allowedProviders: [{ allowedProviders: ["a", "b"] }, { allowedProviders: ["a"] }],
  ignoredProviders: [{ ignoredProviders: ["y", "z"] }, { ignoredProviders: ["z"] }],
  allowedDataRegions: [{ allowedDataRegions: ["europe", "us"] }, { allowedDataRegions: ["europe"] }],
  contentFilterBuiltins: [
    { contentFilterBuiltins: [{ action: "flag", slug: "email" }] },
    {
      contentFilterBuiltins: [
        { action: "block", slug: "regex-prompt-injection", scanScope: "user_only" },
        { action: "redact", slug: "email" },
      ],
    },
  ],
  contentFilters: [
    { contentFilters: [{ action: "flag", pattern: "a", label: "[A]" }] },
    { contentFilters: [{ action: "flag", pattern: "a" }] },
  ],
  ...Object.fromEntries(SWITCHES.map((name) => [name, [{ [name]: true }, { [name]: false }]])),
  includeByokInBudgets: [{ includeByokInBudgets: true }, { includeByokInBudgets: false }],
  workspaceId: [{ workspaceId: WORKSPACE }, { workspaceId: OTHER_WORKSPACE }],
};
const NAMES = Object.keys(VALUES);
const DEFAULTS: Given = { name: "guardrail", includeByokInBudgets: false };

const inputsOf = (given: Given): GuardrailInputs => checked(guardrail, { name: "guardrail", ...given });

async function stateOf(given: Given): Promise<{ outputs: GuardrailOutputs; account: MemoryAccount }> {
  const account = memoryAccount();
  const { outputs } = await guardrail.create(contextOf(account), inputsOf(given));
  account.snapshot();
  return { outputs: throughState(outputs), account };
}

const wireName = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const normal = (given: Given, name: string) => JSON.stringify(given[name] ?? DEFAULTS[name] ?? null);

/** The expected PATCH: every changed field, and both fields of a budget if one of them changes. */
function expectedBody(before: Given, after: Given): Given {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => name !== "workspaceId");
  const changed = names.filter((name) => normal(before, name) !== normal(after, name));
  if (changed.includes("limitUsd") || changed.includes("resetInterval")) changed.push("limitUsd", "resetInterval");
  return Object.fromEntries(changed.map((name) => [wireName(name), after[name] ?? DEFAULTS[name] ?? null]));
}

const pairs = NAMES.flatMap((a, index) => NAMES.slice(index + 1).map((b): [string, string] => [a, b]));

/** Every combination of two inputs: each omitted, or with one of its two values. */
function settingsOf(a: string, b: string): Given[] {
  const options = (name: string) => [{}, ...(VALUES[name] ?? [])];
  return options(a).flatMap((first) => options(b).map((second) => ({ ...first, ...second })));
}

/** A request body that compares equal whatever the order of lists and property names. */
function unordered(body: unknown): unknown {
  const text = JSON.stringify(throughState(body), (_name, value) =>
    Array.isArray(value) ? [...value].map((item) => JSON.stringify(item)).sort() : value,
  );
  return JSON.parse(text.replaceAll("scanScope", "scan_scope"));
}

test.each(pairs)("updates exactly what changed, or replaces for a workspace, when %s and %s change", async (a, b) => {
  const settings = settingsOf(a, b);
  const [empty, both] = [settings[0] as Given, settings[4] as Given];
  for (const before of [empty, both]) {
    const { outputs, account } = await stateOf(before);
    for (const after of settings) {
      account.restore();
      const declared = inputsOf(after);
      const body = expectedBody(before, after);
      const moved = after.workspaceId !== undefined && after.workspaceId !== before.workspaceId;
      const change = JSON.stringify({ before, after });
      expect({ change, ...guardrail.diff(outputs, declared) }).toEqual({
        change,
        changed: moved || Object.keys(body).length > 0,
        replaces: moved ? ["workspaceId"] : [],
      });
      if (moved || Object.keys(body).length === 0) continue;
      const updated = await guardrail.update(contextOf(account), GUARDRAIL, outputs, declared);
      expect({ change, sent: unordered(account.sent) }).toEqual({
        change,
        sent: unordered([{ method: "PATCH", path: `/guardrails/${GUARDRAIL}`, body }]),
      });
      expect(guardrail.diff(throughState(updated), declared)).toEqual({ changed: false, replaces: [] });
    }
  }
});

test.each(NAMES)("finds a change when %s is unknown, and a replacement only for the workspace", async (name) => {
  const value = VALUES[name]?.[0] ?? {};
  const { outputs } = await stateOf(value);
  const unknown = Object.fromEntries(Object.keys(value).map((input) => [input, UNKNOWN_VALUE]));
  const replaces = name === "workspaceId" ? ["workspaceId"] : [];
  expect(guardrail.diff(outputs, inputsOf(unknown))).toEqual({ changed: true, replaces });
});

test.each([
  { allowedModels: ["a", UNKNOWN_VALUE] },
  { contentFilterBuiltins: [{ slug: "email", action: UNKNOWN_VALUE }] },
  { contentFilters: [UNKNOWN_VALUE] },
])("finds a change but no replacement when a value inside %j is unknown", async (given) => {
  const { outputs } = await stateOf({});
  expect(guardrail.diff(outputs, inputsOf(given))).toEqual({ changed: true, replaces: [] });
});

test("finds no change when only order, duplicates, or property order in a filter differ", async () => {
  const { outputs } = await stateOf({
    allowedModels: ["a", "b"],
    contentFilterBuiltins: [
      { slug: "email", action: "flag" },
      { slug: "phone", action: "flag" },
    ],
    contentFilters: [{ pattern: "a", action: "flag", label: "[A]" }],
  });
  const declared = inputsOf({
    allowedModels: ["b", "a", "b"],
    contentFilterBuiltins: [
      { action: "flag", slug: "phone" },
      { action: "flag", slug: "email" },
      { slug: "email", action: "flag" },
    ],
    contentFilters: [{ label: "[A]", action: "flag", pattern: "a" }],
  });
  expect(guardrail.diff(outputs, declared)).toEqual({ changed: false, replaces: [] });
});

test("finds no change between enforceZdr and all five vendor switches", async () => {
  const { outputs } = await stateOf({ enforceZdr: true });
  const five = Object.fromEntries(SWITCHES.slice(0, 5).map((name) => [name, true]));
  expect(guardrail.diff(outputs, inputsOf(five))).toEqual({ changed: false, replaces: [] });
});

test.each([
  ["adding", {}, { adopt: GUARDRAIL }],
  ["removing", { adopt: GUARDRAIL }, {}],
  ["changing", { adopt: GUARDRAIL }, { adopt: OTHER_GUARDRAIL }],
])("finds no change when the program is %s `adopt`", async (_title, before, after) => {
  const { outputs } = await stateOf({});
  expect(guardrail.diff({ ...outputs, ...before }, inputsOf(after))).toEqual({ changed: false, replaces: [] });
});

test("replaces a guardrail without a workspace only when the program declares one", async () => {
  const { outputs } = await stateOf({});
  const { workspaceId, ...old } = outputs;
  expect(guardrail.diff(old, inputsOf({}))).toEqual({ changed: false, replaces: [] });
  expect(guardrail.diff(old, inputsOf({ workspaceId: WORKSPACE })).replaces).toEqual(["workspaceId"]);
});
