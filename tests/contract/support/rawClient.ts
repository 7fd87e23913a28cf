import type { SimulatedAccount, Simulator } from "../../../testing/simulator/index";

export interface RawAnswer {
  status: number;
  /** Parsed; as loosely typed as the wire is. */
  body: { data: never; error: { message: string; code: number }; [field: string]: unknown };
  headers: Headers;
}

export interface CallOptions {
  body?: unknown;
  /** Whose key to send; null for none. The first account's management key unless given. */
  key?: string | null;
  redirect?: "follow" | "manual";
}

/** Calls the simulator as any HTTP client would: `ask("POST /keys", { body: { name: "ci" } })`. */
export function rawClient(simulator: Simulator, { managementKey }: SimulatedAccount = simulator) {
  const send = (call: string, { body, key = managementKey, redirect = "follow" }: CallOptions = {}) => {
    const [method = "", path = ""] = call.split(" ");
    const headers = { ...(key !== null && { authorization: `Bearer ${key}` }) };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return fetch(simulator.url + path, { method, headers, redirect, ...(body !== undefined && { body: text }) });
  };
  const ask = async (call: string, options?: CallOptions): Promise<RawAnswer> => {
    const response = await send(call, options);
    return { status: response.status, headers: response.headers, body: (await response.json()) as RawAnswer["body"] };
  };
  return { send, ask };
}
