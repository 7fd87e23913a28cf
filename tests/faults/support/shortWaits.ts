import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../../testing/simulator/clock";

/**
 * Shortens the waits of the provider in this process to milliseconds. Its rules still decide whether to wait. Must be
 * imported before the provider.
 */
export const waits = {
  /** Timeout of a call in milliseconds. */
  callTimeout: 5_000,
  /** Longest wait in milliseconds. */
  max: 3,
  /** The clock of the provider's simulator, which every wait advances by its original length. */
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
      return rules.sleep(Math.min(ms, waits.max));
    },
  };
});
