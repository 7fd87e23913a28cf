/** The providers of a model: `/models/{author}/{slug}/endpoints` and `/endpoints/zdr`. Some servers require credentials. */
import * as z from "zod";
import type { Api } from "./call";
import { price } from "./models";
import { data, nullableNumber, nullableString } from "./shapes";

/** Percentiles of the last 30 minutes. The API shows them only to requests with a key. */
const percentiles = z
  .object({ p50: nullableNumber, p90: nullableNumber })
  .nullish()
  .transform((value) => value ?? { p50: null, p90: null });

const endpoint = z.object({
  /** Provider and model, as the website shows it. */
  name: z.string(),
  /** Canonical slug of the model. */
  modelId: z.string(),
  providerName: z.string(),
  /** Distinguishes the endpoints of one model: `deepinfra/fp8`. */
  tag: z.string(),
  pricing: z.object({ prompt: price, completion: price }),
  contextLength: nullableNumber,
  maxCompletionTokens: nullableNumber,
  quantization: nullableString,
  /** Percent of the minutes of the last day in which at least 80% of the attempts succeeded. */
  uptimeLast1d: nullableNumber,
  /** Tokens per second. */
  throughputLast30m: percentiles,
  /** Milliseconds to the first token. */
  latencyLast30m: percentiles,
  /** Below 0 for a degraded endpoint, which gets requests last. */
  status: nullableNumber,
});
export type Endpoint = z.output<typeof endpoint>;

const endpointsOfModel = data(z.object({ endpoints: z.array(endpoint) })).transform(({ endpoints }) => endpoints);
const endpointList = data(z.array(endpoint));

/** @param model `author/slug`, or `author/slug:variant`. @throws NotFoundError */
export function listEndpoints(api: Api, model: string, authenticated = false): Promise<Endpoint[]> {
  const path = ["models", ...model.split("/"), "endpoints"];
  return api.request({ method: "GET", path, result: endpointsOfModel, authenticated });
}

/** The endpoints of all models with zero data retention. */
export function listZdrEndpoints(api: Api, authenticated = false): Promise<Endpoint[]> {
  return api.request({ method: "GET", path: ["endpoints", "zdr"], result: endpointList, authenticated });
}
