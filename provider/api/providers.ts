/** The companies that serve models: `/providers`. Some servers require credentials. */
import * as z from "zod";
import type { Api } from "./call";
import { data, nullableString, nullableStringList } from "./shapes";

const provider = z.object({
  name: z.string(),
  /** As in the lists of a guardrail. */
  slug: z.string(),
  /** Countries by ISO 3166-1, such as `US`. */
  headquarters: nullableString,
  datacenters: nullableStringList,
  privacyPolicyUrl: nullableString,
  termsOfServiceUrl: nullableString,
  statusPageUrl: nullableString,
});
export type Provider = z.output<typeof provider>;

const providerList = data(z.array(provider));

export function listProviders(api: Api, authenticated = false): Promise<Provider[]> {
  return api.request({ method: "GET", path: ["providers"], result: providerList, authenticated });
}
