/**
 * Program, provider process and engine, each killed while calls wait on both sides of their commit. Each resource waits at
 * one boundary, so a single kill covers all boundaries of creates and updates, and another one those of deletes.
 */
import { hashOf } from "../../testing/simulator/ids";
import type { LoggedRequest, When } from "../../testing/simulator/index";
import { isReported } from "./support/convergence";
import type { Declaration } from "./support/inProcessStack";
import { type KillableStack, openKillableStack, type RunResult, type Victim } from "./support/killableStack";
import { leaks } from "./support/leaks";

const key = (args: Record<string, unknown> = {}) => ({ kind: "InferenceKey", args }) as const;
const guardrail = (args: Record<string, unknown> = {}) => ({ kind: "Guardrail", args }) as const;
const defaultName = (resource: string) => `declared/test/${resource}`;

/** The point at which a call for a resource waits for the kill. */
interface Boundary {
  resource: string;
  method: string;
  when: When;
}
const bothSides = (resource: string, method: string): Boundary[] => [
  { resource: `${resource}-before`, method, when: "before commit" },
  { resource: `${resource}-after`, method, when: "after commit" },
];
const writeBoundaries = [
  ...bothSides("k", "POST"),
  ...bothSides("disabled", "PATCH"),
  ...bothSides("g", "POST"),
  ...bothSides("update", "PATCH"),
];
const deleteBoundaries = bothSides("deleted", "DELETE");

const before: Declaration = {
  "update-before": key(),
  "update-after": key(),
  "deleted-before": key(),
  "deleted-after": key(),
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
const afterDeletes: Declaration = Object.fromEntries(
  Object.entries(after).filter(([name]) => !name.startsWith("deleted")),
);

/** Objects that the killed creates leave: a create that waits before its commit commits after the kill. */
const ORPHANS = { keys: 4, guardrails: 2 };

type IdOf = (resource: string) => string;

/** Holds each call at its boundary, kills when all of them wait, and releases them. */
function killAt(stack: KillableStack, victim: Victim, boundaries: readonly Boundary[], idOf: IdOf) {
  const { simulator } = stack;
  const notReached = new Set(boundaries);
  const isFor = (resource: string, { path, body }: LoggedRequest) =>
    path.endsWith(`/${idOf(resource)}`) || (body as { name?: string } | undefined)?.name === defaultName(resource);
  let kill: () => void = () => undefined;
  const killed = new Promise<void>((resolve) => {
    kill = () => resolve(stack.kill(victim));
  });
  simulator.onRequest = async (point, request) => {
    const boundary = boundaries.find(
      (each) => point === each.when && request.method === each.method && isFor(each.resource, request),
    );
    if (!boundary) return;
    notReached.delete(boundary);
    if (notReached.size === 0) kill();
    await killed;
  };
  return { killed, notReached };
}

/** Runs an up until the kill, and returns its output. */
async function runAndKill(
  stack: KillableStack,
  victim: Victim,
  boundaries: readonly Boundary[],
  declaration: Declaration,
  idOf: IdOf,
): Promise<string> {
  const { killed, notReached } = killAt(stack, victim, boundaries, idOf);
  const isEngine = victim === "engine";
  const run = isEngine ? await stack.runInOwnProcess("up", declaration) : await stack.run("up", declaration);
  expect({ notReached: [...notReached] }).toEqual({ notReached: [] });
  await killed;
  stack.simulator.onRequest = undefined;
  // The provider process survives a killed engine for some seconds.
  if (isEngine) await stack.kill("provider").catch(() => undefined);
  return run?.output ?? "";
}

/** The id of a live key, also if no state has it yet. */
function idInAccount({ simulator }: KillableStack, resource: string): string {
  return simulator.account.keys.find(({ name }) => name === defaultName(resource))?.hash ?? "missing";
}

function unmanagedObjects({ simulator }: KillableStack, run: RunResult) {
  const managed = new Set(Object.values(run.ids));
  return {
    keys: simulator.account.keys.filter(({ hash }) => !managed.has(hash)),
    guardrails: simulator.account.guardrails.filter(({ id }) => !managed.has(id)),
  };
}

/** A used key and one with other settings, both with a default name of the stack. Neither is an orphan. */
function createForeignKeys({ simulator: { dashboard } }: KillableStack): string[] {
  const name = defaultName("k-after");
  const used = dashboard.createKey({ name }).key;
  dashboard.useKey(used.hash, 1);
  const configured = dashboard.createKey({ name, limit: 99 }).key;
  return [used.hash, configured.hash];
}

interface Case {
  victim: Victim;
  /** What happens to the objects of the killed creates. Pulumi finishes the creates of a killed program. */
  orphans: "reported" | "deleted" | "none";
  config?: Record<string, string>;
}

test.each<Case>([
  { victim: "program", orphans: "none" },
  { victim: "provider", orphans: "reported" },
  { victim: "engine", orphans: "reported" },
  { victim: "engine", orphans: "deleted", config: { "openrouter:deleteOrphans": "true" } },
])(
  "converges when the $victim is killed at every boundary (orphans: $orphans)",
  async ({ victim, orphans, config }) => {
    const stack = await openKillableStack();
    const { account } = stack.simulator;
    try {
      const created = await stack.run("up", before);
      const idOf = (resource: string) => created.ids[resource] ?? idInAccount(stack, resource);
      const output = await runAndKill(stack, victim, writeBoundaries, after, idOf);
      const foreign = createForeignKeys(stack);

      const recovered = await stack.run("up", after, config);
      expect(recovered).toMatchObject({ ok: true });
      expectConverged(stack, recovered, after);
      expectOrphans(stack, recovered, foreign, orphans);
      expect({ leaks: leaks([output, recovered.output]) }).toEqual({ leaks: [] });

      if (orphans === "reported") {
        await runAndKill(stack, victim, deleteBoundaries, afterDeletes, (name) => recovered.ids[name] ?? "missing");
      }
      const unmanaged = unmanagedObjects(stack, recovered);
      expect(await stack.run("destroy")).toMatchObject({ ok: true, ids: {} });
      expect({ keys: account.keys, guardrails: account.guardrails }).toEqual(unmanaged);
    } finally {
      await stack.close();
    }
  },
);

/** The state equals the account, and each key is in it once, with its value. */
function expectConverged({ simulator }: KillableStack, run: RunResult, declaration: Declaration): void {
  expect(Object.keys(run.ids).sort()).toEqual(Object.keys(declaration).sort());
  for (const [name, { kind, args = {} }] of Object.entries(declaration)) {
    if (kind !== "InferenceKey") continue;
    const live = simulator.account.keys.find(({ hash }) => hash === run.ids[name]);
    expect(live).toMatchObject({
      name: defaultName(name),
      limit: args.limit ?? null,
      disabled: args.disabled ?? false,
    });
    expect({ name, idOfValue: hashOf(String(run.secrets[name])) }).toEqual({ name, idOfValue: run.ids[name] });
  }
}

/** Orphans are reported by id and date, or deleted. Foreign keys stay in any case. */
function expectOrphans(stack: KillableStack, run: RunResult, foreign: string[], expected: Case["orphans"]): void {
  const { keys, guardrails } = unmanagedObjects(stack, run);
  expect(keys.map(({ hash }) => hash)).toEqual(expect.arrayContaining(foreign));
  const orphans = [
    ...keys.filter(({ hash }) => !foreign.includes(hash)).map(({ hash, ...row }) => ({ ...row, id: hash })),
    ...guardrails,
  ];
  const found = { keys: orphans.length - guardrails.length, guardrails: guardrails.length };
  expect(found).toEqual(expected === "reported" ? ORPHANS : { keys: 0, guardrails: 0 });
  const unreported = orphans.filter(({ id, created_at }) => !isReported(id, created_at, [run.output]));
  expect({ unreported }).toEqual({ unreported: [] });
}
