import { RateLimitError, RequestError, ServerError } from "../errors";
import type { Api } from "./call";
import type { HttpRequest, HttpResponse } from "./transport";

/** Sends a retryable request that is not one of the management API, until the response is final. */
export async function sendWithRetries(
  api: Api,
  request: HttpRequest,
  describe: (text: string) => string,
): Promise<HttpResponse> {
  const { operation } = request;
  // Imported lazily: check and diff need no HTTP client.
  const { send } = await import("./transport");
  for (let attempts = 1; ; attempts++) {
    try {
      const response = await send(request);
      const { status, text, retryAfter } = response;
      if (status === 429) throw new RateLimitError(operation, status, describe(text), retryAfter);
      if (status >= 500 || status === 408) throw new ServerError(operation, status, describe(text), retryAfter);
      return response;
    } catch (error) {
      if (!(error instanceof RequestError) || !(await api.pause(error, attempts))) throw error;
    }
  }
}
