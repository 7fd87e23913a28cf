/**
 * States that earlier releases wrote. Whatever a release reads it must read for good: a state that was recorded is taken
 * as it is, with nothing to do and no API call. To record the present form, when it changes: RECORD_STATE=1.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Deployment } from "../../testing/index";
import { type Declaration, type DeclaredStack, openDeclaredStack } from "./support/declaredStack";

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

let declared: DeclaredStack;
beforeAll(async () => {
  declared = await openDeclaredStack();
});
afterAll(() => declared.close());

test("a state of version 1 is taken with nothing to do", async () => {
  if (process.env.RECORD_STATE) {
    expect((await declared.up(declaration)).ok).toBe(true);
    writeFileSync(file, `${JSON.stringify(await declared.stack.exportState(), null, 1)}\n`);
  }
  await declared.stack.importState(JSON.parse(readFileSync(file, "utf8")) as Deployment);
  const { ok, summary, calls } = await declared.up(declaration);
  expect({ ok, same: summary.same, calls: calls.length }).toEqual({ ok: true, same: 5, calls: 0 });
});

test("a state of a newer release is refused, with what to do", async () => {
  const newer = JSON.parse(readFileSync(file, "utf8"), (name, value) =>
    name === "__origin" ? { ...value, version: 2 } : value,
  ) as Deployment;
  await declared.stack.importState(newer);
  const { ok, output, calls } = await declared.up(declaration);
  expect(ok).toBe(false);
  expect(output).toMatch(/written by a newer release\. Upgrade pulumi-openrouter\./);
  expect(calls).toEqual([]);
});
