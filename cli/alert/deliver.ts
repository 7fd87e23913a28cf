/** Posts each crossing once. */
import { isDeepStrictEqual } from "node:util";
import type { Alert } from "./conditions";
import { withLock } from "./lock";
import { type Checked, compare, readPosted, writePosted } from "./posted";
import { postTo, type Webhook } from "./webhook";

export interface Delivery {
  webhook: Webhook;
  /** The file of posted alerts. */
  file: string;
  /** Receiver and account. */
  scope: string;
  bodyOf(alerts: readonly Alert[]): string;
}

/**
 * Posts the alerts that are not in the file. It remembers them only after a 2xx, so a failed post is sent again by the
 * next run. Runs at the same time wait for each other.
 *
 * @returns The posted alerts. @throws Error if the post failed or the file can't be used
 */
export function deliver({ webhook, file, scope, bodyOf }: Delivery, checked: Checked): Promise<readonly Alert[]> {
  return withLock(`${file}.lock`, async () => {
    const all = readPosted(file);
    const before = all[scope] ?? [];
    const { fresh, kept } = compare(before, checked);
    const remember = (ids: readonly string[]) => {
      if (!isDeepStrictEqual(ids, before)) writePosted(file, { ...all, [scope]: [...ids] });
    };
    if (fresh.length > 0) {
      try {
        await postTo(webhook, bodyOf(fresh));
      } catch (error) {
        remember(kept);
        throw error;
      }
    }
    remember([...kept, ...fresh.map(({ id }) => id)]);
    return fresh;
  });
}
