/**
 * Program, provider process and engine, each killed while calls stand on both sides of their commit. One kill strikes
 * every boundary of creates and updates at once, for each resource is held at a boundary of its own; another strikes
 * those of deletes.
 */

import { hashOf } from "../../testing/simulator/ids";
import type { LoggedRequest, When } from "../../testing/simulator/index";
import { isNamed } from "./support/convergence";
import type { Declaration } from "./support/inProcessStack";
import { type KillableStack, openKillableStack, type Ran, type Victim } from "./support/killableStack";
import { leaks } from "./support/texts";

// Real processes or thousands of calls: on a machine that is busy with other work they take longer.

const key = (args: Record<string, unknown> = {}) => ({ kind: "InferenceKey", args }) as const;
const guardrail = (args: Record<string, unknown> = {}) => ({ kind: "Guardrail", args }) as const;
const of = (resource: string) => `declared/test/${resource}`;

/** A resource that waits at a boundary when the kill comes. */
interface Stop {
  resource: string;
  method: string;
  when: When;
}
const stops: Stop[] = [
  { resource: "k-before", method: "POST", when: "before commit" },
  { resource: "k-after", method: "POST", when: "after commit" },
  { resource: "disabled-before", method: "PATCH", when: "before commit" },
  { resource: "disabled-after", method: "PATCH", when: "after commit" },
  { resource: "g-before", method: "POST", when: "before commit" },
  { resource: "g-after", method: "POST", when: "after commit" },
  { resource: "update-before", method: "PATCH", when: "before commit" },
  { resource: "update-after", method: "PATCH", when: "after commit" },
];

const before: Declaration = {
  "update-before": key(),
  "update-after": key(),
  "gone-before": key(),
  "gone-after": key(),
};
const after: Declaration = {
  ...before,
  "k-before": key(),
  "k-after": key(),
  "disabled-before": key({ disabled: true }),
  "disabled-after": key({ disabled: true }),
  "g-before": guardrail(),
  "g-after": guardrail(),
  "update-before": key({ limit: 5 }),
  "update-after": key({ limit: 5 }),
};
const less: Declaration = Object.fromEntries(Object.entries(after).filter(([name]) => !name.startsWith("gone")));

/** What stands in the account when the kill comes; what waits before its commit is made after it. */
const [KEYS_MADE, GUARDRAILS_MADE] = [4, 2];

/** Holds each resource at its stop, kills when all have come there, and lets them go. */
function killAtStops(stack: KillableStack, victim: Victim, held: readonly Stop[], idOf: (resource: string) => string) {
  const { simulator } = stack;
  const waiting = new Set(held);
  const asked = (resource: string, { path, body }: LoggedRequest) =>
    path.endsWith(`/${idOf(resource)}`) || (body as { name?: string } | undefined)?.name === of(resource);
  let kill: () => void = () => undefined;
  const killed = new Promise<void>((resolve) => {
    kill = () => resolve(stack.kill(victim));
  });
  simulator.onRequest = async (point, request) => {
    const stop = held.find(
      (each) => point === each.when && request.method === each.method && asked(each.resource, request),
    );
    if (!stop) return;
    waiting.delete(stop);
    if (waiting.size === 0) kill();
    await killed;
  };
  return { killed, waiting };
}

/** The id of a key in the account, for resources that no state knows yet. */
function inAccount({ simulator }: KillableStack, resource: string): string {
  return simulator.account.keys.find(({ name }) => name === of(resource))?.hash ?? "none";
}

function unmanaged({ simulator }: KillableStack, ran: Ran) {
  const managed = new Set(Object.values(ran.ids));
  return {
    keys: simulator.account.keys.filter(({ hash }) => !managed.has(hash)),
    guardrails: simulator.account.guardrails.filter(({ id }) => !managed.has(id)),
  };
}

/** State equals account, each key is there with its secret, and nothing is there twice. */
function expectConverged({ simulator }: KillableStack, ran: Ran, declaration: Declaration): void {
  expect(Object.keys(ran.ids).sort()).toEqual(Object.keys(declaration).sort());
  for (const [name, { kind, args = {} }] of Object.entries(declaration)) {
    if (kind !== "InferenceKey") continue;
    const live = simulator.account.keys.find(({ hash }) => hash === ran.ids[name]);
    expect(live).toMatchObject({ name: of(name), limit: args.limit ?? null, disabled: args.disabled ?? false });
    expect(hashOf(String(ran.secrets[name]))).toBe(ran.ids[name]);
  }
}

/** Runs until the kill, and takes with it what would outlive a killed engine for some seconds. */
async function runAndKill(
  stack: KillableStack,
  victim: Victim,
  held: readonly Stop[],
  declaration: Declaration,
  idOf: (resource: string) => string,
) {
  const { killed, waiting } = killAtStops(stack, victim, held, idOf);
  const first = victim === "engine" ? await stack.runApart("up", declaration) : await stack.run("up", declaration);
  expect([...waiting]).toEqual([]);
  await killed;
  stack.simulator.onRequest = undefined;
  if (victim === "engine") await stack.kill("provider").catch(() => undefined);
  return first?.output ?? "";
}

interface Case {
  victim: Victim;
  /** What becomes of the objects that the kill leaves. */
  left: "named" | "removed" | "none";
  config?: Record<string, string>;
}

test.each<Case>([
  { victim: "program", left: "none" },
  { victim: "provider", left: "named" },
  { victim: "engine", left: "named" },
  { victim: "engine", left: "removed", config: { "openrouter:deleteOrphans": "true" } },
])(
  "$victim killed at each boundary of creates, updates and deletes: the next up recovers, and what is left is $left",
  async (given) => {
    const stack = await openKillableStack();
    const { simulator } = stack;
    try {
      const ready = await stack.run("up", before);
      const idOf = (resource: string) => ready.ids[resource] ?? inAccount(stack, resource);
      const output = await runAndKill(stack, given.victim, stops, after, idOf);
      const others = othersOf(stack);
      const recovered = await stack.run("up", after, given.config);
      expect(recovered).toMatchObject({ ok: true });
      expectConverged(stack, recovered, after);
      expectLeftovers(stack, recovered, others, given.left);
      expect(leaks([output, recovered.output])).toEqual([]);

      if (given.victim === "provider" || given.left === "named") {
        const deletes: Stop[] = [
          { resource: "gone-before", method: "DELETE", when: "before commit" },
          { resource: "gone-after", method: "DELETE", when: "after commit" },
        ];
        await runAndKill(stack, given.victim, deletes, less, (resource) => recovered.ids[resource] ?? "none");
      }
      const { keys, guardrails } = unmanaged(stack, recovered);
      expect(await stack.run("destroy")).toMatchObject({ ok: true, ids: {} });
      expect([simulator.account.keys, simulator.account.guardrails]).toEqual([keys, guardrails]);
    } finally {
      await stack.close();
    }
  },
);

/** Objects of the stack that no state knows are named with the command that removes them, or gone. */
function expectLeftovers(stack: KillableStack, recovered: Ran, others: string[], left: Case["left"]): void {
  const { keys, guardrails } = unmanaged(stack, recovered);
  const ours = keys.filter(({ hash }) => !others.includes(hash));
  // Used, otherwise configured, or the stack's own: not touched, with the setting or without.
  expect(keys.map(({ hash }) => hash)).toEqual(expect.arrayContaining(others));
  // All but the guardrail and the key that were not made yet.
  expect([ours.length, guardrails.length]).toEqual(left === "named" ? [KEYS_MADE, GUARDRAILS_MADE] : [0, 0]);
  const said = [recovered.output];
  for (const { hash, created_at } of ours) expect(isNamed(hash, created_at, said)).toBe(true);
  for (const { id, created_at } of guardrails) expect(isNamed(id, created_at, said)).toBe(true);
}

/** Keys that bear the default name of what was killed and are not what it left. */
function othersOf({ simulator: { dashboard } }: KillableStack): string[] {
  const name = of("k-after");
  const used = dashboard.createKey({ name }).key;
  dashboard.useKey(used.hash, 1);
  const other = dashboard.createKey({ name, limit: 99 }).key;
  return [used.hash, other.hash];
}
