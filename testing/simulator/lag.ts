/**
 * Reads that lag behind writes (switch `visibleAfterMs`). A write through the API keeps the previous version of each row it
 * changes, and reads return that version for the time of the switch. Writes use the current rows, except new ones.
 */
import { isDeepStrictEqual } from "node:util";
import type { Account, Stale, StaleRows, State } from "./account";

type Identified = { hash: string } | { id: string };

export const noStaleRows = (): StaleRows => ({ keys: [], guardrails: [], keyAssignments: [], memberAssignments: [] });

/** The account as reads see it. */
export function visibleToReads({ clock }: State, account: Account): Account {
  const now = clock.now().getTime();
  const { stale } = account;
  return {
    ...account,
    keys: visibleRows(account.keys, stale.keys, now),
    guardrails: visibleRows(account.guardrails, stale.guardrails, now),
    keyAssignments: visibleRows(account.keyAssignments, stale.keyAssignments, now),
    memberAssignments: visibleRows(account.memberAssignments, stale.memberAssignments, now),
  };
}

/** Whether a key or guardrail is so new that no call finds it. */
export function isTooNew({ clock }: State, { stale }: Account, id: string): boolean {
  const now = clock.now().getTime();
  const earliest = [...stale.keys, ...stale.guardrails].find((each) => each.id === id && each.until > now);
  return earliest !== undefined && earliest.row === undefined;
}

/** Applies a change that reads see after the delay. Without a delay they see it at once, and all earlier changes to it. */
export function applyChange<Result>(state: State, account: Account, delayMs: number, change: () => Result): Result {
  const tables = Object.keys(account.stale) as (keyof StaleRows)[];
  if (delayMs === 0 && tables.every((name) => account.stale[name].length === 0)) return change();
  const recorders = tables.map((name) => recordChanges(account, name));
  const result = change();
  const now = state.clock.now().getTime();
  for (const record of recorders) record(now, now + delayMs);
  return result;
}

function recordChanges<Name extends keyof StaleRows>(account: Account, name: Name) {
  const rowsById = () => new Map(account[name].map((row) => [idOf(row), row]));
  const before = new Map([...rowsById()].map(([id, row]) => [id, { ...row }]));
  return (now: number, until: number): void => {
    const after = rowsById();
    const ids = [...new Set([...before.keys(), ...after.keys()])];
    const changed = ids.filter((id) => !isDeepStrictEqual(before.get(id), after.get(id)));
    const kept = account.stale[name].filter((each) => each.until > now && (until > now || !changed.includes(each.id)));
    const added = until > now ? changed.map((id) => ({ id, row: before.get(id), until })) : [];
    account.stale[name] = [...kept, ...added] as StaleRows[Name];
  };
}

function idOf(row: Identified): string {
  return "hash" in row ? row.hash : row.id;
}

function visibleRows<Row extends Identified & { created_at: Date }>(
  rows: Row[],
  stale: readonly Stale<Row>[],
  now: number,
): Row[] {
  const pending = stale.filter(({ until }) => until > now);
  // Reads return the version before the earliest pending change.
  const earlier = new Map(pending.reverse().map(({ id, row }) => [id, row]));
  if (earlier.size === 0) return rows;
  const present = rows.map((row) => (earlier.has(idOf(row)) ? earlier.get(idOf(row)) : row));
  const deleted = [...earlier].filter(([id]) => !rows.some((row) => idOf(row) === id)).map(([, row]) => row);
  return [...present, ...deleted]
    .filter((row) => row !== undefined)
    .sort((one, other) => one.created_at.getTime() - other.created_at.getTime());
}
