/** Reads the endpoints of models. The data of `models endpoints` and `models zdr`. */
import { type Endpoint, listEndpoints, listZdrEndpoints } from "../../provider/api/endpoints";
import { clean } from "../../provider/text";
import type { Account } from "../shared/account";
import { type Sources, withKeyIfRequired } from "../shared/catalog";
import { perMillionTokens } from "./filter";
import { readModel } from "./read";
import { compare, meanPrice, UNITS } from "./sort";

export const ENDPOINT_SORTS = ["price", "context", "throughput", "latency", "uptime"] as const;

export interface EndpointChoice {
  sort?: (typeof ENDPOINT_SORTS)[number];
  limit?: number;
  /** Degraded ones too. */
  all?: boolean;
  /** Only those with zero data retention. */
  zdr?: boolean;
  /** With throughput and latency, which the API shows only to requests with a key. */
  speed?: boolean;
}

const ENDPOINT_UNITS = {
  ...UNITS,
  uptimeLast1d: "percent of the minutes in which at least 80% of the attempts succeeded",
  throughputLast30m: "tokens per second",
  latencyLast30m: "milliseconds to the first token",
  status: "0; below 0: degraded",
} as const;

export interface EndpointData extends Endpoint {
  pricePerMillion: { input: number | null; output: number | null };
  zdr: boolean;
}

/** Fields keep their names; new ones may be added. */
export interface EndpointsData {
  model: string;
  units: typeof ENDPOINT_UNITS;
  endpoints: EndpointData[];
  /** How many degraded ones are not in the list. */
  degraded: number;
}

/** @throws UsageError with the candidates unless the name means one model */
export async function readEndpoints(
  sources: Sources,
  name: string,
  { sort, limit, all = false, zdr = false, speed = false }: EndpointChoice = {},
): Promise<EndpointsData> {
  const { id } = await readModel(sources, name);
  const withKey = speed || sort === "throughput" || sort === "latency";
  const read = (account: Account, authenticated: boolean) => readBoth(account, id, authenticated);
  const found = withKey ? await read(sources.account(), true) : await withKeyIfRequired(sources, read);
  const withZdr = new Set(found.zdr.map(({ name, tag }) => `${name} ${tag}`));
  const endpoints = found.all
    .map((endpoint) => endpointData(endpoint, withZdr.has(`${endpoint.name} ${endpoint.tag}`)))
    .filter((endpoint) => !zdr || endpoint.zdr);
  const shown = endpoints.filter((endpoint) => all || !isDegraded(endpoint));
  return {
    ...{ model: id, units: ENDPOINT_UNITS, endpoints: sortedEndpoints(shown, sort).slice(0, limit) },
    degraded: endpoints.length - shown.length,
  };
}

async function readBoth(
  account: Account,
  model: string,
  authenticated: boolean,
): Promise<{ all: Endpoint[]; zdr: Endpoint[] }> {
  const all = await listEndpoints(account.start("read", `the endpoints of ${clean(model)}`), model, authenticated);
  return { all, zdr: await readZdr(account, authenticated) };
}

/** The endpoints of all models with zero data retention. */
export async function readZdrEndpoints(sources: Sources): Promise<EndpointData[]> {
  return (await withKeyIfRequired(sources, readZdr)).map((endpoint) => endpointData(endpoint, true));
}

export interface ZdrEndpointsData {
  units: typeof ENDPOINT_UNITS;
  endpoints: EndpointData[];
}

/** @param text Part of the model, the provider or the tag. */
export async function readMatchingZdrEndpoints(sources: Sources, text = ""): Promise<ZdrEndpointsData> {
  const isMatch = ({ name, modelId, tag }: Endpoint) =>
    `${name} ${modelId} ${tag}`.toLowerCase().includes(text.toLowerCase());
  return { units: ENDPOINT_UNITS, endpoints: (await readZdrEndpoints(sources)).filter(isMatch) };
}

function readZdr(account: Account, authenticated: boolean): Promise<Endpoint[]> {
  return listZdrEndpoints(account.start("read", "the endpoints with zero data retention"), authenticated);
}

function endpointData(endpoint: Endpoint, zdr: boolean): EndpointData {
  const { prompt, completion } = endpoint.pricing;
  const pricePerMillion = { input: perMillionTokens(prompt), output: perMillionTokens(completion) };
  return { ...endpoint, pricePerMillion, zdr };
}

export function isDegraded({ status }: Endpoint): boolean {
  return status !== null && status < 0;
}

/** The best first; what is unknown comes last. */
function sortedEndpoints(endpoints: readonly EndpointData[], sort: EndpointChoice["sort"]): EndpointData[] {
  if (sort === undefined) return [...endpoints];
  return [...endpoints].sort((a, b) => compare(badness(a, sort), badness(b, sort)));
}

function badness(endpoint: EndpointData, sort: NonNullable<EndpointChoice["sort"]>): number {
  const unknown = Number.POSITIVE_INFINITY;
  switch (sort) {
    case "price":
      return meanPrice(endpoint);
    case "context":
      return -(endpoint.contextLength ?? -unknown);
    case "throughput":
      return -(endpoint.throughputLast30m.p50 ?? -unknown);
    case "latency":
      return endpoint.latencyLast30m.p50 ?? unknown;
    case "uptime":
      return -(endpoint.uptimeLast1d ?? -unknown);
  }
}
