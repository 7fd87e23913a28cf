import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "pulumi-openrouter";

// The differences between dev, staging and prod are in Pulumi.<stack>.yaml. Each number is required, because a key without a limit
// can spend without bound.
const config = new pulumi.Config();

// The default names, `environments/<stack>/<resource name>`, keep stacks that share an account apart.
const guardrail = new openrouter.Guardrail("services", {
  description: `Models of ${pulumi.getStack()}, and the daily budget of each key`,
  limitUsd: config.requireNumber("dailyBudget"),
  resetInterval: "daily",
  allowedModels: config.requireObject<string[]>("models"),
  enforceZdr: true,
});

function serviceKey(service: string): openrouter.InferenceKey {
  return new openrouter.InferenceKey(service, {
    limit: config.requireNumber(`${service}Limit`),
    limitReset: "monthly",
  });
}

const backend = serviceKey("backend");
const batch = serviceKey("batch");

new openrouter.GuardrailAssignments("services", { guardrail, keyHashes: [backend.id, batch.id] });

// Secrets: `pulumi stack output backendKey --stack dev --show-secrets` prints one.
export const backendKey = backend.key;
export const batchKey = batch.key;

// The names in the account.
export const names = [backend.name, batch.name, guardrail.name];
