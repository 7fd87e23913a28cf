/** Operations of the real client over a transport that gives scripted responses. */
import { z } from "zod";
import type { Api, Call } from "../../../provider/api/call";
import { type ApiContext, type Operation, startOperation } from "../../../provider/api/client";
import { Concurrency } from "../../../provider/api/concurrency";
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

/** The next responses, in order; an error is thrown in place of one. */
export function respond(...all: (HttpResponse | Error)[]): void {
  for (const each of all) {
    transport.mockImplementationOnce(async () => {
      if (each instanceof Error) throw each;
      return each;
    });
  }
}

/** What was sent, in order. */
export function sent(): HttpRequest[] {
  return transport.mock.calls.map(([request]) => request);
}

interface Circumstances extends Partial<Operation>, Partial<Pick<ApiContext, "clock" | "written">> {
  source?: ApiContext["settings"]["source"];
}

export function operation({ source = "environment", verb = "read", clock = {}, written }: Circumstances = {}): Api {
  const settings = { credential: fixedKey(new Secret("management-key")), baseUrl: BASE_URL, source };
  return startOperation(
    { settings, log: () => undefined, clock, concurrency: new Concurrency(), written: written ?? (() => undefined) },
    { verb, object: 'inference key "ci"' },
  );
}

/** Lets every wait pass at once, with fake timers. */
export async function settled<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  await jest.runAllTimersAsync();
  return work;
}
