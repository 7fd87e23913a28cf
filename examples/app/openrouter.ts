import type { Settings } from "./settings";

/** A response that is not a success. A 4xx has cost nothing. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(`OpenRouter: ${status}: ${message}`);
  }

  /** The guardrail, or the account's settings, exclude the model or its providers. A different model may work. */
  get excludesModel(): boolean {
    return this.status === 404 || (this.status === 403 && /guardrail|data policy|not allowed/i.test(this.message));
  }
}

export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface Request {
  model: string;
  messages: Message[];
  max_tokens: number;
  user: string;
}

export interface Completion {
  id: string;
  choices: { message: { content: string } }[];
  usage?: { cost?: number };
}

/** A model of the catalog. Prices are USD per token or request, as strings. */
export interface CatalogModel {
  id: string;
  pricing: { prompt: string; completion: string; request?: string };
}

export type OpenRouter = ReturnType<typeof openRouter>;

/** @param app Title and address of the application, which OpenRouter shows in its statistics. */
export function openRouter({ apiKey, baseUrl }: Settings, app: { title: string; url: string }) {
  const authorization = `Bearer ${apiKey}`;

  async function call<Body>(path: string, headers: Record<string, string>, body?: Request): Promise<Body> {
    const response = await fetch(baseUrl + path, {
      headers,
      redirect: "error",
      signal: AbortSignal.timeout(60_000),
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    if (response.ok) return (await response.json()) as Body;
    const { error } = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
    throw new ApiError(response.status, error?.message ?? response.statusText);
  }

  return {
    complete: (request: Request) => {
      const attribution = { "http-referer": app.url, "x-title": `${app.title} (${request.user})` };
      const headers = { authorization, "content-type": "application/json", ...attribution };
      return call<Completion>("/chat/completions", headers, request);
    },
    /** Read without the key, because the settings of an account can hide models from it. */
    catalog: async () => (await call<{ data: CatalogModel[] }>("/models", {})).data,
    /** USD that the key has spent since midnight UTC, with all its users and processes. */
    spentToday: async () => (await call<{ data: { usage_daily: number } }>("/key", { authorization })).data.usage_daily,
    /** USD that a request cost. */
    costOf: async (id: string) => {
      const path = `/generation?id=${encodeURIComponent(id)}`;
      return (await call<{ data: { total_cost: number } }>(path, { authorization })).data.total_cost;
    },
  };
}
