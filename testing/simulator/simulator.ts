/**
 * OpenRouter's management API on loopback, with its state in memory: for tests and for trying things out.
 *
 * It follows what is known of the API (one-time keys, pages, defaults, refusals, assignments that move), and where that
 * is not known it has a switch. Clients can't tell it from the API but by its address.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Account, State } from "./account";
import { addAccount, addManagementKey } from "./changes";
import type { Clock } from "./clock";
import { createClock } from "./clock";
import { createControl } from "./control";
import type { Dashboard } from "./dashboard";
import { createDashboard } from "./dashboard";
import type { Faults, RequestHook } from "./faults";
import { createFaults } from "./faults";
import { createRandom } from "./ids";
import { createSigner } from "./oauth";
import type { LoggedRequest } from "./requestLog";
import type { Traffic } from "./server";
import { BASE_PATH, createApiServer } from "./server";
import type { Switches } from "./switches";
import { DEFAULT_SWITCHES } from "./switches";

export interface SimulatorOptions {
  /** Any free one unless given. It listens on 127.0.0.1 only. */
  port?: number;
  /** The management key to accept; a random one unless given. */
  managementKey?: string;
  /** How random management keys start: `sk-or-v1-` (default) and `sk-or-mgmt-` were both seen. */
  managementKeyPrefix?: "sk-or-v1-" | "sk-or-mgmt-";
  /** Milliseconds that each answer takes; 0 unless given. */
  latency?: number;
  /** The settings that differ from the defaults. */
  switches?: Partial<Switches>;
  /** Stops the clock at this time. Without it the clock runs with the machine's. */
  now?: Date;
  /** Makes ids and keys the same in every run. */
  seed?: string;
  /** A personal account instead of an organization's. */
  personal?: boolean;
  /** Called on both sides of each call's commit, and waited for: the place to kill a process, or to change something. */
  onRequest?: RequestHook;
  /** Answers `/__dashboard`, with which the command line changes the account. Off unless given. */
  control?: boolean;
}

/** An account on the simulator. */
export interface SimulatedAccount {
  /** Authorizes calls for this account. */
  readonly managementKey: string;
  /** What the account holds. */
  readonly account: Account;
  /** Changes it behind the back of whoever uses the API. */
  readonly dashboard: Dashboard;
}

export interface Simulator extends SimulatedAccount {
  /** The base URL, `http://127.0.0.1:<port>/api/v1`: what `OPENROUTER_BASE_URL` takes. */
  readonly url: string;
  /** Another account on the same server, whose objects the first one's key can't reach. */
  addAccount(options?: { name?: string; personal?: boolean }): SimulatedAccount;
  /** What was asked so far, oldest first, without secrets. */
  readonly requests: readonly LoggedRequest[];
  /** Forgets the requests so far, and `mostInFlight`. */
  clearRequests(): void;
  /** The most calls that were under way at the same time. */
  readonly mostInFlight: number;
  /** Milliseconds that each answer takes. */
  latency: number;
  /** Can be set at any time. */
  readonly switches: Switches;
  readonly clock: Clock;
  readonly faults: Faults;
  onRequest: RequestHook | undefined;
  /** Ends at once, with all connections. */
  close(): Promise<void>;
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const state: State = {
    accounts: [],
    clock: createClock(options.now),
    random: createRandom(options.seed),
    signer: createSigner(),
    switches: { ...DEFAULT_SWITCHES, ...options.switches },
  };
  const prefix = options.managementKeyPrefix ?? "sk-or-v1-";
  const openAccount = (name: string, personal = false, givenKey?: string): SimulatedAccount => {
    const account = addAccount(state, name, personal);
    const managementKey = addManagementKey(state, account, prefix, givenKey === undefined ? {} : { given: givenKey });
    return { managementKey, account, dashboard: createDashboard(state, account, prefix) };
  };
  const first = openAccount("first", options.personal, options.managementKey);

  const traffic: Traffic = {
    state,
    faults: createFaults(),
    requests: [],
    latency: options.latency ?? 0,
    onRequest: options.onRequest,
    inFlight: 0,
    mostInFlight: 0,
    control: options.control ? createControl(first) : undefined,
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
      traffic.mostInFlight = traffic.inFlight;
    },
    get mostInFlight() {
      return traffic.mostInFlight;
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
