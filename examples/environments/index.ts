import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "pulumi-openrouter";

// What differs between dev, staging and prod is in Pulumi.<stack>.yaml. Each number is required: an omitted limit
// would be no limit.
const config = new pulumi.Config();

// Nothing here has a `name`, so each gets `environments/<stack>/<resource name>`, and stacks that share an account don't
// collide.
const guardrail = new openrouter.Guardrail("services", {
  description: `Models of ${pulumi.getStack()}, and what each key may spend in a day`,
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
