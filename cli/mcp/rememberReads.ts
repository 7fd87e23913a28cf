/** A cache of reads for the catalog of models: a megabyte that is the same for every account, and that an assistant reads often. */
import type { Call } from "../../provider/api/call";
import type { Account } from "../shared/account";

const REMEMBERED_MS = 60_000;

/** The same account, whose GET requests of the last minute are not sent again. */
export function rememberReads(account: Account, now: () => number): Account {
  const reads = new Map<string, { at: number; response: Promise<unknown> }>();
  const remembered = <Result>(call: Call<Result>, send: () => Promise<Result>): Promise<Result> => {
    const key = JSON.stringify([call.path, call.query, call.authenticated]);
    const found = reads.get(key);
    // The shape of a response follows from its path.
    if (found && now() - found.at < REMEMBERED_MS) return found.response as Promise<Result>;
    for (const [other, { at }] of reads) if (now() - at >= REMEMBERED_MS) reads.delete(other);
    const response = send();
    reads.set(key, { at: now(), response });
    response.catch(() => reads.delete(key));
    return response;
  };
  return {
    baseUrl: account.baseUrl,
    start: (verb, object) => {
      const api = account.start(verb, object);
      return {
        ...api,
        request: (call) => (call.method === "GET" ? remembered(call, () => api.request(call)) : api.request(call)),
      };
    },
  };
}
