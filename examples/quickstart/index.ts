import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "pulumi-openrouter";

// The budgets of one environment.
const config = new pulumi.Config();
const backendLimit = config.getNumber("backendLimit") ?? 200;

// Models for production traffic, and a daily budget for each key in addition to its own limit.
const production = new openrouter.Guardrail("production", {
  description: "Production traffic: reviewed models only, no data retention",
  limitUsd: 50,
  resetInterval: "daily",
  allowedModels: ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5"],
  enforceZdr: true,
});

const backend = new openrouter.InferenceKey("backend", {
  limit: backendLimit,
  limitReset: "monthly",
});

const batch = new openrouter.InferenceKey("batch", {
  limit: 40,
  limitReset: "weekly",
  includeByokInLimit: true,
});

// Continuous integration: a small budget, and an expiry at the end of the quarter.
const ci = new openrouter.InferenceKey("ci", {
  limit: 5,
  limitReset: "daily",
  expiresAt: "2031-04-01T00:00:00Z",
});

// For a trial that has not begun: created and disabled.
const trial = new openrouter.InferenceKey("trial", {
  limit: 10,
  disabled: true,
});

// All keys of the guardrail: a key added in the dashboard is drift.
new openrouter.GuardrailAssignments("production", { guardrail: production, keyHashes: [backend.id, batch.id] });

// Secrets: `pulumi stack output backendKey --show-secrets` prints one.
export const backendKey = backend.key;
export const batchKey = batch.key;
export const ciKey = ci.key;
export const trialKeyHash = trial.hash;
