/** The HTTP server: one call from its arrival to its answer, with everything that a test can do to it in between. */

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import findMyWay from "find-my-way";
import { bearerOf, callerOf, checkAccess, kindOfKey } from "./access";
import type { State } from "./account";
import { send, sendFaulty, sendHtml } from "./answers";
import { ApiError, badRequest, errorBody, notFound, oauthFailure } from "./errors";
import type { FaultScript, RequestHook } from "./faults";
import type { LoggedRequest } from "./requestLog";
import { withoutSecrets } from "./requestLog";
import type { Answer, Caller, Route } from "./route";
import { routes } from "./routes/index";

export const BASE_PATH = "/api/v1";

/** What the server shares with the simulator that controls it. */
export interface Traffic {
  state: State;
  faults: FaultScript;
  requests: LoggedRequest[];
  latency: number;
  onRequest: RequestHook | undefined;
  inFlight: number;
  mostInFlight: number;
  /** Takes a request that isn't the API's, and tells whether it did. */
  control: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>) | undefined;
}

interface Call {
  /** Below the base path, as it was sent. */
  path: string;
  route: Route | undefined;
  params: Record<string, string>;
  query: Record<string, string>;
  text: string;
  /** The text as JSON or as a form; undefined if it's empty or neither. */
  body: unknown;
  bearer: string | undefined;
}

export function createApiServer(traffic: Traffic): Server {
  const find = createRouter();
  const server = createServer((request, response) => {
    serve(traffic, find, request, response).catch((error: unknown) => {
      // A mistake in the simulator or in a test's hook: shown to whoever called.
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: errorBody(500, `simulator: ${String(error)}`) });
    });
  });
  // No client that pauses between two calls shall find its connection closed, unless a fault closes it.
  server.keepAliveTimeout = 120_000;
  return server;
}

type FindRoute = (method: string, path: string) => { route: Route; params: Record<string, string> } | undefined;

function createRouter(): FindRoute {
  const router = findMyWay({ ignoreTrailingSlash: true });
  for (const route of routes) router.on(route.method, route.path, () => {}, route);
  return (method, path) => {
    const match = router.find(method as Route["method"], path);
    return match?.store && { route: match.store as Route, params: match.params as Record<string, string> };
  };
}

async function serve(traffic: Traffic, find: FindRoute, request: IncomingMessage, response: ServerResponse) {
  if (await traffic.control?.(request, response)) return;
  const url = new URL(request.url ?? "/", "http://simulator");
  // Beside the API is the website: a client with a wrong base URL gets a page.
  if (!url.pathname.startsWith(`${BASE_PATH}/`)) return sendHtml(response, 404);

  // The time by which a client judges how old an object is.
  response.setHeader("date", traffic.state.clock.now().toUTCString());
  countInFlight(traffic, response);
  const call = await receive(find, request, url);
  const caller = callerOf(traffic.state, call.bearer);
  const logged = log(traffic, request.method ?? "", call, caller);
  response.on("close", () => {
    if (response.headersSent) logged.status = response.statusCode;
    void traffic.onRequest?.("over", logged);
  });
  await answer(traffic, call, caller, logged, response);
}

function countInFlight(traffic: Traffic, response: ServerResponse): void {
  traffic.inFlight++;
  traffic.mostInFlight = Math.max(traffic.mostInFlight, traffic.inFlight);
  response.on("close", () => {
    traffic.inFlight--;
  });
}

async function receive(find: FindRoute, request: IncomingMessage, url: URL): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = url.pathname.slice(BASE_PATH.length);
  const match = find(request.method ?? "", path);
  const text = Buffer.concat(chunks).toString("utf8");
  return {
    path,
    route: match?.route,
    params: match?.params ?? {},
    query: Object.fromEntries(url.searchParams),
    text,
    body: match?.route.takesForm ? formOf(request, text) : jsonOf(text),
    bearer: bearerOf(request.headers.authorization),
  };
}

function log(traffic: Traffic, method: string, call: Call, caller: Caller | undefined): LoggedRequest {
  const { path, query, text, bearer } = call;
  const body = call.body ?? (call.route?.takesForm ? undefined : text || undefined);
  const logged: LoggedRequest = {
    at: traffic.state.clock.now(),
    method,
    ...withoutSecrets({ path, query, body }, bearer),
    authorization: kindOfKey(bearer, caller),
    account: caller?.account.name,
    status: undefined,
  };
  traffic.requests.push(logged);
  return logged;
}

/** Waits, fault or commit, fault or answer. The commit itself is one step that nothing can come between. */
async function answer(
  traffic: Traffic,
  call: Call,
  caller: Caller | undefined,
  logged: LoggedRequest,
  response: ServerResponse,
): Promise<void> {
  const fault = traffic.faults.next(logged);
  const waitIfHeld = traffic.faults.holds(logged);
  const bodyOfError = call.route?.takesForm ? oauthFailure : undefined;
  if (traffic.latency > 0) await wait(traffic.latency);

  await waitIfHeld("before commit");
  await traffic.onRequest?.("before commit", logged);
  if (fault?.when === "before commit") {
    if (fault.effect !== "slow") return sendFaulty(response, fault, undefined, bodyOfError);
    await wait(fault.ms);
  }

  if (needsSlash(traffic.state, logged)) return sendFaulty(response, toSlash(call));
  const result = resultOf(traffic.state, call, caller);

  await waitIfHeld("after commit");
  await traffic.onRequest?.("after commit", logged);
  if (response.destroyed) return;
  if (fault?.when === "after commit") return sendFaulty(response, fault, result, bodyOfError);
  send(response, result);
}

function needsSlash({ switches }: State, { method, path }: LoggedRequest): boolean {
  return switches.trailingSlash === "required" && method === "POST" && path === "/keys";
}

function toSlash({ path }: Call) {
  return { effect: "redirect", location: `${BASE_PATH}${path}/` } as const;
}

function resultOf(state: State, call: Call, caller: Caller | undefined): Answer {
  try {
    return handle(state, call, caller);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const userId = state.switches.errorsNameUser ? caller?.account.owner_user_id : undefined;
    return { status: error.status, body: errorBody(error.status, error.message, userId) };
  }
}

function handle(state: State, { route, params, query, text, body, bearer }: Call, caller: Caller | undefined): Answer {
  if (!route) throw notFound("Not Found");
  checkAccess(state, route, bearer, caller);
  if (text && body === undefined && !route.takesForm) throw badRequest("Invalid JSON");
  return route.handle({ state, params, query, body }, caller);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function formOf({ headers }: IncomingMessage, text: string): Record<string, string> | undefined {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  return isForm ? Object.fromEntries(new URLSearchParams(text)) : undefined;
}
