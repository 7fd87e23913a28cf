/** The fault script: which calls fail, and how. */
import { matchPath } from "./paths";
import type { LoggedRequest } from "./requestLog";

/** Selects calls, of those that match from now on. */
export interface FaultMatch {
  method?: string;
  /** Below `/api/v1`: a path, with `:name` for any one segment (`/keys/:hash`), or a regular expression. Default: any path. */
  path?: string | RegExp;
  /** A condition on the rest of the request, for example its body. */
  where?: (request: LoggedRequest) => boolean;
  /** The n-th matching call. Default: 1, the next one. */
  nth?: number;
  /** How many calls, starting with the n-th. Default: 1. `Infinity` for all. */
  times?: number;
}

/**
 * The failure. A fault before the commit leaves the account unchanged; a fault after it changes the account and loses or
 * spoils the response. Default for `when`: after the commit for truncated, reset, shape and a slow body, which need a
 * response to spoil; before it for the rest.
 */
export type FaultEffect =
  /** Closes the connection without a response. */
  | { effect: "drop"; when?: When }
  /** Sends an error status, for example 503 or 429. `retryAfter` is in seconds, or a `Date` that is sent as an HTTP date. */
  | { effect: "status"; status: number; message?: string; retryAfter?: number | Date; when?: When }
  /** Sends an HTML page, like a proxy. */
  | { effect: "html"; status: number; when?: When }
  /** Sends JSON that never closes, of this many bytes. Default: 64 MiB. */
  | { effect: "oversized"; bytes?: number; when?: When }
  /** Redirects to this location. */
  | { effect: "redirect"; location: string; status?: number; when?: When }
  /** Sends half of the body. With `declared: "half"` the headers announce only that half, so just the JSON is invalid. */
  | { effect: "truncated"; declared?: "whole" | "half"; when?: When }
  /** Sends half of the body, then resets the connection. */
  | { effect: "reset"; when?: When }
  /** Sends this body instead, or the result of this function of the intended body. */
  | { effect: "shape"; body: unknown; when?: When }
  /** Delays the response, or only its body. */
  | { effect: "slow"; ms: number; part?: "response" | "body"; when?: When };

export type When = "before commit" | "after commit";

export type Fault = FaultMatch & FaultEffect;

/** Called before and after the commit of each call, and awaited; and when the call is done and its status known. */
export type RequestHook = (point: When | "done", request: LoggedRequest) => void | Promise<void>;

/** A call that is kept waiting. */
export interface Hold {
  /** Resolves when the call has reached the point where it waits. */
  readonly arrived: Promise<LoggedRequest>;
  /** Lets the call continue. */
  release(): void;
}

export interface Faults {
  /**
   * Adds a fault to the script. A call gets at most one fault, the first added that is due; the others wait for the next
   * matching call. So two faults for the same call strike one after the other.
   */
  add(fault: Fault): void;
  /** Keeps a call waiting before or after its commit, until it is released. */
  hold(match: FaultMatch, when?: When): Hold;
  /** Removes the faults that have not struck yet, and releases all held calls. */
  clear(): void;
  /** The faults that have struck, in order. */
  readonly fired: readonly { fault: Fault; request: LoggedRequest }[];
}

interface Entry {
  match: FaultMatch;
  /** Number of calls that matched. */
  seen: number;
  /** Number of calls that it was applied to. */
  used: number;
}

interface HoldEntry extends Entry {
  when: When;
  arrive(request: LoggedRequest): void;
  released: Promise<void>;
  release(): void;
}

/** The script as the server uses it. */
export interface FaultScript extends Faults {
  /** The fault that is due for this call. Call it once per request. */
  next(request: LoggedRequest): (Fault & { when: When }) | undefined;
  /** A function that waits at a point of the call while a hold keeps it there. Call it once per request. */
  holds(request: LoggedRequest): (point: When) => Promise<void>;
}

export function createFaults(): FaultScript {
  const fired: { fault: Fault; request: LoggedRequest }[] = [];
  let script: (Entry & { fault: Fault })[] = [];
  let held: HoldEntry[] = [];

  return {
    fired,
    add: (fault) => {
      script.push({ fault, match: fault, seen: 0, used: 0 });
    },
    hold: (match, when = "before commit") => {
      const arrived = deferred<LoggedRequest>();
      const released = deferred<void>();
      const release = () => released.resolve();
      held.push({ match, when, seen: 0, used: 0, arrive: arrived.resolve, released: released.promise, release });
      return { arrived: arrived.promise, release };
    },
    clear: () => {
      for (const { release } of held) release();
      script = [];
      held = [];
    },
    next: (request) => {
      const [first] = script.filter((entry) => isDue(entry, request));
      if (!first) return undefined;
      first.used++;
      fired.push({ fault: first.fault, request });
      return { ...first.fault, when: first.fault.when ?? defaultPoint(first.fault) };
    },
    holds: (request) => {
      const due = held.filter((hold) => isDue(hold, request));
      for (const hold of due) hold.used++;
      return async (point) => {
        for (const hold of due.filter(({ when }) => when === point)) {
          hold.arrive(request);
          await hold.released;
        }
      };
    },
  };
}

/** Whether the entry applies to this call. Counts the call if it matches. */
function isDue(entry: Entry, request: LoggedRequest): boolean {
  const { method, path, where, nth = 1, times = 1 } = entry.match;
  if (method !== undefined && method !== request.method) return false;
  if (path !== undefined && !matchesPath(path, request.path)) return false;
  if (where !== undefined && !where(request)) return false;
  entry.seen++;
  return entry.seen >= nth && entry.used < times;
}

function matchesPath(path: string | RegExp, requested: string): boolean {
  return typeof path === "string" ? matchPath(path, requested) !== undefined : path.test(requested);
}

function defaultPoint(fault: FaultEffect): When {
  const needsResponse = ["truncated", "reset", "shape"].includes(fault.effect);
  const isSlowBody = fault.effect === "slow" && fault.part === "body";
  return needsResponse || isSlowBody ? "after commit" : "before commit";
}

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
