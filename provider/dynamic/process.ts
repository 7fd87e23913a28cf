import type { Surroundings } from "../api/client";
import { Concurrency } from "../api/concurrency";
import { AccountGuard, pinnedIds } from "../resources/account";
import type { Session } from "../resources/lifecycle";
import { type Configuration, configuration, inEnvironment, resolveSettings } from "../settings";
import { gate } from "../text";
import type { Process } from "./host";

/** The memory of one provider process. Kinds share the configuration, the account and what was just made. */
export function newProcess(environment: NodeJS.ProcessEnv): Process {
  let configured: Configuration = { explicit: false, ownKey: false, removeInterrupted: false };
  let surroundings: Surroundings | undefined;
  const session: Session = {
    programRuns: false,
    held: new Set(),
    known: new Set(),
    created: new Set(),
    ages: new Map(),
    managed: new Map(),
    adopted: new Set(),
    making: new Map(),
    before: new Map(),
    reads: new Map(),
    replaced: new Set(),
    unassigned: new Set(),
    sets: new Map(),
    left: new Set(),
    removeInterrupted: false,
  };
  const gated = (text: string) => {
    // `diff` fails before the settings are resolved, and may know a text that holds the key.
    const keys = [configured.managementKey, inEnvironment(environment).key];
    return gate(text, ...keys, ...(surroundings?.settings.credential.secrets() ?? []));
  };
  return {
    // Without an `await`: Pulumi calls other methods before a slow `configure` has ended.
    async configure({ config }) {
      configured = configuration((key) => config.get(key));
      session.removeInterrupted = configured.removeInterrupted;
    },
    surroundings() {
      surroundings ??= {
        settings: resolveSettings(configured, environment),
        log: (message) => console.log(gated(message)),
        clock: {},
        concurrency: new Concurrency(),
        written: () => session.reads.clear(),
      };
      return surroundings;
    },
    accounts: new AccountGuard(() => pinnedIds(configured.account)),
    session,
    gate: gated,
  };
}
