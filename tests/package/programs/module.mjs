// A program that is an ES module.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as openrouter from "pulumi-openrouter";
import {
  Guardrail,
  GuardrailKeyAssignment,
  GuardrailMemberAssignment,
  InferenceKey,
  Provider,
} from "pulumi-openrouter";
import { provider as dynamic } from "pulumi-openrouter/dynamic";

const required = createRequire(import.meta.url)("pulumi-openrouter");
const imported = new Map(Object.entries(openrouter));
for (const [name, value] of Object.entries(required)) assert.equal(imported.get(name), value, name);
assert.equal(openrouter.InferenceKey, InferenceKey);
assert.equal(typeof dynamic, "function");

const account = new Provider("emea", { managementKey: "sk-or-v1-management" });
const key = new InferenceKey("ci", { limit: 25, limitReset: "monthly" }, { provider: account });
const safe = new Guardrail("safe", { limitUsd: 5, resetInterval: "daily" });
new GuardrailKeyAssignment("ci-safe", { guardrailId: safe.id, keyHash: key.hash });
new GuardrailMemberAssignment("ada-safe", { guardrailId: safe.guardrailId, userId: "user_ada" });
openrouter.InferenceKey.get("other", "0a".repeat(32));
