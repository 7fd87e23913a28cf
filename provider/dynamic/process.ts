import type { Surroundings } from "../api/client";
import { Concurrency } from "../api/concurrency";
import { rememberedWorkspaces } from "../resources/account";
import type { Session } from "../resources/lifecycle";
import { type Configuration, configuration, resolveSettings } from "../settings";
import type { Process } from "./host";

/** The memory of one provider process. Kinds share the configuration, the account and what was just made. */
export function newProcess(environment: NodeJS.ProcessEnv): Process {
  let configured: Configuration = { explicit: false, ownKey: false, removeInterrupted: false };
  let surroundings: Surroundings | undefined;
  const session: Session = {
    held: new Set(),
    known: new Set(),
    making: new Map(),
    before: new Map(),
    reads: new Map(),
    parallelism: { now: 0, seen: 0 },
    gatherings: new Map(),
    removeInterrupted: false,
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
        log: (message) => console.log(message),
        clock: {},
        concurrency: new Concurrency(),
        written: () => session.reads.clear(),
      };
      return surroundings;
    },
    workspaces: rememberedWorkspaces(),
    session,
  };
}
