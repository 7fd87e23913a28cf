/** The public part of the server: the catalog of models, and the providers that serve them. */
import { AuthenticationError } from "../../provider/errors";
import { type Account, openAccount, openCatalog } from "./account";
import type { Terminal } from "./terminal";

/** How the server is read: without a key, or with the management key where one is required. */
export interface Sources {
  catalog(): Account;
  /** @throws Error without a management key */
  account(): Account;
}

export function sourcesOf(terminal: Terminal): Sources {
  return { catalog: () => openCatalog(terminal), account: () => openAccount(terminal) };
}

/** Without a key, and again with it if the server requires one. */
export async function withKeyIfRequired<Result>(
  sources: Sources,
  read: (account: Account, authenticated: boolean) => Promise<Result>,
): Promise<Result> {
  try {
    return await read(sources.catalog(), false);
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    return read(sources.account(), true);
  }
}
