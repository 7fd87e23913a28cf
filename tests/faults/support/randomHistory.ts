/** What fast-check makes up: the histories of a stack. */
import fc from "fast-check";
import type { FaultEffect } from "../../../sdk/testing/simulator";
import type { Declaration } from "./inProcessStack";

export type Event =
  /** The program is another one from now on, and is run. */
  | { event: "up"; declaration: Declaration; refresh: boolean; faults: AimedFault[] }
  | { event: "refresh"; faults: AimedFault[] }
  /** Somebody does something to the n-th object of the account. */
  | { event: "drift"; what: Drift; at: number };

export type AimedFault = FaultEffect & { nth: number };

export const DRIFTS = ["rename a key", "limit a key", "delete a key", "use a key", "change a guardrail"] as const;
export type Drift = (typeof DRIFTS)[number];

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

function given(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

const key = fc
  .record({
    limit: maybe(fc.constantFrom(1, 2.5)),
    disabled: maybe(fc.boolean()),
    keepers: maybe(fc.record({ round: fc.constantFrom("1", "2") })),
    name: maybe(fc.constant("chosen")),
  })
  .map((args) => ({ kind: "InferenceKey" as const, args: given(args) }));

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

/** Two keys, two guardrails, and one assignment if both of its sides are there. */
const declaration: fc.Arbitrary<Declaration> = fc
  .record({ k: maybe(key), l: maybe(key), g: maybe(guardrail), h: maybe(guardrail), of: fc.constantFrom("g", "h") })
  .map(({ of, ...made }) => {
    const declared = given(made) as Declaration;
    if (!(of in declared) || !("k" in declared)) return declared;
    const args = { guardrailId: { idOf: of }, keyHash: { idOf: "k" } };
    return { ...declared, a: { kind: "GuardrailKeyAssignment", args } };
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

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ event: fc.constant("up" as const), declaration, refresh: fc.boolean(), faults }),
  },
  { weight: 1, arbitrary: fc.record({ event: fc.constant("refresh" as const), faults }) },
  {
    weight: 2,
    arbitrary: fc.record({ event: fc.constant("drift" as const), what: fc.constantFrom(...DRIFTS), at: fc.nat(3) }),
  },
);

export const histories = fc.array(event, { minLength: 1, maxLength: 10 });
