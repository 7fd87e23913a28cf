/** Look-ups with the credentials and the memory of a process. */
import { startOperation } from "../api/client";
import { type LookUpAccount, lookUp } from "../lookUps";
import { gated } from "./failures";
import type { Process } from "./process";
import { forState } from "./state";

export interface LookUps {
  lookUp(name: string, args: Record<string, unknown>): Promise<object>;
}

export function lookUpsOf(process: Process): LookUps {
  const { session, gate } = process;
  const account: LookUpAccount = {
    read: (object) => startOperation(process.apiContext(), { verb: "read", object }),
    share<Rows>(list: string, read: () => Promise<Rows>) {
      const key = `look up ${list}`;
      const shared = (session.reads.get(key) as Promise<Rows> | undefined) ?? read();
      session.reads.set(key, shared);
      // A failed one is read again.
      shared.catch(() => session.reads.delete(key));
      return shared;
    },
  };
  return gated<LookUps>(gate, {
    lookUp: async (name, args) => forState(withoutNulls(await lookUp(name, args, account)) as object),
  });
}

/** What the API leaves empty is omitted, as in the outputs of resources. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const given = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(given.map(([name, item]) => [name, withoutNulls(item)]));
}
