/** Posts to a webhook. Its URL is a credential, so it comes only from the environment and is never printed. */
import { ConnectionError, InvalidResponseError, TimeoutError } from "../../provider/errors";
import { isLoopback } from "../../provider/loopback";
import { Secret } from "../../provider/secret";
import { VERSION } from "../shared/envelope";
import { type Terminal, UsageError } from "../shared/terminal";

const TIMEOUT_MS = 10_000;

export interface Webhook {
  /** The environment variable that has the URL. */
  variable: string;
  url: URL;
}

/**
 * @param environment Of the process. Files of variables don't count: those of a cloned repository could choose the receiver.
 * @throws UsageError that names the variable and never its value
 */
export function webhookFrom(environment: NodeJS.ProcessEnv, variable: string, terminal: Terminal): Webhook {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(variable)) {
    throw new UsageError("webhook-variable: must be the name of an environment variable that has the URL, not the URL");
  }
  const value = environment[variable]?.trim();
  if (!value) {
    throw new UsageError(
      `webhook-variable: ${variable} is not set in the environment; --env-file, .env.local and .env don't count`,
    );
  }
  terminal.protect(() => secretsIn(value));
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const problem = problemOf(url);
  if (!url || problem) throw new UsageError(`webhook-variable: ${variable} ${problem}`);
  return { variable, url };
}

function problemOf(url: URL | undefined): string | undefined {
  if (!url) return "is not a URL";
  if (url.username || url.password) return "has a user name or password, which is not supported";
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) return undefined;
  return "must be an https URL; http is accepted on loopback only";
}

/** A message may contain only a part of the URL. */
function secretsIn(value: string): Secret[] {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const parts = url ? [url.href, `${url.pathname}${url.search}`, url.pathname] : [];
  return [value, ...parts].filter((part) => part.length >= 8).map((part) => new Secret(part));
}

/** @throws Error unless the receiver responds with 2xx */
export async function postTo({ variable, url }: Webhook, body: string): Promise<void> {
  const headers = { "content-type": "application/json", "user-agent": `pulumi-openrouter/${VERSION}` };
  const operation = `post to the webhook in ${variable}`;
  let problem: string | undefined;
  try {
    const { send } = await import("../../provider/api/transport");
    const { status } = await send({ operation, method: "POST", url, headers, body, timeout: TIMEOUT_MS });
    problem = statusProblem(status);
  } catch (error) {
    problem = failure(error);
    if (problem === undefined) throw error;
  }
  if (problem) throw new Error(`${operation}: ${problem}. The next run posts again.`);
}

function statusProblem(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return `it redirects (${status}), which is not followed; set the final URL`;
  const isGone = status === 401 || status === 403 || status === 404 || status === 410;
  return `it responded with status ${status}${isGone ? "; check that the webhook still exists" : ""}`;
}

function failure(error: unknown): string | undefined {
  if (error instanceof TimeoutError) return `no complete response within ${TIMEOUT_MS / 1000} s`;
  if (error instanceof ConnectionError) return `no connection, or a lost one${codeOf(error.cause)}`;
  return error instanceof InvalidResponseError ? "the response is too large" : undefined;
}

/** Only the code: the message may have the address. */
function codeOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? ` (${code})` : "";
}
