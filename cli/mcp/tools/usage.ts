/** The tool that shows what was spent, and on what. */
import { z } from "zod";
import { ANALYTICS_DAYS } from "../../../provider/api/analytics";
import { GROUPINGS } from "../../usage/groups";
import { readUsageReport } from "../../usage/readReport";
import type { Session } from "../session";
import { keyChoice, sums, text, unreadable } from "../shapes";
import { defineTool, type Tool } from "../tool";
import { definedOf } from "./keys";

const counters = z.object({ spent: z.number().describe("USD of credits"), spentByok: z.number() });
const byTime = { today: counters, week: counters, month: counters, ever: counters };
const day = z.iso.date();

const input = z.object({
  by: z.array(z.enum(GROUPINGS)).min(1).max(2).default(["day"]).describe("What to group by, one or two"),
  days: z
    .int()
    .min(1)
    .max(ANALYTICS_DAYS - 1)
    .default(7)
    .describe("How many completed UTC days"),
  date: z
    .union([day, z.literal("today")])
    .optional()
    .describe("Only this UTC day, instead of days"),
  from: day.optional().describe("First UTC day, instead of days"),
  to: day.optional().describe("Last UTC day; default: today"),
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .optional()
    .describe("Only this month, instead of days: 2026-11"),
  key: keyChoice.optional(),
  user: z.string().max(200).optional().describe("Only the keys of this user, by id: user_…"),
  top: z.int().min(1).max(1000).optional().describe("Only so many groups, those that spent the most"),
  rows: z.boolean().default(false).describe("Ungrouped: each day, model and provider"),
  counters: z.boolean().default(false).describe("Only the counters of the keys, without any days"),
});

const output = z.object({
  key: z.object({ hash: z.string(), name: z.string() }).nullable(),
  user: text.describe("Id of the user that the report is limited to"),
  ...byTime,
  keys: z.array(z.object({ name: z.string(), hash: z.string(), ...byTime })).nullable(),
  range: z
    .object({
      from: z.string(),
      to: z.string(),
      by: z.string(),
      source: z.enum(["activity", "analytics"]),
      missing: z.array(z.string()).describe("Days or parts that could not be read"),
      groups: z.array(
        z.object({
          name: z.string(),
          of: z.partialRecord(z.enum(GROUPINGS), z.string()),
          hash: text.optional(),
          ...sums,
        }),
      ),
      omitted: z.number(),
      total: z.object(sums),
    })
    .nullable(),
  unreadable,
});

export function usageTools({ account }: Session): Tool[] {
  return [
    defineTool({
      name: "get_usage",
      title: "Usage",
      description:
        "Spending and tokens of UTC days by day, model, provider, key, user or workspace, or by two of them, and the current counters of the keys (today, this week, this month, ever).",
      input,
      output,
      call: async ({ date, from, to, month, ...chosen }) => {
        // At most one of these chooses the days.
        const days = definedOf(date ? { date } : month ? { month } : { from, to });
        const options = { ...definedOf(chosen), ...days, by: chosen.by, days: chosen.days };
        const found = await readUsageReport(account(), options, chosen.by.includes("key"), () => undefined);
        const failed = found.failure ? [found.failure.message] : [];
        return { ...found.data, unreadable: [...found.unreadable, ...failed] };
      },
    }),
  ];
}
