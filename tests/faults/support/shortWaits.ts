import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../../testing/simulator/clock";

/**
 * Makes the provider of this process wait for milliseconds instead of seconds. The rules decide as ever whether there is
 * a wait; only its length is cut. To be imported before anything of the provider.
 */
export const waits = {
  /** Milliseconds after which a call is given up. */
  callTimeout: 5_000,
  /** Milliseconds that a wait takes at most. */
  longest: 3,
  /** The clock of the simulator that the waiting provider talks to: it passes the time that a wait would take. */
  clock: new AsyncLocalStorage<Clock>(),
};

jest.mock("../../../provider/api/retry", () => {
  const rules = jest.requireActual<typeof import("../../../provider/api/retry")>("../../../provider/api/retry");
  return {
    ...rules,
    get CALL_TIMEOUT_MS() {
      return waits.callTimeout;
    },
    sleep: (ms: number) => {
      waits.clock.getStore()?.advance(ms);
      return rules.sleep(Math.min(ms, waits.longest));
    },
  };
});
