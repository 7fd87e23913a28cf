/** What was used in the last 30 completed UTC days: `/activity`. Today is never in it. */
import * as z from "zod";
import type { Api } from "./call";
import { data, nullableNumber } from "./shapes";

/** How far back the API goes. */
export const ACTIVITY_DAYS = 30;

const count = nullableNumber.transform((value) => value ?? 0);

/** The use of one model through one provider on one day. */
const activity = z
  .object({
    /** `YYYY-MM-DD`; a time that comes with it is dropped. */
    date: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d/)
      .transform((value) => value.slice(0, 10)),
    model: z.string(),
    providerName: z.string(),
    /** USD of credits. */
    usage: count,
    /** USD that providers charged to keys of the account's own. */
    byokUsageInference: count,
    requests: count,
    promptTokens: count,
    completionTokens: count,
    reasoningTokens: count,
  })
  .transform(({ byokUsageInference, ...rest }) => ({ ...rest, byokUsage: byokUsageInference }));
export type Activity = z.output<typeof activity>;

const activityList = data(z.array(activity));

/** Of the whole account, or of one key: rows don't tell which key they are of. */
export function listActivity(api: Api, apiKeyHash?: string): Promise<Activity[]> {
  return api.request({ method: "GET", path: ["activity"], query: { apiKeyHash }, result: activityList });
}
