import { RateLimitError, RequestError, ServerError } from "../errors";
import type { Api } from "./call";
import type { HttpRequest, HttpResponse } from "./transport";

/** Sends a request that is safe to repeat, outside the management API, until the response is one to act on. */
export async function patientSend(
  api: Api,
  request: HttpRequest,
  excerpt: (text: string) => string,
): Promise<HttpResponse> {
  // Imported lazily: check and diff need no HTTP client.
  const { send } = await import("./transport");
  for (let attempts = 1; ; attempts++) {
    try {
      const { operation } = request;
      const answer = await send(request);
      const { status, text, retryAfter } = answer;
      if (status === 429) throw new RateLimitError(operation, status, excerpt(text), retryAfter);
      if (status >= 500 || status === 408) throw new ServerError(operation, status, excerpt(text), retryAfter);
      return answer;
    } catch (error) {
      if (!(error instanceof RequestError) || !(await api.pause(error, attempts))) throw error;
    }
  }
}
