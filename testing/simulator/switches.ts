/**
 * Where the API's own sources disagree or are silent, the simulator has a switch. A program that manages OpenRouter
 * should work whichever way each of them stands. The first value in `SWITCH_VALUES` is the default: what the best
 * source says or, where there is none, what surprises a careless client most.
 */
export interface Switches {
  /**
   * What an inference key gets on a management endpoint. The description of the API declares 403 for nearly all
   * (`documented`: 403 there, 401 elsewhere); observers saw 401 on others, some time ago. An object sets single endpoints:
   * `{ "GET /guardrails": 403 }`.
   */
  inferenceKeyStatus: "documented" | 401 | 403 | Readonly<Record<string, 401 | 403>>;
  /** Whether an inference key may read `/credits`. Documented as refused; one guide says it works. */
  creditsWithInferenceKey: "refused" | "allowed";
  /** Another account's object: hidden (404) or forbidden (403). No source says. */
  otherAccountsObject: 404 | 403;
  /** A `workspace_id` that the account doesn't have. `/keys` and `/guardrails` declare no 404. */
  unknownWorkspace: 400 | 404;
  /** Whether error bodies name the caller in `user_id`. Optional in the description, seen on inference endpoints. */
  errorsNameUser: false | true;
  /** Fields that a body should not have. Seen ignored on `POST /keys`; another endpoint refuses them. */
  unknownBodyFields: "ignored" | "refused";
  /** Query parameters that an endpoint doesn't have, such as `limit` on `/keys`. */
  unknownQuery: "refused" | "ignored";
  /** `POST /keys` without a slash at the end: one guide says that it's redirected (307). */
  trailingSlash: "optional" | "required";
  /**
   * For how many milliseconds of the simulator's clock reads don't show what a write has done: a new object is in no list
   * and unknown to every call, a changed or deleted one is shown as it was. No source says that there is a delay.
   */
  visibleAfterMs: number;
  /** Form of timestamps: the description and a sample of the documentation differ. */
  timestamps: "seconds" | "milliseconds" | "microseconds";

  /** A key's `label`: `sk-or-v1-0e6...1c96`, `sk-or-v1-0e6...c96`, or its name. Examples show all three. */
  keyLabel: "masked" | "short" | "name";
  /** Whether `GET /keys` shows disabled keys when `include_disabled` is left out. The default isn't documented. */
  disabledKeysListed: false | true;
  /** Whether `POST /keys` honours `limit_reset` and `include_byok_in_limit`; if not, only a later PATCH sets them. */
  createHonoursReset: true | false;
  /** `include_expired` of `GET /keys`: a server older than October 2026 may refuse it and show expired keys. */
  includeExpired: "honoured" | "refused";
  /** `workspace_id` in `PATCH /keys/{hash}`: a server older than October 2026 ignores it. */
  keyMove: "honoured" | "ignored";
  /** The assignment of a moved key to a guardrail of its old workspace: "guardrail selections move with it". */
  movedKeyAssignment: "kept" | "copied" | "dropped" | "refused";
  /** `expires_at` with minutes and no seconds: refused according to newer texts. */
  expiresAtWithoutSeconds: "refused" | "accepted";
  /** Negative `limit` of a key and `limit_usd` of a guardrail: no minimum is documented. */
  negativeLimits: "refused" | "accepted";

  /** `limit_usd: 0`: an older description excluded it, newer ones have no minimum. */
  zeroLimitUsd: "accepted" | "refused";
  /** Creating a guardrail with a name that its workspace has already: no conflict is documented for POST. */
  duplicateGuardrailNames: "allowed" | "refused";
  /** How `content_filters: []` and `content_filter_builtins: []` come back. */
  emptyContentFilters: "kept" | "null";
  /** How a nullable boolean of a guardrail that was never set comes back. */
  unsetBooleans: "null" | "false";
  /** Whether fields of a guardrail that are null are in the answer. The response schema has them optional. */
  nullGuardrailFields: "sent" | "left out";
  /** `enforce_zdr` in answers: null after it was copied to the five vendor fields (examples), or the value sent. */
  enforceZdrAnswered: "null" | "stored";
  /** Whether the default `scan_scope` of `regex-prompt-injection` is filled in. */
  scanScopeDefault: "left out" | "filled";
  /** Whether the refusal of an unknown model names it. */
  unknownModelMessage: "named" | "plain";
  /** PATCH of a default guardrail with the name that it has: refused in an older description. */
  defaultGuardrailSameName: "accepted" | "refused";

  /** Whether assigning a key or member that is assigned already counts in `assigned_count`. */
  repeatedAssignmentCounts: true | false;
  /** Whether removing what isn't assigned counts in `unassigned_count`. */
  absentRemovalCounts: false | true;
  /** For how many calls to assign it a new key is skipped as unknown, as one client's authors saw. */
  newKeyUnknownToAssignment: number;
  /** Rows of deleted keys: they stay in the table, so that pages are short (seen), or go. */
  deletedKeyAssignments: "kept" | "removed";
  /** Rows of a deleted guardrail, in the lists of the whole account. */
  deletedGuardrailAssignments: "removed" | "kept";
  /** Removing an assignment from a default guardrail: refused like assigning, or done with a count of 0. */
  defaultGuardrailRemoval: "refused" | "ignored";

  /** What a request with credentials sees of the catalogue: without the models that the account hides, or all. */
  catalogueWithCredentials: "filtered" | "whole";
  /** `canonical_slug` of a variant: that of its model, or with the variant's suffix. */
  variantCanonicalSlug: "base" | "suffixed";
}

/** The values of each switch, the default first. */
export const SWITCH_VALUES: { readonly [Name in keyof Switches]: readonly Switches[Name][] } = {
  inferenceKeyStatus: ["documented", 401, 403],
  creditsWithInferenceKey: ["refused", "allowed"],
  otherAccountsObject: [404, 403],
  unknownWorkspace: [400, 404],
  errorsNameUser: [false, true],
  unknownBodyFields: ["ignored", "refused"],
  unknownQuery: ["refused", "ignored"],
  trailingSlash: ["optional", "required"],
  visibleAfterMs: [0, 1000, 9000],
  timestamps: ["seconds", "milliseconds", "microseconds"],
  keyLabel: ["masked", "short", "name"],
  disabledKeysListed: [false, true],
  createHonoursReset: [true, false],
  includeExpired: ["honoured", "refused"],
  keyMove: ["honoured", "ignored"],
  movedKeyAssignment: ["kept", "copied", "dropped", "refused"],
  expiresAtWithoutSeconds: ["refused", "accepted"],
  negativeLimits: ["refused", "accepted"],
  zeroLimitUsd: ["accepted", "refused"],
  duplicateGuardrailNames: ["allowed", "refused"],
  emptyContentFilters: ["kept", "null"],
  unsetBooleans: ["null", "false"],
  nullGuardrailFields: ["sent", "left out"],
  enforceZdrAnswered: ["null", "stored"],
  scanScopeDefault: ["left out", "filled"],
  unknownModelMessage: ["named", "plain"],
  defaultGuardrailSameName: ["accepted", "refused"],
  repeatedAssignmentCounts: [true, false],
  absentRemovalCounts: [false, true],
  newKeyUnknownToAssignment: [0, 2],
  deletedKeyAssignments: ["kept", "removed"],
  deletedGuardrailAssignments: ["removed", "kept"],
  defaultGuardrailRemoval: ["refused", "ignored"],
  catalogueWithCredentials: ["filtered", "whole"],
  variantCanonicalSlug: ["base", "suffixed"],
};

export const DEFAULT_SWITCHES: Readonly<Switches> = Object.freeze(
  Object.fromEntries(Object.entries(SWITCH_VALUES).map(([name, values]) => [name, values[0]])),
) as unknown as Switches;

/** Every setting that differs from the default by one switch: run a scenario with each, and no guess is left in it. */
export function otherSettings(): Partial<Switches>[] {
  return Object.entries(SWITCH_VALUES).flatMap(([name, [, ...others]]) => others.map((value) => ({ [name]: value })));
}

/** Reads a `name=value` of the command line. */
export function parseSwitch(text: string): Partial<Switches> {
  const [name = "", value = ""] = text.split("=");
  if (!Object.hasOwn(SWITCH_VALUES, name)) {
    throw new Error(`no switch "${name}"; there are ${Object.keys(SWITCH_VALUES).join(", ")}`);
  }
  if (isNumeric(name) && /^\d+$/.test(value)) return { [name]: Number(value) };
  const values: readonly unknown[] = SWITCH_VALUES[name as keyof Switches];
  const chosen = values.find((each) => String(each) === value);
  if (chosen === undefined) throw new Error(`switch ${name} takes ${values.join(" or ")}, not "${value}"`);
  return { [name]: chosen };
}

/** Switches that take any number. */
function isNumeric(name: string): boolean {
  return name === "newKeyUnknownToAssignment" || name === "visibleAfterMs";
}
