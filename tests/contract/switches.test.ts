/**
 * Every kind of resource converges with every value of every switch.
 */
import type { Kind } from "../../formats/typeTokens";
import "../faults/support/shortWaits";
import { dynamicProvider } from "../../provider/dynamic/host";
import type { Properties } from "../../provider/dynamic/protocol";
import { newProcess } from "../../provider/host/process";
import { lifecycleOf } from "../../provider/resources";
import { type Simulator, startSimulator, switchVariants } from "../../testing/simulator/index";
import { waits } from "../faults/support/shortWaits";

function providerFor(kind: Kind, simulator: Simulator) {
  const process = newProcess({
    OPENROUTER_BASE_URL: simulator.url,
    OPENROUTER_MANAGEMENT_KEY: simulator.managementKey,
  });
  return dynamicProvider(lifecycleOf(kind), process);
}

/** An object in the engine's state. */
interface Managed {
  id: string;
  inputs: Properties;
  outputs: Properties;
}

/** Creates or updates an object as the engine does, and verifies that a refresh finds no drift. */
async function reconcile(simulator: Simulator, kind: Kind, args: Properties, before?: Managed): Promise<Managed> {
  const provider = providerFor(kind, simulator);
  const { inputs = {}, failures } = await provider.check(before?.inputs ?? {}, args);
  expect(failures).toEqual([]);
  let after: Managed;
  if (before) {
    expect((await provider.diff(before.id, plain(before.outputs), inputs)).changes).not.toBe(false);
    const { outs } = await provider.update(before.id, plain(before.outputs), inputs);
    after = { id: before.id, inputs, outputs: outs };
  } else {
    const { id, outs } = await provider.create(inputs);
    after = { id, inputs, outputs: outs };
  }
  expect(await provider.diff(after.id, plain(after.outputs), inputs)).toEqual({ changes: false });
  // Reads may lag; a later refresh returns the new values.
  simulator.clock.advance(simulator.switches.visibleAfterMs);
  const read = await provider.read(after.id, plain(after.outputs));
  expect(read.id).toBe(after.id);
  expect(read.inputs).toBeUndefined();
  expect(await provider.diff(after.id, plain(read.props ?? {}), inputs)).toEqual({ changes: false });
  return { ...after, outputs: read.props ?? {} };
}

/** The engine passes secrets as plain values. */
function plain(outputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && "value" in value ? value.value : value,
    ]),
  );
}

const fullKey = {
  name: "acme/prod/ci",
  limit: 25.5,
  limitReset: "weekly",
  includeByokInLimit: true,
  disabled: true,
  expiresAt: "2031-01-01T01:00:00+01:00",
};
const otherKey = { name: "renamed", limit: 3, limitReset: "daily", expiresAt: "2031-01-01T00:00:00Z" };
const bareKey = { name: "acme/prod/ci", expiresAt: "2031-01-01T00:00:00Z" };

const fullGuardrail = {
  name: "safe",
  description: "two\nlines",
  limitUsd: 50,
  resetInterval: "daily",
  allowedModels: ["openai/gpt-4.1", "openai/gpt-4.1-mini", "qwen/qwen3-coder:free", "openai/gpt-4.1"],
  ignoredModels: ["anthropic/claude-opus-4.1"],
  allowedProviders: ["openai", "anthropic"],
  ignoredProviders: ["azure"],
  allowedDataRegions: ["europe"],
  contentFilterBuiltins: [
    { slug: "regex-prompt-injection", action: "block", scanScope: "user_only" },
    { slug: "email", action: "redact" },
  ],
  contentFilters: [
    { pattern: "b+", action: "block" },
    { pattern: "a+", action: "redact", label: "[A]" },
  ],
  enforceZdr: true,
  enforceZdrXai: false,
  enableFreeModelPublication: false,
  enableFreeModelTraining: true,
  enablePaidModelTraining: false,
  includeByokInBudgets: true,
};
const otherGuardrail = {
  name: "safer",
  limitUsd: 5,
  resetInterval: "monthly",
  allowedModels: ["openai/gpt-4.1"],
  contentFilterBuiltins: [{ slug: "regex-prompt-injection", action: "flag", scanScope: "all_messages" }],
  contentFilters: [],
  enforceZdrOther: true,
};

const settings = [{}, ...switchVariants()];

describe.each(settings.map((switches) => [JSON.stringify(switches), switches] as const))("with %s", (_, switches) => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ switches });
  });
  afterAll(() => simulator.close());
  const testConvergence = (title: string, work: () => Promise<void>) =>
    test(title, () => waits.clock.run(simulator.clock, work));

  testConvergence("converges a key from full to different to minimal settings, and deletes it", async () => {
    const full = await reconcile(simulator, "InferenceKey", fullKey);
    const other = await reconcile(simulator, "InferenceKey", otherKey, full);
    const bare = await reconcile(simulator, "InferenceKey", bareKey, other);
    await providerFor("InferenceKey", simulator).delete(bare.id, plain(bare.outputs));
    simulator.clock.advance(simulator.switches.visibleAfterMs);
    expect(await providerFor("InferenceKey", simulator).read(bare.id, plain(bare.outputs))).toEqual({ id: "" });
  });

  testConvergence("converges a guardrail from full to different to minimal settings, and deletes it", async () => {
    const full = await reconcile(simulator, "Guardrail", fullGuardrail);
    const other = await reconcile(simulator, "Guardrail", otherGuardrail, full);
    const bare = await reconcile(simulator, "Guardrail", { name: "bare" }, other);
    await providerFor("Guardrail", simulator).delete(bare.id, plain(bare.outputs));
    simulator.clock.advance(simulator.switches.visibleAfterMs);
    expect(await providerFor("Guardrail", simulator).read(bare.id, plain(bare.outputs))).toEqual({ id: "" });
  });

  testConvergence("assigns, reads and removes a key and a member", async () => {
    const key = await reconcile(simulator, "InferenceKey", { name: "assigned" });
    const guardrail = await reconcile(simulator, "Guardrail", { name: "assigning" });
    const member = simulator.dashboard.addMember({ email: "ada@example.com" });
    const keyArgs = { guardrailId: guardrail.id, keyHash: key.id };
    const memberArgs = { guardrailId: guardrail.id, userId: member.id };
    const toKey = await reconcile(simulator, "GuardrailKeyAssignment", keyArgs);
    const toMember = await reconcile(simulator, "GuardrailMemberAssignment", memberArgs);
    await providerFor("GuardrailKeyAssignment", simulator).delete(toKey.id, toKey.outputs);
    await providerFor("GuardrailMemberAssignment", simulator).delete(toMember.id, toMember.outputs);
    simulator.clock.advance(simulator.switches.visibleAfterMs);
    const provider = providerFor("GuardrailKeyAssignment", simulator);
    expect(await provider.read(toKey.id, toKey.outputs)).toEqual({ id: "" });
    // A second delete, as after a lost response.
    await provider.delete(toKey.id, toKey.outputs);
  });
});
