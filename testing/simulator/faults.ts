/** The fault script: what goes wrong with which call. */
import type { LoggedRequest } from "./requestLog";

/** Which calls, of those that match from now on. */
export interface FaultMatch {
  method?: string;
  /** Below `/api/v1`: a path, with `:name` for any one part (`/keys/:hash`), or a pattern. Without one, any path. */
  path?: string | RegExp;
  /** Tells by anything else of a call, its body for instance, whether it's meant. */
  where?: (request: LoggedRequest) => boolean;
  /** The n-th such call; 1, the next one, unless given. */
  nth?: number;
  /** How many calls, from the n-th on; 1 unless given. `Infinity` for all. */
  times?: number;
}

/**
 * What happens. `when` says whether the call has its effect first: a fault before the commit leaves the account as it
 * was, a fault after it changes the account and loses or spoils the answer. Unless given it's before the commit, but
 * after it for what needs an answer to spoil: truncated, reset, shape and a slow body.
 */
export type FaultEffect =
  /** The connection is closed without an answer. */
  | { effect: "drop"; when?: When }
  /** An error answer, 503 or 429 for instance. `retryAfter` is seconds, or a date that's sent as an HTTP date. */
  | { effect: "status"; status: number; message?: string; retryAfter?: number | Date; when?: When }
  /** A page of HTML, as from a proxy. */
  | { effect: "html"; status: number; when?: When }
  /** JSON without an end, of so many bytes (64 MiB unless given). */
  | { effect: "oversized"; bytes?: number; when?: When }
  /** Another place to ask. */
  | { effect: "redirect"; location: string; status?: number; when?: When }
  /** Half of the answer's body. With `declared: "half"` the headers announce no more, so only the JSON is broken. */
  | { effect: "truncated"; declared?: "whole" | "half"; when?: When }
  /** Half of the answer's body, then a reset connection. */
  | { effect: "reset"; when?: When }
  /** Valid JSON of another shape in place of the answer's, or what a function makes of the answer's. */
  | { effect: "shape"; body: unknown; when?: When }
  /** The answer is late, or its headers come and its body is late (`part: "body"`). */
  | { effect: "slow"; ms: number; part?: "answer" | "body"; when?: When };

export type When = "before commit" | "after commit";

export type Fault = FaultMatch & FaultEffect;

/**
 * Called on both sides of each call's commit, and waited for; and when the call is over, which is when its status is
 * known.
 */
export type RequestHook = (point: When | "over", request: LoggedRequest) => void | Promise<void>;

/** A call that is kept waiting. */
export interface Hold {
  /** Resolves when the call has come to the point where it waits. */
  readonly arrived: Promise<LoggedRequest>;
  /** Lets it go on. */
  release(): void;
}

export interface Faults {
  /**
   * Adds a fault to the script. A call gets one fault at most: of several whose turn it is, the first added, and the
   * others wait for the next call that matches. So two faults for the same call strike one after the other.
   */
  add(fault: Fault): void;
  /** Keeps a call waiting before or after its commit, until it's released. */
  hold(match: FaultMatch, when?: When): Hold;
  /** Takes back what has not happened yet, and releases all that's held. */
  clear(): void;
  /** What has happened, in order. */
  readonly fired: readonly { fault: Fault; request: LoggedRequest }[];
}

interface Entry {
  match: FaultMatch;
  /** Calls that matched. */
  seen: number;
  /** Calls that it was used for. */
  used: number;
}

interface ScriptedHold extends Entry {
  when: When;
  arrive(request: LoggedRequest): void;
  released: Promise<void>;
  release(): void;
}

/** The script as the server uses it. */
export interface FaultScript extends Faults {
  /** The fault for this call, if it's one's turn. Asked once for each call. */
  next(request: LoggedRequest): (FaultEffect & { when: When }) | undefined;
  /** The holds for this call, to be waited for at their point. */
  holds(request: LoggedRequest): (point: When) => Promise<void>;
}

export function createFaults(): FaultScript {
  const fired: { fault: Fault; request: LoggedRequest }[] = [];
  let script: (Entry & { fault: Fault })[] = [];
  let held: ScriptedHold[] = [];

  return {
    fired,
    add: (fault) => {
      script.push({ fault, match: fault, seen: 0, used: 0 });
    },
    hold: (match, when = "before commit") => {
      const hold = createHold(match, when);
      held.push(hold.scripted);
      return hold;
    },
    clear: () => {
      for (const hold of held) hold.release();
      script = [];
      held = [];
    },
    next: (request) => {
      const [first] = script.filter((entry) => isDue(entry, request));
      if (!first) return undefined;
      first.used++;
      fired.push({ fault: first.fault, request });
      return { ...first.fault, when: first.fault.when ?? usualPoint(first.fault) };
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

/** Counts the call if it matches, and tells whether it's the entry's turn. */
function isDue(entry: Entry, request: LoggedRequest): boolean {
  const { method, path, where, nth = 1, times = 1 } = entry.match;
  if (method !== undefined && method !== request.method) return false;
  if (path !== undefined && !pattern(path).test(request.path)) return false;
  if (where !== undefined && !where(request)) return false;
  entry.seen++;
  return entry.seen >= nth && entry.used < times;
}

function pattern(path: string | RegExp): RegExp {
  if (typeof path !== "string") return path;
  const parts = path.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : escaped(part)));
  return new RegExp(`^${parts.join("/")}/?$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function usualPoint(fault: FaultEffect): When {
  const spoils = ["truncated", "reset", "shape"].includes(fault.effect);
  const slowBody = fault.effect === "slow" && fault.part === "body";
  return spoils || slowBody ? "after commit" : "before commit";
}

function createHold(match: FaultMatch, when: When): Hold & { scripted: ScriptedHold } {
  let arrive: (request: LoggedRequest) => void = () => {};
  let release: () => void = () => {};
  const arrived = new Promise<LoggedRequest>((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { arrived, release, scripted: { match, when, seen: 0, used: 0, arrive, released, release } };
}
