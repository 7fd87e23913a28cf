import * as openrouter from "pulumi-openrouter";

// To raise a budget, change a number here and open a pull request.
const services = new openrouter.Guardrail("services", {
  description: "Services: reviewed models only, and a daily budget for each",
  limitUsd: 20,
  resetInterval: "daily",
  allowedModels: ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5"],
  enforceZdr: true,
});

const backend = new openrouter.InferenceKey("backend", {
  limit: 200,
  limitReset: "monthly",
  expiresAt: "2031-01-01T00:00:00Z",
});
const batch = new openrouter.InferenceKey("batch", {
  limit: 40,
  limitReset: "weekly",
  expiresAt: "2031-01-01T00:00:00Z",
});

new openrouter.GuardrailAssignments("services", { guardrail: services, keyHashes: [backend.id, batch.id] });

// Secrets: `pulumi stack output backendKey --show-secrets` prints one.
export const backendKey = backend.key;
export const batchKey = batch.key;
