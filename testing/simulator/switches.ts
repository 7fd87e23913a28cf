/**
 * The API's own sources disagree or are silent in these points; docs/decisions.md says why each switch is needed. A program
 * that manages OpenRouter should work with every value. The first one is the default: the behavior that the best source
 * describes or, without a source, the one most likely to break a careless client.
 */
export const SWITCH_VALUES = {
  /**
   * The status that an inference key gets on a management endpoint. The API description declares 403 for nearly all
   * (`documented`: 403 there, 401 elsewhere); others were observed to return 401.
   */
  inferenceKeyStatus: ["documented", 401, 403],
  /** The status for another account's object: hidden (404) or forbidden (403). */
  otherAccountsObject: [404, 403],
  /** What happens to unknown fields in a body: `POST /keys` was seen to ignore them, another endpoint rejects them. */
  unknownBodyFields: ["ignored", "rejected"],
  /** `POST /keys` without a trailing slash: one guide says that it is redirected (307). */
  trailingSlash: ["optional", "required"],
  /**
   * For how many milliseconds of the simulator's clock reads don't show a write. A new object is in no list and unknown to
   * every call; a changed or deleted one appears unchanged. No source mentions such a delay. Takes any number.
   */
  visibleAfterMs: [0, 1000, 9000],
  /** Precision of timestamps: the description and a sample in the documentation differ. */
  timestamps: ["seconds", "milliseconds", "microseconds"],

  /** Whether `POST /keys` applies `limit_reset` and `include_byok_in_limit`; if not, only a later PATCH sets them. */
  createAppliesReset: [true, false],
  /** `include_expired` of `GET /keys`: a server older than October 2026 may reject it and show expired keys. */
  includeExpired: ["applied", "rejected"],
  /** `workspace_id` in `PATCH /keys/{hash}`: a server older than October 2026 ignores it. */
  keyMove: ["applied", "ignored"],
  /** A moved key's assignment to a guardrail of its old workspace: "guardrail selections move with it". */
  movedKeyAssignment: ["kept", "copied", "dropped", "rejected"],

  /** Creating a guardrail with a name that its workspace already has: POST documents no conflict. */
  duplicateGuardrailNames: ["allowed", "rejected"],
  /** How `content_filters: []` and `content_filter_builtins: []` are stored. */
  emptyContentFilters: ["kept", "null"],
  /** How responses show a nullable boolean of a guardrail that was never set. */
  unsetBooleans: ["null", "false"],
  /** Whether responses include null fields of a guardrail, which are optional in the schema. */
  nullGuardrailFields: ["sent", "omitted"],
  /** `enforce_zdr` in responses: null once copied to the five vendor fields (examples), or the value sent. */
  enforceZdrReturned: ["null", "stored"],
  /** Whether the default `scan_scope` of `regex-prompt-injection` is filled in. */
  scanScopeDefault: ["omitted", "filled"],
  /** Whether the rejection of an unknown model names it. */
  unknownModelMessage: ["named", "plain"],

  /** Whether `assigned_count` includes keys and members that were already assigned. */
  repeatedAssignmentCounts: [true, false],
  /** How many calls to assign a new key skip it as unknown, as one client's authors saw. Takes any number. */
  newKeyUnknownToAssignment: [0, 2],

  /** `canonical_slug` of a variant: that of its model, or with the variant's suffix. */
  variantCanonicalSlug: ["base", "suffixed"],
} as const;

type Values = typeof SWITCH_VALUES;
/** Switches that take any number. */
type NumericSwitch = "visibleAfterMs" | "newKeyUnknownToAssignment";
const NUMERIC: readonly string[] = ["visibleAfterMs", "newKeyUnknownToAssignment"] satisfies NumericSwitch[];

export type Switches = {
  -readonly [Name in keyof Values]: Name extends NumericSwitch ? number : Values[Name][number];
};

export function defaultSwitches(): Switches {
  return Object.fromEntries(Object.entries(SWITCH_VALUES).map(([name, [value]]) => [name, value])) as Switches;
}

/** Every setting that differs from the default by one switch. A scenario that passes with each relies on no assumption. */
export function switchVariants(): Partial<Switches>[] {
  return Object.entries(SWITCH_VALUES).flatMap(([name, [, ...others]]) => others.map((value) => ({ [name]: value })));
}

/** Parses `name=value`. */
export function parseSwitch(setting: string): Partial<Switches> {
  const [name = "", value = ""] = setting.split("=");
  if (!Object.hasOwn(SWITCH_VALUES, name)) {
    throw new Error(`unknown switch "${name}". The switches are: ${Object.keys(SWITCH_VALUES).join(", ")}`);
  }
  if (NUMERIC.includes(name) && /^\d+$/.test(value)) return { [name]: Number(value) };
  const values: readonly unknown[] = SWITCH_VALUES[name as keyof Values];
  const chosen = values.find((each) => String(each) === value);
  if (chosen === undefined) throw new Error(`switch ${name}: must be ${values.join(" or ")}, not "${value}"`);
  return { [name]: chosen };
}
