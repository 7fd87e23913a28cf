/** Purchased and used credits of the account: `/credits`. */
import * as z from "zod";
import type { Api } from "./call";
import { data } from "./shapes";

/** USD since the account was created. */
const credits = z.object({ totalCredits: z.number(), totalUsage: z.number() });
export type Credits = z.output<typeof credits>;

export function readCredits(api: Api): Promise<Credits> {
  return api.request({ method: "GET", path: ["credits"], result: data(credits) });
}
