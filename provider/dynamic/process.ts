import type { ApiContext } from "../api/client";
import { AccountGuard, pinnedIds } from "../reconcile/account";
import type { Session } from "../reconcile/lifecycle";
import { type Configuration, configuration, inEnvironment, resolveSettings } from "../settings";
import { gate } from "../text";
import type { Process } from "./host";

/** The memory of one provider process. Kinds share the configuration, the account and what was just made. */
export function newProcess(environment: NodeJS.ProcessEnv): Process {
  let configured: Configuration = { explicit: false, ownKey: false, deleteOrphans: false };
  let apiContext: ApiContext | undefined;
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
    sets: new Map(),
    left: new Set(),
    deleteOrphans: false,
  };
  const gated = (text: string) => {
    // `diff` fails before the settings are resolved, and may know a text that holds the key.
    const keys = [configured.managementKey, inEnvironment(environment).key];
    return gate(text, ...keys, ...(apiContext?.settings.credential.secrets() ?? []));
  };
  return {
    // Without an `await`: Pulumi calls other methods before a slow `configure` has ended.
    async configure({ config }) {
      configured = configuration((key) => config.get(key));
      session.deleteOrphans = configured.deleteOrphans;
    },
    surroundings() {
      apiContext ??= {
        settings: resolveSettings(configured, environment),
        log: (message) => console.log(gated(message)),
        clock: {},
        written: () => session.reads.clear(),
      };
      return apiContext;
    },
    accounts: new AccountGuard(() => pinnedIds(configured.account)),
    session,
    gate: gated,
  };
}
