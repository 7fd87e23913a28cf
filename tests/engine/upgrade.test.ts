/**
 * States of earlier releases. Every release must read every recorded state without a change and without a call. To record
 * the current format after it has changed, run this with RECORD_STATE=1.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Deployment } from "../../testing/index";
import { type Declaration, openDeclaredStack } from "./support/declaredStack";

const file = path.join(__dirname, "../recordings/state-v1.json");

const declaration: Declaration = {
  full: {
    kind: "InferenceKey",
    args: {
      name: "full",
      limit: 25.5,
      limitReset: "monthly",
      includeByokInLimit: true,
      disabled: true,
      expiresAt: "2031-01-01T01:00:00+01:00",
      keepers: { rotated: "2026-12-01" },
    },
  },
  bare: { kind: "InferenceKey" },
  safe: {
    kind: "Guardrail",
    args: {
      limitUsd: 50,
      resetInterval: "daily",
      allowedModels: ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5"],
      contentFilterBuiltins: [{ slug: "email", action: "redact" }],
      enforceZdr: true,
    },
  },
  "bare-safe": { kind: "GuardrailKeyAssignment", args: { guardrailId: { idOf: "safe" }, keyHash: { idOf: "bare" } } },
};

test("changes nothing and makes no call when the state has version 1", async () => {
  const s = await openDeclaredStack();
  if (process.env.RECORD_STATE) {
    expect((await s.up(declaration)).ok).toBe(true);
    writeFileSync(file, `${JSON.stringify(await s.stack.exportState(), null, 1)}\n`);
  }
  await s.stack.importState(JSON.parse(readFileSync(file, "utf8")) as Deployment);
  const { ok, summary, calls } = await s.up(declaration);
  // Four resources and the stack itself.
  expect({ ok, same: summary.same, calls }).toEqual({ ok: true, same: 5, calls: [] });
});

test("asks for an upgrade when a newer release wrote the state", async () => {
  const s = await openDeclaredStack();
  const newer = JSON.parse(readFileSync(file, "utf8"), (name, value) =>
    name === "__origin" ? { ...value, version: 2 } : value,
  ) as Deployment;
  await s.stack.importState(newer);
  const { ok, output, calls } = await s.up(declaration);
  expect({ ok, output, calls }).toEqual({
    ok: false,
    output: expect.stringMatching(/written by a newer release\. Upgrade pulumi-openrouter\./),
    calls: [],
  });
});
