/** Tools that compare the account with stacks, and show the cost of a change of them. */
import { z } from "zod";
import { readAuditReport } from "../../audit/read";
import { readReview } from "../../review/read";
import { projectFile } from "../projectFiles";
import type { Session } from "../session";
import { text, unreadable } from "../shapes";
import { defineTool, type Tool } from "../tool";

/** An object with the fields that docs/commands and docs/review.md describe. */
const described = z.record(z.string(), z.unknown());

const audit = z.object({
  account: z.object({ id: text, baseUrl: z.string(), workspaces: z.array(z.string()) }),
  states: z.array(described),
  keys: z.array(described).describe("Each with status managed, unmanaged or orphaned, managedBy, and findings"),
  guardrails: z.array(described),
  missing: z.array(described).describe("In a state, but not in the account"),
  drift: z.array(described).describe("Assignments that differ from a state"),
  unreadable,
});

export const review = z.object({
  verdict: z.enum(["passed", "failed", "undecided"]).nullable().describe("Of the gates; null without gates"),
  stack: text,
  scope: z.string(),
  totals: described.describe("USD a month and once, before and after"),
  unknownValues: z.number(),
  usage: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .describe("The days whose spending is next to the limits"),
  callouts: z.array(described).describe("What to check before approving"),
  keys: z.array(described),
  guardrails: z.array(described),
  members: z.array(described),
  assignmentSets: z.array(described),
  exposures: z.array(described),
  gates: z.array(described),
  warnings: z.array(z.string()),
  unreadable,
});

export function stackTools({ account, states, terminal, options }: Session): Tool[] {
  return [
    defineTool({
      name: "audit_account",
      title: "Comparison with stacks",
      description:
        "Compares every key, guardrail and assignment with the states of the stacks that the user named at the start: what is managed, unmanaged, orphaned, missing or drifted.",
      input: z.object({}),
      output: audit,
      call: async () => {
        const { data, inventory } = await readAuditReport(account(), await states());
        return { ...data, unreadable: [...inventory.unreadable] };
      },
    }),
    defineTool({
      name: "review_preview",
      title: "Cost of a preview",
      description:
        "Shows how much more or less each key may spend after a change, from the output of `pulumi preview --json`, which you or the user saved in the project. It runs nothing.",
      input: z.object({
        preview: z.string().max(500).describe("File in the project with the output of `pulumi preview --json`"),
        state: z.string().max(500).optional().describe("File in the project with the output of `pulumi stack export`"),
        usage: z.boolean().default(false).describe("Also read what each key spent"),
      }),
      output: review,
      call: async ({ preview, state, usage }) => {
        const path = (name: string) => projectFile(options.cwd, name, /\.json$/).path;
        const files = {
          ...(options.cwd !== undefined && { cwd: options.cwd }),
          ...(state && { state: [path(state)] }),
        };
        const { data, unread } = await readReview(terminal, path(preview), { ...files, usage }, Date.now());
        return { ...data, unreadable: unread };
      },
    }),
  ];
}
