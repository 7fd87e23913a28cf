/** Operations of the real client over a transport that gives scripted responses. */
import { z } from "zod";
import type { Api, Call } from "../../../provider/api/call";
import { type ApiContext, type Operation, startOperation } from "../../../provider/api/client";
import { fixedKey } from "../../../provider/api/credential";
import { type HttpRequest, type HttpResponse, send } from "../../../provider/api/transport";
import { Secret } from "../../../provider/secret";

jest.mock("../../../provider/api/transport", () => ({ send: jest.fn() }));

export const transport = jest.mocked(send);

export const BASE_URL = "https://openrouter.ai/api/v1";

export const reading: Call<{ someName: string }> = {
  method: "GET",
  path: ["keys"],
  result: z.object({ someName: z.string() }),
};
export const creating: Call<{ someName: string }> = {
  ...reading,
  method: "POST",
  body: { limit: 1 },
  isRetryable: false,
};

export const OK: HttpResponse = { status: 200, text: '{"some_name":"x"}' };

export function refusal(status: number, message: unknown = "no"): HttpResponse {
  return { status, text: JSON.stringify({ error: { code: status, message } }) };
}

/** Scripts the next responses, in order. An error is thrown. */
export function respond(...all: (HttpResponse | Error)[]): void {
  for (const each of all) {
    transport.mockImplementationOnce(async () => {
      if (each instanceof Error) throw each;
      return each;
    });
  }
}

/** The requests that were sent, in order. */
export function sent(): HttpRequest[] {
  return transport.mock.calls.map(([request]) => request);
}

interface Circumstances extends Partial<Operation>, Partial<Pick<ApiContext, "clock" | "log" | "written">> {
  source?: ApiContext["settings"]["source"];
}

/** A key that only the known secrets can redact: it has no known format. */
export const MANAGEMENT_KEY = "management-key-of-no-known-form";

export function operation({ source = "environment", verb = "read", clock = {}, ...hooks }: Circumstances = {}): Api {
  const settings = { credential: fixedKey(new Secret(MANAGEMENT_KEY)), baseUrl: BASE_URL, source };
  const context = { settings, clock, log: () => undefined, written: () => undefined, ...hooks };
  return startOperation(context, { verb, object: 'inference key "ci"' });
}

/** Runs every wait at once, with fake timers. */
export async function settled<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  await jest.runAllTimersAsync();
  return work;
}
