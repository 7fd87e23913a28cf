/** Tools that show the account as a whole. */
import { z } from "zod";
import { readBalance } from "../../balance/read";
import { readMembers } from "../../members/read";
import { readOverview } from "../../overview/read";
import { readWhoami } from "../../whoami/read";
import { readWorkspaces } from "../../workspaces/read";
import type { Session } from "../session";
import { amount, spent, text, timestamp, unreadable } from "../shapes";
import { defineTool, type Tool } from "../tool";

const balance = z.object({
  bought: z.number().describe("USD"),
  used: z.number(),
  left: z.number().describe("USD of credits"),
});

const overview = z.object({
  balance: balance.nullable(),
  pace: z
    .object({ perDay: z.number().describe("USD"), completedDays: z.number(), daysLeft: amount })
    .nullable()
    .describe("The mean of the last completed days, and how long the credits last at it"),
  today: z.object({
    date: z.string(),
    spent: z.number().describe("USD of credits with the existing keys"),
    spentByok: z.number(),
    models: z
      .array(z.object({ model: z.string(), spent: z.number(), spentByok: z.number(), requests: z.number() }))
      .nullable(),
  }),
  keys: z.object({
    total: z.number(),
    disabled: z.number(),
    expired: z.number(),
    active: z.array(
      z.object({
        hash: z.string(),
        name: z.string(),
        limit: amount.describe("USD"),
        limitReset: text,
        used: amount,
        left: amount,
        percent: amount,
        expiresAt: timestamp,
        workspace: z.object({ id: z.string(), name: z.string() }).nullable(),
        nearLimit: z.boolean(),
        nearExpiry: z.boolean(),
      }),
    ),
  }),
  guardrails: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      limitUsd: amount.describe("USD for each key and member"),
      resetInterval: text,
      isWorkspaceDefault: z.boolean(),
      assignedKeys: amount,
    }),
  ),
  unreadable,
});

export const currentKey = z.object({
  kind: z.enum(["management", "inference"]),
  label: text,
  organizationId: text,
  workspaceId: text,
  limit: amount.describe("USD"),
  limitReset: text,
  left: amount,
  includeByokInLimit: z.boolean(),
  expiresAt: timestamp,
  spent,
  budgets: z
    .array(
      z.object({
        scope: z.string().describe("The layer"),
        limitUsd: amount,
        spendUsd: amount,
        remainingUsd: amount,
        resetInterval: text,
        resetsAt: timestamp,
        includeByok: z.boolean(),
        guardrailId: text,
        budgetId: text,
        binds: z.boolean().describe("It rejects requests first"),
      }),
    )
    .nullable()
    .describe("In the order in which OpenRouter checks them. A request must pass all of them"),
});

const workspaces = z.object({
  workspaces: z.array(
    z.object({
      id: z.string(),
      name: text,
      slug: text,
      description: text,
      defaultGuardrailId: text,
      createdAt: timestamp,
    }),
  ),
});

export function accountTools({ account, asInferenceKey }: Session): Tool[] {
  return [
    defineTool({
      name: "get_overview",
      title: "Overview of the account",
      description:
        "Balance and how long it lasts, spending of today by model, keys near their limit or expiry, and guardrails. Call it first.",
      input: z.object({}),
      output: overview,
      call: () => readOverview(account()),
    }),
    defineTool({
      name: "get_balance",
      title: "Credits",
      description: "Credits of the account in USD: bought, used and left.",
      input: z.object({}),
      output: balance,
      call: () => readBalance(account()),
    }),
    defineTool({
      name: "get_current_key",
      title: "Management key in use",
      description: "The management key that this server uses: its organization, workspace and expiry.",
      input: z.object({}),
      output: currentKey,
      call: () => readWhoami(account()),
    }),
    defineTool({
      name: "get_budget_layers",
      title: "Budgets of the application's key",
      description:
        "Every budget that requests with the inference key in OPENROUTER_API_KEY must pass, in order, what is left in each, and which one binds. Only for that key; get_key shows limit and guardrail of any other.",
      input: z.object({}),
      output: currentKey,
      call: () => readWhoami(asInferenceKey()),
    }),
    defineTool({
      name: "list_workspaces",
      title: "Workspaces",
      description: "Workspaces of the account, oldest first, with the ids that other tools take.",
      input: z.object({}),
      output: workspaces,
      call: () => readWorkspaces(account()),
    }),
    defineTool({
      name: "list_members",
      title: "Members",
      description: "The members of the organization, or of one workspace, with the user ids that other tools take.",
      input: z.object({
        workspace: z.string().min(1).max(200).optional().describe("Name, slug or id; default: the organization"),
      }),
      output: z.object({
        workspace: z.object({ id: z.string(), name: text, slug: text }).nullable(),
        members: z.array(z.object({ id: z.string(), name: text, email: text, role: text })),
      }),
      call: ({ workspace }) => readMembers(account(), workspace),
    }),
  ];
}
