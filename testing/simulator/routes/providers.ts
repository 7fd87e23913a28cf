/** The companies that serve models: `/providers`. */
import { CATALOG } from "../catalog";
import type { ApiResponse, Route } from "../route";
import { ok } from "../route";

/** Countries by ISO 3166-1; those of the other providers are not known. */
const COUNTRIES: Readonly<Record<string, { headquarters: string; datacenters: string[] }>> = {
  Alibaba: { headquarters: "SG", datacenters: ["SG"] },
  Anthropic: { headquarters: "US", datacenters: ["US"] },
  Azure: { headquarters: "US", datacenters: ["US", "IE", "SE"] },
  DeepSeek: { headquarters: "CN", datacenters: ["CN"] },
  OpenAI: { headquarters: "US", datacenters: ["US", "IE"] },
};

function list(): ApiResponse {
  const names = new Set(CATALOG.filter(({ listed }) => listed).flatMap(({ providers }) => providers));
  return ok({ data: [...names].sort().map(providerBody) });
}

function providerBody(name: string) {
  const slug = name.toLowerCase().replaceAll(" ", "-");
  const known = COUNTRIES[name];
  return {
    name,
    slug,
    headquarters: known?.headquarters ?? null,
    datacenters: known?.datacenters ?? null,
    privacy_policy_url: known ? `https://${slug}.example/privacy` : null,
    terms_of_service_url: known ? `https://${slug}.example/terms` : null,
    status_page_url: known ? `https://status.${slug}.example` : null,
  };
}

export const providerRoutes: readonly Route[] = [{ method: "GET", path: "/providers", needs: "nothing", handle: list }];
