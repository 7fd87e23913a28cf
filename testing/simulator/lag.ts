/**
 * Reads that lag behind writes (switch `visibleAfterMs`). A write through the API notes how each row that it changed was
 * before, and for the time of the switch reads show that. Writes act on the true rows, except on those that are new.
 */
import { isDeepStrictEqual } from "node:util";
import type { Account, State } from "./account";

type Table = "keys" | "guardrails" | "keyAssignments" | "memberAssignments";
type Identified = { hash: string } | { id: string };

/** How reads show a row until then; undefined: not at all. */
interface Stale<Row> {
  id: string;
  row: Row | undefined;
  until: number;
}

export type StaleRows = { [Name in Table]: Stale<Account[Name][number]>[] };

export const nothingStale = (): StaleRows => ({ keys: [], guardrails: [], keyAssignments: [], memberAssignments: [] });

/** The account as reads show it. */
export function visible({ clock }: State, account: Account): Account {
  const now = clock.now().getTime();
  const { stale } = account;
  return {
    ...account,
    keys: shown(account.keys, stale.keys, now),
    guardrails: shown(account.guardrails, stale.guardrails, now),
    keyAssignments: shown(account.keyAssignments, stale.keyAssignments, now),
    memberAssignments: shown(account.memberAssignments, stale.memberAssignments, now),
  };
}

/** Whether a key or guardrail is so new that no call finds it. */
export function isTooNew({ clock }: State, { stale }: Account, id: string): boolean {
  const now = clock.now().getTime();
  const earliest = [...stale.keys, ...stale.guardrails].find((each) => each.id === id && each.until > now);
  return earliest !== undefined && earliest.row === undefined;
}

/** Makes a change that reads show after so many milliseconds. With 0 they show it at once, and all before it. */
export function changing<Result>(state: State, account: Account, afterMs: number, change: () => Result): Result {
  const tables = Object.keys(account.stale) as Table[];
  if (afterMs === 0 && tables.every((name) => account.stale[name].length === 0)) return change();
  const notes = tables.map((name) => noting(account, name));
  const result = change();
  const now = state.clock.now().getTime();
  for (const note of notes) note(now, now + afterMs);
  return result;
}

function noting<Name extends Table>(account: Account, name: Name): (now: number, until: number) => void {
  const rowsById = () => new Map(account[name].map((row) => [idOf(row), row]));
  const before = new Map([...rowsById()].map(([id, row]) => [id, { ...row }]));
  return (now, until) => {
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

function shown<Row extends Identified & { created_at: Date }>(
  rows: Row[],
  stale: readonly Stale<Row>[],
  now: number,
): Row[] {
  const pending = stale.filter(({ until }) => until > now);
  // Of several changes to a row it's the first that is not seen yet.
  const earlier = new Map(pending.reverse().map(({ id, row }) => [id, row]));
  if (earlier.size === 0) return rows;
  const present = rows.map((row) => (earlier.has(idOf(row)) ? earlier.get(idOf(row)) : row));
  const deleted = [...earlier].filter(([id]) => !rows.some((row) => idOf(row) === id)).map(([, row]) => row);
  return [...present, ...deleted]
    .filter((row) => row !== undefined)
    .sort((one, other) => one.created_at.getTime() - other.created_at.getTime());
}
