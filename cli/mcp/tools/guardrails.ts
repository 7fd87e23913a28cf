/** Tools that show guardrails, and to which keys and members they are assigned. */
import { z } from "zod";
import { readAssignments } from "../../assignments/read";
import { readGuardrail, readGuardrails } from "../../guardrails/read";
import type { Session } from "../session";
import { amount, guardrailSwitches, text, timestamp, unreadable } from "../shapes";
import { defineTool, type Tool } from "../tool";

const names = z.array(z.string()).nullable();

const guardrail = z.object({
  id: z.string(),
  name: z.string(),
  description: text,
  limitUsd: amount.describe("USD for each assigned key and member; null: no limit"),
  resetInterval: text,
  allowedModels: names.describe("null: all"),
  ignoredModels: names,
  allowedProviders: names.describe("null: all"),
  ignoredProviders: names,
  allowedDataRegions: names,
  contentFilterBuiltins: z
    .array(z.object({ slug: z.string(), action: z.string(), scanScope: text.optional() }))
    .nullable(),
  contentFilters: z.array(z.object({ pattern: z.string(), action: z.string(), label: text.optional() })).nullable(),
  ...guardrailSwitches,
  createdAt: timestamp,
  workspace: z.object({ id: z.string(), name: z.string() }).nullable(),
  isWorkspaceDefault: z.boolean().describe("It applies to all keys and members of its workspace"),
});

const made = { assignedBy: text, assignedAt: timestamp };
const assignedKey = z.object({ hash: z.string(), name: text, ...made });
const assignedMember = z.object({ id: z.string(), name: text, email: text, ...made });
const ofGuardrail = { guardrail: z.object({ id: z.string(), name: text }) };

export function guardrailTools({ account }: Session): Tool[] {
  return [
    defineTool({
      name: "list_guardrails",
      title: "Guardrails",
      description:
        "All guardrails of all workspaces with budget, allowlists, data policies, and how many keys and members they have.",
      input: z.object({}),
      output: z.object({
        guardrails: z.array(guardrail.extend({ assignedKeys: amount, assignedMembers: amount })),
        unreadable,
      }),
      call: async () => {
        const { data, unreadable } = await readGuardrails(account());
        return { ...data, unreadable };
      },
    }),
    defineTool({
      name: "get_guardrail",
      title: "One guardrail",
      description: "One guardrail with all settings, and the keys and members that it is assigned to.",
      input: z.object({ guardrail: z.string().min(1).max(200).describe("Name, id, or 8 digits of the id or more") }),
      output: guardrail.extend({ keys: z.array(assignedKey), members: z.array(assignedMember) }),
      call: ({ guardrail }) => readGuardrail(account(), guardrail),
    }),
    defineTool({
      name: "list_assignments",
      title: "Assignments",
      description: "Which keys and which members have which guardrail.",
      input: z.object({}),
      output: z.object({
        keys: z.array(assignedKey.extend(ofGuardrail)),
        members: z.array(assignedMember.extend(ofGuardrail)),
        unreadable,
      }),
      call: async () => {
        const { data, unreadable } = await readAssignments(account());
        return { ...data, unreadable };
      },
    }),
  ];
}
