/**
 * A share of the matrix through the real provider process: many resources in one `up`, each with a fault of its own that
 * strikes the call for it.
 */

import { hashOf } from "../../testing/simulator/ids";
import type { FaultEffect, LoggedRequest } from "../../testing/simulator/index";
import { type Declaration, type DeclaredStack, openDeclaredStack } from "../engine/support/declaredStack";
import { leaks } from "./support/texts";

// Real processes or thousands of calls: on a machine that is busy with other work they take longer.

/** What the provider overcomes. */
const overcome: Record<string, FaultEffect> = {
  "drop-before": { effect: "drop" },
  "drop-after": { effect: "drop", when: "after commit" },
  "failure-before": { effect: "status", status: 503 },
  "failure-after": { effect: "status", status: 500, when: "after commit" },
  "timeout-after": { effect: "status", status: 408, when: "after commit" },
  rate: { effect: "status", status: 429, retryAfter: 1 },
  cut: { effect: "truncated" },
  reset: { effect: "reset" },
};

const faults: Record<string, FaultEffect> = {};
for (const [name, effect] of Object.entries(overcome)) {
  faults[`key-${name}`] = effect;
  faults[`guardrail-${name}`] = effect;
}
// What ends the operation with an error comes last, for nothing else begins after it.
faults["key-page"] = { effect: "html", status: 200, when: "after commit" };
const COUNT = Object.keys(faults).length;

/** A resource for each fault, named after it. */
function declarationOf(keyArgs: object, guardrailArgs: object): Declaration {
  return Object.fromEntries(
    Object.keys(faults).map((name) => [
      name,
      name.startsWith("key")
        ? { kind: "InferenceKey", args: { ...keyArgs } }
        : { kind: "Guardrail", args: { ...guardrailArgs } },
    ]),
  );
}

let stack: DeclaredStack;
beforeAll(async () => {
  stack = await openDeclaredStack();
});
afterAll(() => stack.close());

function strikeAll(method: string, isFor: (name: string, request: LoggedRequest) => boolean): void {
  for (const [name, what] of Object.entries(faults)) {
    stack.simulator.faults.add({ method, ...what, where: (request) => isFor(name, request) });
  }
}

/** Runs it until all have been struck, for a failure keeps other steps from beginning. */
async function runToTheEnd(declaration: Declaration): Promise<void> {
  const { fired } = stack.simulator.faults;
  const before = fired.length;
  for (let runs = 0; runs < 5; runs++) {
    const { ok, output } = await stack.up(declaration);
    expect(leaks([output])).toEqual([]);
    if (ok) break;
  }
  expect(fired.length - before).toBe(COUNT);
  expect(await stack.up()).toMatchObject({ ok: true, calls: [] });
}

test("every fault at once in one up, each at the create of its own resource", async () => {
  strikeAll("POST", (name, { body }) => (body as { name?: string }).name === `declared/test/${name}`);
  await runToTheEnd(declarationOf({}, {}));
  const { account } = stack.simulator;
  const secrets = Object.values(await stack.stack.outputs({ showSecrets: true }));
  expect(account.keys.map(({ hash }) => hash).sort()).toEqual(secrets.map((key) => hashOf(String(key))).sort());
  expect(account.keys.length + account.guardrails.length).toBe(COUNT);
});

test("every fault at once in one up, each at the update of its own resource; destroy leaves nothing", async () => {
  const { account } = stack.simulator;
  const ids = new Map([
    ...account.keys.map(({ name, hash }) => [name, hash] as const),
    ...account.guardrails.map(({ name, id }) => [name, id] as const),
  ]);
  strikeAll("PATCH", (name, { path }) => path.endsWith(`/${ids.get(`declared/test/${name}`)}`));
  await runToTheEnd(declarationOf({ limit: 3 }, { limitUsd: 3, resetInterval: "daily" }));
  expect(account.keys.every(({ limit }) => limit === 3)).toBe(true);
  expect(account.guardrails.every(({ limit_usd }) => limit_usd === 3)).toBe(true);
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect([account.keys, account.guardrails]).toEqual([[], []]);
});
