/** The metrics of an account. Pure. */
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import { budgetUse } from "../shared/keyUse";
import { boundedName } from "../shared/output";
import type { Family, Sample } from "./exposition";
import type { Metrics } from "./read";

/** All metrics, with their descriptions. */
export const HELP = {
  openrouter_up: "Whether the account could be read: 1, or 0 without any other metric.",
  openrouter_unreadable_lists: "Lists of keys or guardrails that the management key is not allowed to read.",
  openrouter_balance_usd: "Credits left.",
  openrouter_key_limit_usd: "Limit of a key in an interval that ends with each reset; absent without a limit.",
  openrouter_key_used_usd: "Spent with a key since the last reset of its limit, or ever without a reset or a limit.",
  openrouter_key_remaining_usd: "Left of the limit of a key until the next reset; absent without a limit.",
  openrouter_key_expiry_timestamp_seconds: "When a key expires; absent if it does not.",
  openrouter_key_disabled: "Whether a key is disabled: 1 or 0.",
  openrouter_guardrail_limit_usd: "Budget of a guardrail for each key and member; absent without a budget.",
} as const;

export const DOWN: readonly Family[] = [family("openrouter_up", [{ value: 0 }])];

export function familiesOf({ balance, keys, guardrails, unreadable, workspaceNames }: Metrics): Family[] {
  const workspaceOf = ({ workspaceId }: Key | Guardrail) =>
    workspaceId === null ? "" : boundedName(workspaceNames.get(workspaceId) ?? workspaceId);
  const uses = keys.map((key) => {
    const labels = { hash: boundedName(key.hash), name: boundedName(key.name), workspace: workspaceOf(key) };
    return { key, labels, ...budgetUse(key) };
  });
  const perKey = (amountOf: (use: (typeof uses)[number]) => number | null, withReset = false) =>
    uses.flatMap((use) => {
      const reset = withReset ? { reset: resetOf(use.key.limitReset) } : {};
      return sampleOf(amountOf(use), { ...use.labels, ...reset });
    });
  return [
    family("openrouter_up", [{ value: 1 }]),
    family("openrouter_unreadable_lists", [{ value: unreadable.length }]),
    family("openrouter_balance_usd", [{ value: balance }]),
    family(
      "openrouter_key_limit_usd",
      perKey(({ key }) => key.limit, true),
    ),
    family(
      "openrouter_key_used_usd",
      perKey(({ used }) => used),
    ),
    family(
      "openrouter_key_remaining_usd",
      perKey(({ left }) => left),
    ),
    family(
      "openrouter_key_expiry_timestamp_seconds",
      perKey(({ key }) => secondsOf(key.expiresAt)),
    ),
    family(
      "openrouter_key_disabled",
      perKey(({ key }) => Number(key.disabled)),
    ),
    family(
      "openrouter_guardrail_limit_usd",
      guardrails.flatMap((guardrail) => {
        const { id, name, limitUsd, resetInterval } = guardrail;
        const labels = { id: boundedName(id), name: boundedName(name), workspace: workspaceOf(guardrail) };
        return sampleOf(limitUsd, { ...labels, reset: resetOf(resetInterval) });
      }),
    ),
  ];
}

/** All are gauges: amounts fall at a reset. */
function family(name: keyof typeof HELP, samples: readonly Sample[]): Family {
  return { name, help: HELP[name], type: "gauge", samples };
}

function sampleOf(value: number | null, labels: NonNullable<Sample["labels"]>): Sample[] {
  return value === null ? [] : [{ value, labels }];
}

/** One of five values, whatever the API returns. */
function resetOf(reset: string | null): string {
  if (reset === null) return "none";
  return ["daily", "weekly", "monthly"].includes(reset) ? reset : "other";
}

/** Null for no expiry, and for a time that is not readable. */
function secondsOf(timestamp: string | null | undefined): number | null {
  const time = Date.parse(timestamp ?? "");
  return Number.isNaN(time) ? null : time / 1000;
}
