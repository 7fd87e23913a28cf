/** Every fault of a single call. */
import dns from "node:dns";
import type { FaultEffect, Simulator } from "../../../testing/simulator/index";

/** Adds a fault to the n-th call from now on. */
export type Strike = (simulator: Simulator, nth: number) => void;

/** A timeout of the calls, and the delay of a response that exceeds it, in milliseconds. */
export const SLOW = { callTimeout: 500, response: 700 };

/** A key that the provider must not print. */
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
    ["a truncated response", { effect: "truncated" }],
    ["half a response", { effect: "truncated", declared: "half" }],
    ["a reset", { effect: "reset" }],
    ["an empty object", { effect: "shape", body: {} }],
    ["null", { effect: "shape", body: null }],
    ["an unexpected shape", { effect: "shape", body: { data: { hash: 1, id: 1 }, key: SENTINEL } }],
    ...both("a redirect to a different origin", { effect: "redirect", location: elsewhere }),
    ["an oversized response", { effect: "oversized", bytes: OVER_THE_CAP, when: "after commit" }],
  ];
}

/** Faults without a delay. A read has no commit, so each of its faults appears once. */
export function quickStrikes(elsewhere: string, method: string): [string, Strike][] {
  return effects(elsewhere)
    .filter(([name]) => method !== "GET" || !name.endsWith("after the commit"))
    .map(([name, effect]) => [name, ({ faults }, nth) => faults.add({ nth, ...effect })]);
}

/** Faults that make the client time out. */
export function slowStrikes(method: string): [string, Strike][] {
  const response: Strike = ({ faults }, nth) =>
    faults.add({ nth, effect: "slow", ms: SLOW.response, when: "after commit" });
  const body: Strike = ({ faults }, nth) => faults.add({ nth, effect: "slow", ms: SLOW.response, part: "body" });
  const late: [string, Strike] = ["a commit after the timeout", commitLate];
  return [
    ["a response after the timeout", response],
    ["a body after the timeout", body],
    ...(method === "GET" ? [] : [late]),
  ];
}

/** The call takes effect only at the next call of the client, after its timeout. */
function commitLate(simulator: Simulator, nth: number): void {
  const hold = simulator.faults.hold({ nth }, "before commit");
  void hold.arrived.then((held) => {
    simulator.onRequest = (point, request) => {
      if (point === "after commit" && request !== held) hold.release();
    };
  });
}

/** Wrong and unreachable base URLs, which fail every call of an operation. */
export const addresses: ReadonlyMap<string, (simulator: Simulator) => string> = new Map([
  ["a name that does not resolve", () => "https://api.openrouter.invalid/api/v1"],
  ["a closed port", () => "http://127.0.0.1:1/api/v1"],
  ["a server without TLS", ({ url }: Simulator) => url.replace("http:", "https:")],
]);

/** Resolves no `.invalid` name, without the delay of a real resolver. */
export function resolveNothing(): void {
  const { lookup } = dns;
  const notFound = (name: string, ...[options, done]: [dns.LookupOptions, (error: Error | null) => void]) => {
    if (!name.endsWith(".invalid")) return lookup(name, options, done);
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" });
    return process.nextTick(done, error);
  };
  jest.spyOn(dns, "lookup").mockImplementation(notFound as never);
}
