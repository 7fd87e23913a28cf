/** What rows of keys, guardrails and members have in common. */
import { plain, type Sentence } from "./sentence";
import type { SettingChange } from "./settings";
import type { Snapshots } from "./worlds";

/**
 * `affected` is a key of which nothing changes but what its guardrail allows. `released` leaves the stack and keeps
 * working. `adopted` existed before, outside the stack.
 */
export type Change = "new" | "adopted" | "changed" | "replaced" | "deleted" | "released" | "affected";

export interface Row {
  /** URN; of what the stack doesn't manage, its own identity. */
  identity: string;
  label: Sentence;
  /** Hash of a key, id of a guardrail; undefined before it exists. */
  id: string | undefined;
  change: Change;
  settings: SettingChange[];
}

export function changeOf(urn: string, { before, after, replaced, adopted }: Snapshots, changes: boolean): Change {
  const [old, made] = [before.get(urn), after.get(urn)];
  if (old && !made) return old.retainOnDelete ? "released" : "deleted";
  if (adopted.has(urn)) return "adopted";
  if (!old && made) return "new";
  if (replaced.has(urn)) return "replaced";
  return changes ? "changed" : "affected";
}

export function rowOrder(a: { label: Sentence }, b: { label: Sentence }): number {
  const [left, right] = [plain(a.label), plain(b.label)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether one of these properties changes. */
export function changes({ settings }: Pick<Row, "settings">, ...properties: readonly string[]): boolean {
  return settings.some((setting) => setting.properties.some((name) => properties.includes(name)));
}
