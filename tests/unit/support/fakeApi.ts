import type { Api, Call } from "../../../provider/api/call";
import { fromWire, toWire } from "../../../provider/api/wire";

/** One request, as the API would see it: with the names of the wire. */
export interface Sent {
  method: string;
  path: string;
  query?: object;
  body?: unknown;
}

/** What the API says, with the names of the wire; an error is thrown in its place. */
export type Answer = object | ((sent: Sent) => object);

export interface FakeApi {
  api: Api;
  sent: Sent[];
  /** The requests as `METHOD /path`. */
  lines(): string[];
}

export const BASE_URL = "https://openrouter.ai/api/v1";
export const OPERATION = "do something";

/** An API that records each request and gives it to a function. */
export function answering(answer: (sent: Sent) => object | Promise<object>, baseUrl = BASE_URL): FakeApi {
  const sent: Sent[] = [];
  async function request<Result>({ method, path, query, body, result }: Call<Result>): Promise<Result> {
    const call: Sent = {
      method,
      path: `/${path.join("/")}`,
      ...(query ? { query: toWire(query) as object } : {}),
      ...(body ? { body: toWire(JSON.parse(JSON.stringify(body))) } : {}),
    };
    sent.push(call);
    const said = await answer(call);
    if (said instanceof Error) throw said;
    return result.parse(fromWire(JSON.parse(JSON.stringify(said))));
  }
  return {
    api: { request, pause: async () => true, serverTime: () => undefined, operation: OPERATION, baseUrl },
    sent,
    lines: () => sent.map(({ method, path }) => `${method} ${path}`),
  };
}

/** An API that gives these answers in order. A request too many is a failure of the test. */
export function scripted(...answers: Answer[]): FakeApi {
  const left = [...answers];
  return answering((call) => {
    const answer = left.shift();
    if (answer === undefined) throw new Error(`one request too many: ${call.method} ${call.path}`);
    return typeof answer === "function" ? answer(call) : answer;
  });
}
