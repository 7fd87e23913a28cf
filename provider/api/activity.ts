/** Usage in the last 30 completed UTC days, without today: `/activity`. */
import * as z from "zod";
import type { Api } from "./call";
import { data, nullableNumber, nullableString } from "./shapes";

export const ACTIVITY_DAYS = 30;

const count = nullableNumber.transform((value) => value ?? 0);

/** Usage of one model through one provider on one day. */
const activity = z
  .object({
    /** `YYYY-MM-DD`; a time after it is dropped. */
    date: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d/)
      .transform((value) => value.slice(0, 10)),
    model: z.string(),
    providerName: z.string(),
    /** USD of credits. */
    usage: count,
    /** USD that providers charged to the account's own provider keys. */
    byokUsageInference: count,
    requests: count,
    promptTokens: count,
    completionTokens: count,
    reasoningTokens: count,
    /** Only in rows that are split by workspace. */
    workspaceId: nullableString,
  })
  .transform(({ byokUsageInference, ...rest }) => ({ ...rest, byokUsage: byokUsageInference }));
export type Activity = z.output<typeof activity>;

const activityList = data(z.array(activity));

export interface ActivityFilter {
  apiKeyHash?: string | undefined;
  userId?: string | undefined;
  /** Splits rows by workspace. */
  groupBy?: "workspace" | undefined;
}

/** Usage of the account, or of one key or user. The rows name neither. */
export function listActivity(api: Api, query: ActivityFilter = {}): Promise<Activity[]> {
  return api.request({ method: "GET", path: ["activity"], query: { ...query }, result: activityList });
}
