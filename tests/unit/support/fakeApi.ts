import type { Api, Call } from "../../../provider/api/call";
import { fromWire, toWire } from "../../../provider/api/wire";

/** One request as the API receives it, with the names of the wire. */
export interface SentRequest {
  method: string;
  path: string;
  query?: object;
  body?: unknown;
}

/** A response with the names of the wire. An error is thrown instead. */
export type FakeResponse = object | ((sent: SentRequest) => object);

export interface FakeApi {
  api: Api;
  sent: SentRequest[];
  /** The requests as `METHOD /path`. */
  lines(): string[];
}

export const BASE_URL = "https://openrouter.ai/api/v1";
export const OPERATION = "do something";

/** An API that records each request and responds with what the function returns. */
export function responding(respond: (request: SentRequest) => object | Promise<object>, baseUrl = BASE_URL): FakeApi {
  const sent: SentRequest[] = [];
  async function request<Result>({ method, path, query, body, result }: Call<Result>): Promise<Result> {
    const received: SentRequest = {
      method,
      path: `/${path.join("/")}`,
      ...(query ? { query: toWire(query) as object } : {}),
      ...(body ? { body: toWire(JSON.parse(JSON.stringify(body))) } : {}),
    };
    sent.push(received);
    const response = await respond(received);
    if (response instanceof Error) throw response;
    return result.parse(fromWire(JSON.parse(JSON.stringify(response))));
  }
  return {
    api: { request, pause: async () => true, serverTime: () => undefined, operation: OPERATION, baseUrl },
    sent,
    lines: () => sent.map(({ method, path }) => `${method} ${path}`),
  };
}

/** An API that gives these responses in order. A request beyond the last one fails the test. */
export function scripted(...responses: FakeResponse[]): FakeApi {
  const remaining = [...responses];
  return responding((request) => {
    const response = remaining.shift();
    if (response === undefined) {
      throw new Error(
        `expected ${responses.length} requests, but one more was sent: ${request.method} ${request.path}`,
      );
    }
    return typeof response === "function" ? response(request) : response;
  });
}
