/**
 * OpenRouter's management API on loopback, with its state in memory: for tests and for trying things out.
 *
 * It follows what is known of the API: one-time keys, pagination, defaults, rejections, assignments that move. Where the API's
 * behavior is not known it has a switch.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Account, State } from "./account";
import { addAccount, addManagementKey } from "./changes";
import type { Clock } from "./clock";
import { createClock } from "./clock";
import { handleControl } from "./control";
import type { Dashboard } from "./dashboard";
import { createDashboard } from "./dashboard";
import type { Faults, RequestHook } from "./faults";
import { createFaults } from "./faults";
import { createRandom } from "./ids";
import type { LoggedRequest } from "./requestLog";
import type { Traffic } from "./server";
import { BASE_PATH, createApiServer } from "./server";
import type { Switches } from "./switches";
import { defaultSwitches } from "./switches";

export interface SimulatorOptions {
  /** Port on 127.0.0.1, the only address it listens on. Default: any free port. */
  port?: number;
  /** The management key to accept. Default: a random one. */
  managementKey?: string;
  /** Milliseconds that each response takes. Default: 0. */
  latency?: number;
  /** The switches that differ from the default. */
  switches?: Partial<Switches>;
  /** Stops the clock at this time. Default: the clock runs with the system clock. */
  now?: Date;
  /** Makes ids and keys the same in every run. */
  seed?: string;
  /** A personal account instead of an organization's. */
  personal?: boolean;
  /** Called before and after the commit of each call, and awaited: a place to kill a process, or to change something. */
  onRequest?: RequestHook;
  /** Serves `/__dashboard`, through which the command line changes the account. Default: off. */
  control?: boolean;
}

/** An account on the simulator. */
export interface SimulatedAccount {
  /** Authorizes calls for this account. */
  readonly managementKey: string;
  /** The contents of the account. */
  readonly account: Account;
  /** Changes the account outside the API. */
  readonly dashboard: Dashboard;
}

export interface Simulator extends SimulatedAccount {
  /** The base URL, for `OPENROUTER_BASE_URL`: `http://127.0.0.1:<port>/api/v1`. */
  readonly url: string;
  /** Adds an account on the same server. The keys of other accounts can't access its objects. */
  addAccount(options?: { name?: string; personal?: boolean }): SimulatedAccount;
  /** The requests so far, oldest first, without secrets. */
  readonly requests: readonly LoggedRequest[];
  /** Clears `requests` and `maxInFlight`. */
  clearRequests(): void;
  /** The peak number of calls in flight at the same time. */
  readonly maxInFlight: number;
  /** Milliseconds that each response takes. */
  latency: number;
  /** Can be changed at any time. */
  readonly switches: Switches;
  readonly clock: Clock;
  readonly faults: Faults;
  onRequest: RequestHook | undefined;
  /** Stops at once and closes all connections. */
  close(): Promise<void>;
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const state: State = {
    accounts: [],
    clock: createClock(options.now),
    random: createRandom(options.seed),
    switches: { ...defaultSwitches(), ...options.switches },
  };
  const openAccount = (name: string, personal = false, key?: string): SimulatedAccount => {
    const account = addAccount(state, name, personal);
    const managementKey = addManagementKey(state, account, key === undefined ? {} : { key });
    return { managementKey, account, dashboard: createDashboard(state, account) };
  };
  const first = openAccount("first", options.personal, options.managementKey);

  const traffic: Traffic = {
    state,
    faults: createFaults(),
    requests: [],
    latency: options.latency ?? 0,
    onRequest: options.onRequest,
    inFlight: 0,
    maxInFlight: 0,
    control: options.control ? (...call) => handleControl(first.account, first.dashboard, ...call) : undefined,
  };
  const server = createApiServer(traffic);
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    ...first,
    url: `http://127.0.0.1:${port}${BASE_PATH}`,
    addAccount: ({ name = `account ${state.accounts.length + 1}`, personal } = {}) => openAccount(name, personal),
    requests: traffic.requests,
    clearRequests: () => {
      traffic.requests.length = 0;
      traffic.maxInFlight = traffic.inFlight;
    },
    get maxInFlight() {
      return traffic.maxInFlight;
    },
    get latency() {
      return traffic.latency;
    },
    set latency(ms) {
      traffic.latency = ms;
    },
    switches: state.switches,
    clock: state.clock,
    faults: traffic.faults,
    get onRequest() {
      return traffic.onRequest;
    },
    set onRequest(hook) {
      traffic.onRequest = hook;
    },
    close: async () => {
      traffic.faults.clear();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
