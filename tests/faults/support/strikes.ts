/** Everything that can go wrong with one call. */
import dns from "node:dns";
import type { FaultEffect, Simulator } from "../../../testing/simulator/index";

/** Aims a fault at the n-th call from now on. */
export type Strike = (simulator: Simulator, nth: number) => void;

/** A time-out of the calls, in milliseconds, and an answer that comes too late for it. */
export const SLOW = { callTimeout: 500, answer: 700 };

/** A key that must not be printed. */
const SENTINEL = `sk-or-v1-${"0123456789abcdef".repeat(4)}`;

const OVER_THE_CAP = 17 * 1024 * 1024;

const both = (name: string, effect: FaultEffect): [string, FaultEffect][] => [
  [`${name} before the commit`, { ...effect, when: "before commit" }],
  [`${name} after the commit`, { ...effect, when: "after commit" }],
];

function effects(elsewhere: string): [string, FaultEffect][] {
  return [
    ...both("a dropped connection", { effect: "drop" }),
    ...both("a 503", { effect: "status", status: 503 }),
    ["a 500 that shows a key", { effect: "status", status: 500, message: `bad key ${SENTINEL}`, when: "after commit" }],
    ...both("a 408", { effect: "status", status: 408 }),
    ["a 429 with seconds", { effect: "status", status: 429, retryAfter: 1 }],
    ["a 429 with a date", { effect: "status", status: 429, retryAfter: new Date(Date.now() + 5_000) }],
    ["a 400 that shows a key", { effect: "status", status: 400, message: `bad key ${SENTINEL}` }],
    ["a 401", { effect: "status", status: 401 }],
    ...both("a page with status 200", { effect: "html", status: 200 }),
    ...both("a page with status 404", { effect: "html", status: 404 }),
    ...both("a page with status 502", { effect: "html", status: 502 }),
    ["an answer cut off", { effect: "truncated" }],
    ["half an answer", { effect: "truncated", declared: "half" }],
    ["a reset", { effect: "reset" }],
    ["an empty object", { effect: "shape", body: {} }],
    ["null", { effect: "shape", body: null }],
    ["another shape", { effect: "shape", body: { data: { hash: 1, id: 1 }, key: SENTINEL } }],
    ...both("a redirect to another origin", { effect: "redirect", location: elsewhere }),
    ["an oversized answer", { effect: "oversized", bytes: OVER_THE_CAP, when: "after commit" }],
  ];
}

/** What strikes at once. A call that only reads has no commit, so it makes no difference on which side of it that is. */
export function quickStrikes(elsewhere: string, method: string): [string, Strike][] {
  return effects(elsewhere)
    .filter(([name]) => method !== "GET" || !name.endsWith("after the commit"))
    .map(([name, effect]) => [name, ({ faults }, nth) => faults.add({ nth, ...effect })]);
}

/** What needs a time-out of the client. */
export function slowStrikes(method: string): [string, Strike][] {
  const answer: Strike = ({ faults }, nth) =>
    faults.add({ nth, effect: "slow", ms: SLOW.answer, when: "after commit" });
  const body: Strike = ({ faults }, nth) => faults.add({ nth, effect: "slow", ms: SLOW.answer, part: "body" });
  const late: [string, Strike] = ["a commit after the time-out", commitLate];
  return [
    ["an answer after the time-out", answer],
    ["a body after the time-out", body],
    ...(method === "GET" ? [] : [late]),
  ];
}

/** The call has its effect when the client has given it up and comes with its next one. */
function commitLate(simulator: Simulator, nth: number): void {
  const hold = simulator.faults.hold({ nth }, "before commit");
  void hold.arrived.then((held) => {
    simulator.onRequest = (point, request) => {
      if (point === "after commit" && request !== held) hold.release();
    };
  });
}

/** What a wrong or unreachable address does to every call of an operation. */
export const addresses: ReadonlyMap<string, (simulator: Simulator) => string> = new Map([
  ["a name that does not resolve", () => "https://api.openrouter.invalid/api/v1"],
  ["a port where nobody listens", () => "http://127.0.0.1:1/api/v1"],
  ["a server that can't do TLS", ({ url }: Simulator) => url.replace("http:", "https:")],
]);

/** Says at once what a resolver says of a name that does not exist: no test shall wait for the real one. */
export function resolveNothing(): void {
  const { lookup } = dns;
  const notFound = (name: string, ...[options, done]: [dns.LookupOptions, (error: Error | null) => void]) => {
    if (!name.endsWith(".invalid")) return lookup(name, options, done);
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" });
    return process.nextTick(done, error);
  };
  jest.spyOn(dns, "lookup").mockImplementation(notFound as never);
}
