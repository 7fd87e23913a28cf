/** A program that uses all resources with all inputs and outputs. In the words of TypeScript 3.8, which Pulumi falls back to. */
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "pulumi-openrouter";

const config = new pulumi.Config();
const account = new openrouter.Provider("emea", {
  managementKey: config.getSecret("emeaKey") || pulumi.secret("sk-or-v1-management"),
  baseUrl: "https://openrouter.ai/api/v1",
  account: "org_acme",
});

const args: openrouter.InferenceKeyArgs = {
  name: pulumi.interpolate`ci-${pulumi.getStack()}`,
  limit: Promise.resolve(25),
  limitReset: "monthly",
  includeByokInLimit: true,
  disabled: false,
  expiresAt: new Date("2099-01-01T00:00:00Z"),
  workspaceId: "5f9c2d3e-0000-4000-8000-000000000001",
  creatorUserId: "user_ada",
  externalUser: "customer-7",
  keepers: { rotated: pulumi.output("2027-01") },
};
const ci = new openrouter.InferenceKey("ci", args, { provider: account, retainOnDelete: true });
const plain = new openrouter.InferenceKey("plain");
const adopted = new openrouter.InferenceKey("adopted", { adopt: "hash", expiresAt: "2099-01-01T00:00:00Z" });

const builtin: openrouter.BuiltinContentFilter = { slug: "email", action: "redact", scanScope: "user_only" };
const custom: openrouter.CustomContentFilter = { pattern: "ACME-\\d+", action: "block", label: "[id]" };
const everything: openrouter.GuardrailArgs = {
  name: ci.name,
  description: pulumi.interpolate`for ${ci.label}`,
  limitUsd: 50,
  resetInterval: pulumi.output<"daily">("daily"),
  allowedModels: ["openai/gpt-4o-mini", pulumi.output("deepseek/deepseek-r1-0528:free")],
  ignoredModels: pulumi.output(["openai/gpt-4o"]),
  allowedProviders: Promise.resolve(["openai"]),
  ignoredProviders: ["azure"],
  allowedDataRegions: ["europe"],
  contentFilterBuiltins: [builtin, pulumi.output(builtin)],
  contentFilters: [custom],
  enforceZdr: true,
  enforceZdrAnthropic: true,
  enforceZdrOpenai: true,
  enforceZdrGoogle: true,
  enforceZdrXai: true,
  enforceZdrOther: false,
  allowSafetyRetentionGoogle: false,
  allowSafetyRetentionOther: pulumi.output(true),
  enableFreeModelPublication: false,
  enableFreeModelTraining: false,
  enablePaidModelTraining: false,
  includeByokInBudgets: true,
  workspaceId: "5f9c2d3e-0000-4000-8000-000000000001",
};
const safe = new openrouter.Guardrail("safe", everything, { dependsOn: [ci], provider: account });
const loose = new openrouter.Guardrail("loose", { adopt: plain.id });

const keyArgs: openrouter.GuardrailKeyAssignmentArgs = { guardrailId: safe.id, keyHash: ci.hash };
const keyAssignment = new openrouter.GuardrailKeyAssignment("ci-safe", keyArgs, { parent: safe });
const memberArgs: openrouter.GuardrailMemberAssignmentArgs = { guardrailId: safe.guardrailId, userId: "user_ada" };
const memberAssignment = new openrouter.GuardrailMemberAssignment("ada-safe", memberArgs);

const hash = "0a".repeat(32);
const guardrailId = "5f9c2d3e-0000-4000-8000-000000000002";
const otherKey = openrouter.InferenceKey.get("other-key", pulumi.output(hash), { provider: account });
const otherGuardrail = openrouter.Guardrail.get("other-guardrail", guardrailId);
const otherKeyAssignment = openrouter.GuardrailKeyAssignment.get("other-ci-safe", `${guardrailId}/${hash}`);
const otherMember = openrouter.GuardrailMemberAssignment.get("other-ada-safe", `${guardrailId}/user_ada`);

export const texts: pulumi.Output<string>[] = [
  ...[ci.id, ci.urn, ci.key, ci.hash, ci.label, ci.createdAt, ci.name, otherKey.key, adopted.hash],
  ...[safe.guardrailId, safe.createdAt, safe.name, loose.id, otherGuardrail.id],
  ...[keyAssignment.guardrailId, keyAssignment.keyHash, memberAssignment.guardrailId, memberAssignment.userId],
  ...[otherKeyAssignment.keyHash, otherMember.userId],
];
export const perhapsTexts: pulumi.Output<string | undefined>[] = [
  ...[ci.limitReset, ci.expiresAt, ci.workspaceId, ci.creatorUserId],
  ...[safe.description, safe.resetInterval, safe.workspaceId],
  ...[keyAssignment.assignedBy, keyAssignment.createdAt, memberAssignment.assignedBy, memberAssignment.createdAt],
];
export const perhapsNumbers: pulumi.Output<number | undefined>[] = [ci.limit, safe.limitUsd];
export const perhapsSwitches: pulumi.Output<boolean | undefined>[] = [
  ...[ci.includeByokInLimit, ci.disabled, safe.includeByokInBudgets],
  ...[safe.enforceZdrAnthropic, safe.enforceZdrOpenai, safe.enforceZdrGoogle, safe.enforceZdrXai],
  ...[safe.enforceZdrOther, safe.enableFreeModelPublication, safe.enableFreeModelTraining],
  safe.enablePaidModelTraining,
];
export const lists: pulumi.Output<string[] | undefined>[] = [
  ...[safe.allowedModels, safe.ignoredModels, safe.allowedProviders, safe.ignoredProviders, safe.allowedDataRegions],
];
export const keepers: pulumi.Output<Record<string, string> | undefined> = ci.keepers;
export const builtins: pulumi.Output<openrouter.BuiltinContentFilterResult[] | undefined> = safe.contentFilterBuiltins;
export const customs: pulumi.Output<openrouter.CustomContentFilterResult[] | undefined> = safe.contentFilters;
