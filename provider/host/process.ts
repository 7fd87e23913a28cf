import type { ApiContext } from "../api/client";
import { AccountGuard, pinnedIds } from "../reconcile/account";
import type { Session } from "../reconcile/lifecycle";
import { type Configuration, inEnvironment, resolveSettings } from "../settings";
import { gate } from "../text";

/** What all kinds of one provider process share. */
export interface Process {
  configure(configuration: Configuration): void;
  /** Resolved at the first API call: a preview works without credentials. */
  apiContext(): ApiContext;
  accounts: AccountGuard;
  session: Session;
  /** The last gate before output: no credential and no control character passes. */
  gate(text: string): string;
}

/** The memory of one provider process. All kinds share the configuration, the account and the session. */
export function newProcess(environment: NodeJS.ProcessEnv): Process {
  let configured: Configuration = { explicit: false, ownKey: false, deleteOrphans: false };
  let context: ApiContext | undefined;
  const session: Session = {
    programRuns: false,
    claimedIds: new Set(),
    seenIds: new Set(),
    createdIds: new Set(),
    creationTimes: new Map(),
    managed: new Map(),
    adoptedIds: new Set(),
    pendingCreates: new Map(),
    preexisting: new Map(),
    reads: new Map(),
    replacedIds: new Set(),
    unassigned: new Set(),
    assignmentSets: new Map(),
    awaitingDelete: new Set(),
    deleteOrphans: false,
  };
  const gated = (text: string) => {
    // `diff` may fail with a message that contains the key before the settings are resolved.
    const keys = [configured.managementKey, inEnvironment(environment).key];
    return gate(text, ...keys, ...(context?.settings.credential.secrets() ?? []));
  };
  return {
    configure(configuration) {
      configured = configuration;
      session.deleteOrphans = configured.deleteOrphans;
    },
    apiContext() {
      context ??= {
        settings: resolveSettings(configured, environment),
        log: (message) => console.log(gated(message)),
        clock: {},
        written: () => session.reads.clear(),
      };
      return context;
    },
    accounts: new AccountGuard(() => pinnedIds(configured.account)),
    session,
    gate: gated,
  };
}
