import type { SimulatedAccount, Simulator } from "../../../testing/simulator/index";

export interface RawResponse {
  status: number;
  /** Parsed, and loosely typed. */
  body: { data: never; error: { message: string; code: number }; [field: string]: unknown };
  headers: Headers;
}

export interface CallOptions {
  body?: unknown;
  /** Key to send, null for no key. Default: the account's management key. */
  key?: string | null;
  redirect?: "follow" | "manual";
  headers?: Record<string, string>;
}

/** Calls the simulator like any HTTP client: `ask("POST /keys", { body: { name: "ci" } })`. */
export function rawClient(simulator: Simulator, { managementKey }: SimulatedAccount = simulator) {
  const send = (call: string, { body, key = managementKey, redirect = "follow", ...more }: CallOptions = {}) => {
    const [method = "", path = ""] = call.split(" ");
    const headers = { ...more.headers, ...(key !== null && { authorization: `Bearer ${key}` }) };
    const content = typeof body === "string" ? body : JSON.stringify(body);
    return fetch(simulator.url + path, { method, headers, redirect, ...(body !== undefined && { body: content }) });
  };
  const ask = async (call: string, options?: CallOptions): Promise<RawResponse> => {
    const response = await send(call, options);
    return { status: response.status, headers: response.headers, body: (await response.json()) as RawResponse["body"] };
  };
  return { send, ask };
}
