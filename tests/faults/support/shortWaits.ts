/**
 * Makes the provider of this process wait for milliseconds instead of seconds. The rules decide as ever whether there is
 * a wait; only its length is cut. To be imported before anything of the provider.
 */
export const waits = {
  /** Milliseconds after which a call is given up. */
  callTimeout: 5_000,
  /** Milliseconds that a wait takes at most. */
  longest: 3,
};

jest.mock("../../../provider/api/retry", () => {
  const rules = jest.requireActual<typeof import("../../../provider/api/retry")>("../../../provider/api/retry");
  return {
    ...rules,
    get CALL_TIMEOUT_MS() {
      return waits.callTimeout;
    },
    waitBeforeRetry: (attempt: import("../../../provider/api/retry").Attempt) => {
      const wait = rules.waitBeforeRetry(attempt);
      return wait === undefined ? undefined : Math.min(wait, waits.longest);
    },
  };
});
