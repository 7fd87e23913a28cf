/** Random histories of a stack, for fast-check. */
import fc from "fast-check";
import type { FaultEffect } from "../../../testing/simulator/index";
import type { Declaration } from "./inProcessStack";
import type { Kill } from "./killed";

export type Event = { stack?: 0 | 1 } & (
  | ({
      event: "up";
      /** The new program. `{ place: … }` is replaced by an id of the account. */
      declaration: Declaration;
      refresh: boolean;
      /** A second resource adopts the object of `p`. */
      adoptTwice?: boolean;
    } & Circumstances)
  | ({ event: "refresh" } & Circumstances)
  /** A dashboard change of the n-th object of the stack. */
  | { event: "drift"; what: Drift; at: number }
);

export interface Circumstances {
  faults: AimedFault[];
  kill?: Kill | undefined;
  /** Runs with the management key of a different account. */
  otherAccount?: boolean;
}

export type AimedFault = FaultEffect & { nth: number; method?: string };

export const DRIFTS = [
  "rename a key",
  "limit a key",
  "delete a key",
  "use a key",
  "move a key",
  "change a guardrail",
  "assign a key",
  "assign a foreign key",
  "unassign a key",
] as const;
export type Drift = (typeof DRIFTS)[number];

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

function given(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

const rarely = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const ignoring = (...choices: string[][]) => maybe(fc.constantFrom(...choices));

/** An id that depends on the account. */
export type Place = "first workspace" | "second workspace" | "adoptable key" | "foreign key" | "member";
const at = (place: Place) => ({ place });

const key = fc
  .record({
    limit: maybe(fc.constantFrom(1, 2.5)),
    disabled: maybe(fc.boolean()),
    keepers: maybe(fc.record({ round: fc.constantFrom("1", "2") })),
    name: maybe(fc.constant("chosen")),
  })
  .map((args) => ({ kind: "InferenceKey" as const, args: given(args) }));

/** A key with a declared workspace. */
const placedKey = fc
  .tuple(key, fc.constantFrom<Place>("first workspace", "second workspace"))
  .map(([{ kind, args }, place]) => ({ kind, args: { ...args, workspaceId: at(place) } }));

const adoptedKey = maybe(fc.constantFrom(3, 4)).map((limit) => ({
  kind: "InferenceKey" as const,
  args: given({ limit, adopt: at("adoptable key") }),
}));

/** A resource that may have `ignoreChanges`. */
function mayIgnore<Declared extends object>(declared: fc.Arbitrary<Declared>, ...choices: string[][]) {
  return fc
    .tuple(declared, ignoring(...choices))
    .map(([one, ignoreChanges]) => ({ ...one, ...(ignoreChanges && { ignoreChanges }) }));
}

const guardrail = fc
  .record({
    budget: maybe(fc.constantFrom(5, 6)),
    allowedModels: maybe(fc.constant(["openai/gpt-4.1"])),
    enforceZdr: maybe(fc.boolean()),
  })
  .map(({ budget, ...args }) => ({
    kind: "Guardrail" as const,
    args: given({ ...args, limitUsd: budget, resetInterval: budget && "daily" }),
  }));

/** The guardrail of each key, and how the assignments of each guardrail are declared. */
const on = maybe(fc.constantFrom("g" as const, "h" as const));
const how = fc.constantFrom("pairs" as const, "set" as const, "set that is not exclusive" as const);
const assignments = fc.record({ k: on, m: on, p: on, theirs: rarely(on), member: rarely(on), g: how, h: how });
type Assignments = typeof assignments extends fc.Arbitrary<infer Value> ? Value : never;

/** The assignments of a guardrail whose keys the program declares too. */
function assignmentsOf(declared: Declaration, guardrail: "g" | "h", chosen: Assignments): Declaration {
  const keys = (["k", "m", "p"] as const).filter((name) => chosen[name] === guardrail && name in declared);
  const guardrailId = { idOf: guardrail };
  if (!(guardrail in declared)) return {};
  if (chosen[guardrail] === "pairs") {
    const pairOf = (name: string) => ({ guardrailId, keyHash: { idOf: name } });
    return Object.fromEntries(
      keys.map((name) => [`a-${name}`, { kind: "GuardrailKeyAssignment" as const, args: pairOf(name) }]),
    );
  }
  const keyHashes = [
    ...keys.map((name) => ({ idOf: name })),
    ...(chosen.theirs === guardrail ? [at("foreign key")] : []),
  ];
  const userIds = chosen.member === guardrail ? [at("member")] : undefined;
  const exclusive = chosen[guardrail] === "set" ? undefined : false;
  return {
    [`s-${guardrail}`]: { kind: "GuardrailAssignments", args: given({ guardrailId, keyHashes, userIds, exclusive }) },
  };
}

/** Three keys, an adopted one, two guardrails, and their assignments in either order. */
const declaration: fc.Arbitrary<Declaration> = fc
  .record({
    k: maybe(mayIgnore(key, ["limit"], ["name"], ["limit", "disabled"])),
    l: maybe(placedKey),
    m: maybe(key),
    p: rarely(adoptedKey),
    g: maybe(mayIgnore(guardrail, ["enforceZdr"], ["allowedModels"], ["limitUsd", "resetInterval"])),
    h: maybe(guardrail),
    chosen: assignments,
    order: fc.constantFrom(["g", "h"] as const, ["h", "g"] as const),
  })
  .map(({ chosen, order, ...resources }) => {
    const declared = given(resources) as Declaration;
    const [first, second] = order.map((name) => assignmentsOf(declared, name, chosen));
    return { ...declared, ...first, ...second };
  });

const effect: fc.Arbitrary<FaultEffect> = fc.constantFrom<FaultEffect>(
  { effect: "drop", when: "before commit" },
  { effect: "drop", when: "after commit" },
  { effect: "status", status: 503, when: "after commit" },
  { effect: "status", status: 408 },
  { effect: "status", status: 429, retryAfter: 1 },
  { effect: "status", status: 400 },
  { effect: "html", status: 200, when: "after commit" },
  { effect: "html", status: 404 },
  { effect: "truncated", declared: "half" },
  { effect: "shape", body: {} },
  { effect: "reset" },
);
const faults = fc.array(
  fc.tuple(effect, fc.integer({ min: 1, max: 10 })).map(([what, nth]) => ({ ...what, nth })),
  { maxLength: 1 },
);

const circumstances = {
  faults,
  stack: fc.constantFrom(0 as const, 0 as const, 1 as const),
  kill: rarely(
    fc.record({
      nth: fc.integer({ min: 1, max: 10 }),
      when: fc.constantFrom("before commit" as const, "after commit" as const),
    }),
  ),
  otherAccount: rarely(fc.constant(true)).map(Boolean),
};

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      event: fc.constant("up" as const),
      declaration,
      refresh: fc.boolean(),
      adoptTwice: rarely(fc.constant(true)).map(Boolean),
      ...circumstances,
    }),
  },
  { weight: 1, arbitrary: fc.record({ event: fc.constant("refresh" as const), ...circumstances }) },
  {
    weight: 2,
    arbitrary: fc.record({
      event: fc.constant("drift" as const),
      stack: circumstances.stack,
      what: fc.constantFrom(...DRIFTS),
      at: fc.nat(3),
    }),
  },
);

export const histories = fc.array(event, { minLength: 1, maxLength: 10 });
