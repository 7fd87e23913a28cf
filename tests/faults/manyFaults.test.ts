/** Many faults in one `up` through the real provider process: one at the call for each of many resources. */
import { hashOf } from "../../testing/simulator/ids";
import type { FaultEffect, LoggedRequest } from "../../testing/simulator/index";
import { type Declaration, type DeclaredStack, openDeclaredStack } from "../engine/support/declaredStack";
import { leaks } from "./support/leaks";

/** Faults that a retry overcomes. */
const overcome: Record<string, FaultEffect> = {
  "drop-before": { effect: "drop" },
  "drop-after": { effect: "drop", when: "after commit" },
  "failure-before": { effect: "status", status: 503 },
  "failure-after": { effect: "status", status: 500, when: "after commit" },
  "timeout-after": { effect: "status", status: 408, when: "after commit" },
  rate: { effect: "status", status: 429, retryAfter: 1 },
  truncated: { effect: "truncated" },
  reset: { effect: "reset" },
};

/** A fault for each resource, by its name. The last one fails the operation, and no step starts after it. */
const faults: Record<string, FaultEffect> = Object.fromEntries([
  ...Object.entries(overcome).flatMap(([name, effect]) => [
    [`key-${name}`, effect],
    [`guardrail-${name}`, effect],
  ]),
  ["key-page", { effect: "html", status: 200, when: "after commit" }],
]);
const COUNT = Object.keys(faults).length;

function declarationOf(keyArgs: Record<string, unknown>, guardrailArgs: Record<string, unknown>): Declaration {
  return Object.fromEntries(
    Object.keys(faults).map((name) => [
      name,
      name.startsWith("key") ? { kind: "InferenceKey", args: keyArgs } : { kind: "Guardrail", args: guardrailArgs },
    ]),
  );
}

type IsFor = (name: string, request: LoggedRequest) => boolean;

/** Runs the program until it succeeds, with every fault at the call for its resource. A further up must do nothing. */
async function upWithFaults(s: DeclaredStack, declaration: Declaration, method: string, isFor: IsFor): Promise<void> {
  const { simulator } = s;
  for (const [name, fault] of Object.entries(faults)) {
    simulator.faults.add({ method, ...fault, where: (request) => isFor(name, request) });
  }
  const firedBefore = simulator.faults.fired.length;
  // A failure keeps other steps from starting, so one run does not reach all calls.
  for (let runs = 0; runs < 5; runs++) {
    const { ok, output } = await s.up(declaration);
    expect({ leaks: leaks([output]) }).toEqual({ leaks: [] });
    if (ok) break;
  }
  expect({ method, fired: simulator.faults.fired.length - firedBefore }).toEqual({ method, fired: COUNT });
  expect(await s.up()).toMatchObject({ ok: true, calls: [] });
}

test("creates each object once, updates it and leaves nothing behind when every fault strikes in one up", async () => {
  const s = await openDeclaredStack();
  const { account } = s.simulator;
  const defaultName = (name: string) => `declared/test/${name}`;

  await upWithFaults(s, declarationOf({}, {}), "POST", (name, { body }) => {
    return (body as { name?: string }).name === defaultName(name);
  });
  const values = Object.values(await s.stack.outputs({ showSecrets: true }));
  expect(account.keys.map(({ hash }) => hash).sort()).toEqual(values.map((key) => hashOf(String(key))).sort());
  expect(account.keys.length + account.guardrails.length).toBe(COUNT);

  const ids = new Map([
    ...account.keys.map(({ name, hash }) => [name, hash] as const),
    ...account.guardrails.map(({ name, id }) => [name, id] as const),
  ]);
  const limited = declarationOf({ limit: 3 }, { limitUsd: 3, resetInterval: "daily" });
  await upWithFaults(s, limited, "PATCH", (name, { path }) => path.endsWith(`/${ids.get(defaultName(name))}`));
  const limits = [...account.keys.map(({ limit }) => limit), ...account.guardrails.map(({ limit_usd }) => limit_usd)];
  expect(limits).toEqual(Array(COUNT).fill(3));

  expect(await s.destroy()).toMatchObject({ ok: true });
  expect({ keys: account.keys, guardrails: account.guardrails }).toEqual({ keys: [], guardrails: [] });
});
