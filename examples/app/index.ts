// What the application needs from Pulumi: a key, and a guardrail that says which models it may use.
import * as openrouter from "pulumi-openrouter";

/** The preferred one first. `:floor` routes to the cheapest provider, `:free` costs nothing; each is its own entry. */
export const models = ["openai/gpt-4o-mini", "openai/gpt-4.1-mini:floor", "qwen/qwen3-coder:free"];

const guardrail = new openrouter.Guardrail("app", { limitUsd: 5, resetInterval: "daily", allowedModels: models });
const key = new openrouter.InferenceKey("app", { limit: 50, limitReset: "monthly" });
new openrouter.GuardrailKeyAssignment("app", { guardrailId: guardrail.id, keyHash: key.id });

/** A secret. */
export const apiKey = key.key;
