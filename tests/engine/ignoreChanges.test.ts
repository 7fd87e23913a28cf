/**
 * `ignoreChanges` compares checked inputs, so they must equal the declared ones. Each test input is declared, ignored and
 * changed in the account. After a refresh, the unchanged program must change nothing.
 */
import type { Simulator } from "../../testing/index";
import {
  type Declaration,
  type DeclaredStack,
  effectsOf,
  errorsOf,
  NO_EFFECTS,
  openDeclaredStack,
} from "./support/declaredStack";

interface Case {
  kind: "InferenceKey" | "Guardrail";
  args: Record<string, unknown>;
  ignore: string[];
  /** The change in the account, with the API's field names. */
  change: object;
}

const key = (args: Case["args"], change: object, ...ignore: string[]): Case => ({
  kind: "InferenceKey",
  args,
  change,
  ignore: ignore.length > 0 ? ignore : Object.keys(args),
});
const guardrail = (args: Case["args"], change: object, ...ignore: string[]): Case => ({
  ...key(args, change, ...ignore),
  kind: "Guardrail",
});

const FILTERS = [
  { slug: "phone", action: "redact" },
  { slug: "email", action: "redact" },
];
const PATTERNS = [
  { pattern: "b+", action: "redact" },
  { pattern: "a+", action: "redact" },
];
const ALL_ZDR = {
  enforce_zdr_anthropic: false,
  enforce_zdr_openai: false,
  enforce_zdr_google: false,
  enforce_zdr_xai: false,
  enforce_zdr_other: false,
};

const CASES: Record<string, Case> = {
  "key-name": key({ name: "declared" }, { name: "renamed" }),
  "key-limit": key({ limit: 10 }, { limit: 33.333333333333336 }),
  "key-limit-removed": key({ limit: 10 }, { limit: null }),
  "key-reset": key({ limit: 10, limitReset: "daily" }, { limit_reset: "weekly" }, "limitReset"),
  "key-byok": key({ includeByokInLimit: true }, { include_byok_in_limit: false }),
  "key-no-byok": key({ includeByokInLimit: false }, { include_byok_in_limit: true }),
  "key-disabled": key({ disabled: false }, { disabled: true }),
  "key-expiry": key({ expiresAt: "2031-01-01T02:00:00.000+02:00" }, { expires_at: new Date("2032-01-01T00:00:00Z") }),
  "key-keepers": key({ keepers: { round: "1" } }, { limit: null }),

  "guardrail-name": guardrail({ name: "declared" }, { name: "renamed" }),
  description: guardrail({ description: "declared" }, { description: "changed" }),
  budget: guardrail({ limitUsd: 5, resetInterval: "daily" }, { limit_usd: 9, reset_interval: "weekly" }),
  "budget-limit": guardrail({ limitUsd: 5, resetInterval: "daily" }, { limit_usd: 9 }, "limitUsd"),
  "budget-reset": guardrail({ limitUsd: 5, resetInterval: "daily" }, { reset_interval: "weekly" }, "resetInterval"),
  "budget-removed": guardrail({ limitUsd: 5, resetInterval: "daily" }, { limit_usd: null, reset_interval: null }),
  "allowed-models": guardrail(
    { allowedModels: ["openai/gpt-4.1", "openai/gpt-4o-mini"] },
    { allowed_models: ["openai/gpt-4.1"] },
  ),
  "ignored-models": guardrail({ ignoredModels: ["openai/gpt-4.1"] }, { ignored_models: null }),
  "allowed-providers": guardrail({ allowedProviders: ["openai", "anthropic"] }, { allowed_providers: ["azure"] }),
  "ignored-providers": guardrail({ ignoredProviders: ["openai"] }, { ignored_providers: ["openai", "azure"] }),
  regions: guardrail({ allowedDataRegions: ["us", "europe"] }, { allowed_data_regions: ["europe"] }),
  builtins: guardrail({ contentFilterBuiltins: FILTERS }, { content_filter_builtins: [] }),
  "builtin-action": guardrail(
    { contentFilterBuiltins: FILTERS },
    {
      content_filter_builtins: [
        { slug: "email", action: "redact" },
        { slug: "phone", action: "block" },
      ],
    },
    "contentFilterBuiltins[0].action",
  ),
  filters: guardrail({ contentFilters: PATTERNS }, { content_filters: null }),
  "filter-action": guardrail(
    { contentFilters: PATTERNS },
    {
      content_filters: [
        { pattern: "a+", action: "block" },
        { pattern: "b+", action: "redact" },
      ],
    },
    "contentFilters[1].action",
  ),
  "zdr-unchanged": guardrail({ enforceZdr: true }, {}),
  zdr: guardrail({ enforceZdr: true }, ALL_ZDR),
  "zdr-vendor": guardrail({ enforceZdr: true }, { enforce_zdr_openai: false }, "enforceZdr", "enforceZdrOpenai"),
  "zdr-exception": guardrail(
    { enforceZdr: true, enforceZdrOpenai: false },
    { enforce_zdr_openai: true },
    "enforceZdrOpenai",
  ),
  "zdr-anthropic": guardrail({ enforceZdrAnthropic: true }, { enforce_zdr_anthropic: null }),
  "zdr-openai": guardrail({ enforceZdrOpenai: true }, { enforce_zdr_openai: false }),
  "zdr-google": guardrail({ enforceZdrGoogle: true }, { enforce_zdr_google: false }),
  "zdr-xai": guardrail({ enforceZdrXai: true }, { enforce_zdr_xai: false }),
  "zdr-other": guardrail({ enforceZdrOther: true }, { enforce_zdr_other: false }),
  publication: guardrail({ enableFreeModelPublication: true }, { enable_free_model_publication: false }),
  "free-training": guardrail({ enableFreeModelTraining: false }, { enable_free_model_training: null }),
  "paid-training": guardrail({ enablePaidModelTraining: false }, { enable_paid_model_training: true }),
  byok: guardrail({ includeByokInBudgets: true }, { include_byok_in_budgets: false }),
};

const declaration: Declaration = Object.fromEntries(
  Object.entries(CASES).map(([name, { kind, args, ignore }]) => [
    name,
    { kind, args, opts: { ignoreChanges: ignore } },
  ]),
);

function changeAll({ dashboard }: Simulator, ids: Record<string, string>): void {
  for (const [name, { kind, change }] of Object.entries(CASES)) {
    if (kind === "InferenceKey") dashboard.updateKey(ids[name] ?? "", change);
    else dashboard.updateGuardrail(ids[name] ?? "", change);
  }
}

async function idsOf(s: DeclaredStack): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(await s.resources()).map(([name, { id }]) => [name, id]));
}

test("changes nothing after a refresh when every input that drifted is ignored", async () => {
  const s = await openDeclaredStack();
  expect(errorsOf(await s.up(declaration))).toBe("");
  const ids = await idsOf(s);
  expect({ beforeDrift: effectsOf(await s.up()) }).toEqual({ beforeDrift: NO_EFFECTS });

  changeAll(s.simulator, ids);
  expect(errorsOf(await s.refresh())).toBe("");

  const afterDrift = { firstUp: effectsOf(await s.up()), secondUp: effectsOf(await s.up()) };
  expect(afterDrift).toEqual({ firstUp: NO_EFFECTS, secondUp: NO_EFFECTS });
  expect(await idsOf(s)).toEqual(ids);
});

/** Equivalent settings: another order, one switch per vendor, another UTC offset, an explicit default. */
const EQUIVALENT: Declaration = {
  zdr: {
    kind: "Guardrail",
    args: {
      enforceZdrAnthropic: true,
      enforceZdrOpenai: true,
      enforceZdrGoogle: true,
      enforceZdrXai: true,
      enforceZdrOther: true,
    },
  },
  "builtin-action": { kind: "Guardrail", args: { contentFilterBuiltins: [...FILTERS].reverse() } },
  "key-expiry": { kind: "InferenceKey", args: { expiresAt: "2031-01-01T00:00:00Z" } },
  "key-disabled": { kind: "InferenceKey", args: {} },
  "key-limit": { kind: "InferenceKey", args: { limit: 10, disabled: false } },
};
const IGNORED: Record<string, string[]> = {
  zdr: ["enforceZdrOpenai"],
  "builtin-action": ["contentFilterBuiltins[0].action"],
  "key-expiry": ["expiresAt"],
  "key-disabled": ["disabled"],
  "key-limit": ["limit"],
};

test("changes nothing when settings are declared in an equivalent form, refreshed and then ignored", async () => {
  const s = await openDeclaredStack();
  const original = Object.keys(EQUIVALENT).map((name) => [name, { ...declaration[name], opts: {} }]);
  expect(errorsOf(await s.up(Object.fromEntries(original)))).toBe("");

  expect({ equivalent: effectsOf(await s.up(EQUIVALENT)) }).toEqual({ equivalent: NO_EFFECTS });
  expect({ refreshed: effectsOf(await s.refresh()) }).toEqual({ refreshed: NO_EFFECTS });

  const ignoring = Object.entries(EQUIVALENT).map(([name, declared]) => {
    return [name, { ...declared, opts: { ignoreChanges: IGNORED[name] } }];
  });
  expect({ ignored: effectsOf(await s.up(Object.fromEntries(ignoring))) }).toEqual({ ignored: NO_EFFECTS });
});
