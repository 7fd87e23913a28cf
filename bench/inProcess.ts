/** Time of `check` and `diff` in the provider, without a provider process. */
import { provider } from "pulumi-openrouter/dynamic";
import { atMost, type Section } from "./report";
import { median, percentile } from "./statistics";

const RESOURCES = 1000;
const PASSES = 5;
const TARGET_MICROSECONDS = 50;

/** Declared inputs, and the outputs that the state has in addition. */
const SAMPLES: Record<string, { inputs: (index: number) => object; outputs: object }> = {
  InferenceKey: {
    inputs: (index) => ({ name: `bench/dev/key-${index}`, limit: index + 1, limitReset: "monthly" }),
    outputs: { key: `sk-or-v1-${"0".repeat(64)}`, label: "sk-or-v1-000...0000", createdAt: "2026-01-01T00:00:00Z" },
  },
  Guardrail: {
    inputs: (index) => ({
      name: `bench/dev/guardrail-${index}`,
      limitUsd: 50,
      resetInterval: "daily",
      allowedModels: ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5"],
      enforceZdr: true,
    }),
    outputs: { createdAt: "2026-01-01T00:00:00Z" },
  },
  GuardrailKeyAssignment: {
    inputs: (index) => ({
      guardrailId: "0b4c1e5e-0000-4000-8000-000000000000",
      keyHash: index.toString(16).padStart(64, "0"),
    }),
    outputs: {},
  },
  GuardrailAssignments: {
    inputs: (index) => ({
      guardrailId: `0b4c1e5e-0000-4000-8000-${index.toString(16).padStart(12, "0")}`,
      keyHashes: Array.from({ length: 10 }, (_, key) => (10 * index + key).toString(16).padStart(64, "0")),
    }),
    outputs: {},
  },
  GuardrailMemberAssignment: {
    inputs: (index) => ({ guardrailId: "0b4c1e5e-0000-4000-8000-000000000000", userId: `user_${index}` }),
    outputs: {},
  },
};

interface Timing {
  kind: string;
  method: "check" | "diff";
  p50: number;
  p99: number;
  /** Of the first pass, when Node has compiled less of the code. */
  firstP99: number;
}

export async function inProcessSection(): Promise<Section> {
  const measured: Timing[] = [];
  for (const kind of Object.keys(SAMPLES)) measured.push(...(await timingsOf(kind)));
  const rows = measured.map(({ kind, method, p50, p99, firstP99 }) => [
    kind,
    method,
    ...[p50, p99, firstP99].map((microseconds) => microseconds.toFixed(1)),
  ]);
  return {
    title: "check and diff",
    text: `Microseconds per call in the provider, for ${RESOURCES} resources one after the other: medians of ${PASSES} passes. The first pass of
each kind is listed separately, because Node has compiled less of the code by then.`,
    tables: [{ head: ["kind", "method", "median", "99th percentile", "99th percentile, first pass"], rows }],
    targets: measured.map(({ kind, method, p99 }) =>
      atMost(
        `\`${method}\` of ${kind}, 99th percentile`,
        TARGET_MICROSECONDS,
        p99,
        (value) => `${value.toFixed(0)} µs`,
      ),
    ),
  };
}

async function timingsOf(kind: string): Promise<Timing[]> {
  const passes: Record<Timing["method"], number[]>[] = [];
  for (let pass = 0; pass < PASSES; pass++) passes.push(await timesOf(kind));
  return (["check", "diff"] as const).map((method) => ({
    kind,
    method,
    p50: median(passes.map((times) => median(times[method]))),
    p99: median(passes.map((times) => percentile(times[method], 0.99))),
    firstP99: percentile(passes[0]?.[method] ?? [], 0.99),
  }));
}

async function timesOf(kind: string): Promise<Record<Timing["method"], number[]>> {
  const sample = SAMPLES[kind];
  if (!sample) throw new Error(`bench: no sample of ${kind}`);
  const { check, diff } = provider(kind);
  const times: Record<Timing["method"], number[]> = { check: [], diff: [] };
  for (let index = 0; index < RESOURCES; index++) {
    const declared = { ...sample.inputs(index), __provider: "" };
    const began = performance.now();
    const { inputs, failures } = await check({}, declared);
    times.check.push((performance.now() - began) * 1000);
    if (!inputs) throw new Error(`bench: check rejected the ${kind}: ${JSON.stringify(failures)}`);
    const olds = { ...inputs, ...sample.outputs, __origin: { version: 1 } };
    const diffBegan = performance.now();
    await diff(String(index), olds, inputs);
    times.diff.push((performance.now() - diffBegan) * 1000);
  }
  return times;
}
