/** Shapes that several tools share. */
import { z } from "zod";

export const text = z.string().nullable();
export const amount = z.number().nullable();
export const timestamp = z.string().nullable();

/** What could not be read, and why; it may exist. */
export const unreadable = z.array(z.string()).describe("What could not be read, and why. It may exist.");

export const spent = z
  .object({ today: amount, week: amount, month: amount, ever: amount })
  .describe("USD of credits since midnight UTC, Monday, the first of the month, and ever");

export const keyShape = z.object({
  hash: z.string().describe("Identifies the key"),
  name: z.string(),
  disabled: z.boolean(),
  limit: amount.describe("USD; null: no limit"),
  limitReset: text.describe("daily, weekly or monthly, at midnight UTC; null: never"),
  includeByokInLimit: z.boolean(),
  used: amount.describe("USD since the last reset"),
  left: amount.describe("USD until the next reset"),
  percent: amount.describe("Of the limit"),
  spent,
  spentByok: spent.describe("USD that providers charged to the account's own provider keys"),
  createdAt: timestamp,
  lastUsedAt: timestamp,
  expiresAt: timestamp.optional(),
  guardrail: z
    .object({ id: z.string(), name: z.string(), limitUsd: amount, resetInterval: text })
    .nullable()
    .describe("Its budget is for each key"),
  workspace: z.object({ id: z.string(), name: z.string() }).nullable(),
});

const toggle = z.boolean().nullable();

/** The settings of a guardrail that are on or off, to read and to write. */
export const guardrailSwitches = {
  enforceZdrAnthropic: toggle.describe("Zero data retention, by vendor"),
  enforceZdrOpenai: toggle,
  enforceZdrGoogle: toggle,
  enforceZdrXai: toggle,
  enforceZdrOther: toggle,
  allowSafetyRetentionGoogle: toggle,
  allowSafetyRetentionOther: toggle,
  enableFreeModelPublication: toggle,
  enableFreeModelTraining: toggle,
  enablePaidModelTraining: toggle,
  includeByokInBudgets: z.boolean(),
};

/** How tools for reading name a key. */
export const keyChoice = z.string().min(1).max(200).describe("Full name of a key, its hash, or 8 digits of it or more");

export const sums = {
  spent: z.number().describe("USD of credits"),
  spentByok: z.number(),
  requests: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  reasoningTokens: z.number(),
};
