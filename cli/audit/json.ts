/** An audit as JSON. Fields keep their names; new ones may be added. */
import { roundedOrNull } from "../shared/money";
import type { StackState } from "../shared/state";
import { type Audit, removeCommandFor } from "./findings";

/** What is compared with what. */
export interface Subject {
  baseUrl: string;
  /** The value for `openrouter:account`: the organization, or the oldest workspace of a personal account. */
  account: string | undefined;
  workspaces: readonly string[];
  states: readonly StackState[];
}

export type AuditData = ReturnType<typeof auditData>;

export function auditData(
  { baseUrl, account, workspaces, states }: Subject,
  { keys, guardrails, missing, drift }: Audit,
) {
  return {
    account: { id: account ?? null, baseUrl, workspaces },
    states: states.map(({ source, stack, pending }) => ({ source, stack: stack ?? null, pendingCreates: pending })),
    keys: keys.map(({ key, guardrail, ...evaluated }) => {
      const { hash, name, disabled, limit, limitReset, lastUsedAt, createdAt, expiresAt, workspaceId } = key;
      const [spent, spentByok] = [roundedOrNull(key.usage), roundedOrNull(key.byokUsage)];
      return {
        ...{ hash, name, disabled, limit, limitReset, spent, spentByok, lastUsedAt, createdAt, expiresAt, workspaceId },
        guardrail: guardrail ? { id: guardrail.id, name: guardrail.name } : null,
        ...evaluated,
        remove: removeCommandFor(evaluated, "key", hash) ?? null,
      };
    }),
    guardrails: guardrails.map(({ guardrail, keys, ...evaluated }) => {
      const { id, name, limitUsd, resetInterval, createdAt, workspaceId } = guardrail;
      const settings = { id, name, limitUsd, resetInterval, createdAt, workspaceId, keys };
      return { ...settings, ...evaluated, remove: removeCommandFor(evaluated, "guardrail", id) ?? null };
    }),
    missing: missing.map(({ kind, id, urn, stack, why }) => ({ kind, id, urn, stack, why })),
    drift: drift.map(({ why, of, assignee, guardrail, resource, assignedBy }) => ({
      ...{ why, of, assignee, guardrail: { id: guardrail.id, name: guardrail.name } },
      ...{ urn: resource.urn, stack: resource.stack, assignedBy: assignedBy.map(({ urn }) => urn) },
    })),
  };
}
