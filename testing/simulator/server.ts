/** The HTTP server: each call from its request to its response, with the faults and hooks of a test in between. */

import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { bearerOf, callerOf, checkAccess, kindOfKey } from "./access";
import type { State } from "./account";
import { CONTROL_PATH } from "./control";
import { ApiError, badRequest, errorBody, notFound, oauthStatusBody } from "./errors";
import type { FaultScript, RequestHook } from "./faults";
import { matchPath } from "./paths";
import type { LoggedRequest } from "./requestLog";
import { redact } from "./requestLog";
import { send, sendFaulty, sendHtml } from "./responses";
import type { ApiResponse, Caller, Route } from "./route";
import { routes } from "./routes/index";

export const BASE_PATH = "/api/v1";

/** Shared by the server and the simulator that controls it. */
export interface Traffic {
  state: State;
  faults: FaultScript;
  requests: LoggedRequest[];
  latency: number;
  onRequest: RequestHook | undefined;
  inFlight: number;
  maxInFlight: number;
  /** Handles requests to `/__dashboard`. */
  control: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
}

interface Call {
  /** Below the base path, as sent. */
  path: string;
  route: Route | undefined;
  params: Record<string, string>;
  query: Record<string, string>;
  rawBody: string;
  /** Parsed JSON or form; undefined if it's empty or neither. */
  body: unknown;
  bearer: string | undefined;
  headers: IncomingHttpHeaders;
}

export function createApiServer(traffic: Traffic): Server {
  const server = createServer((request, response) => {
    serve(traffic, request, response).catch((error: unknown) => {
      // A bug in the simulator or in a test's hook: reported to the client.
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: errorBody(500, `simulator: ${String(error)}`) });
    });
  });
  // Only a fault may close the connection of a client that pauses between two calls.
  server.keepAliveTimeout = 120_000;
  return server;
}

async function serve(traffic: Traffic, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? "/", "http://simulator");
  const isControl = url.pathname === CONTROL_PATH || url.pathname.startsWith(`${CONTROL_PATH}/`);
  if (isControl && traffic.control) return traffic.control(request, response);
  // Like the website next to the API: a client with a wrong base URL gets a page.
  if (!url.pathname.startsWith(`${BASE_PATH}/`)) return sendHtml(response, 404);

  // Clients compute the age of objects from this header.
  response.setHeader("date", traffic.state.clock.now().toUTCString());
  countInFlight(traffic, response);
  const call = await receive(request, url);
  const caller = callerOf(traffic.state, call.bearer);
  const logged = log(traffic, request.method ?? "", call, caller);
  response.on("close", () => {
    if (response.headersSent) logged.status = response.statusCode;
    void traffic.onRequest?.("done", logged);
  });
  await respond(traffic, call, caller, logged, response);
}

function countInFlight(traffic: Traffic, response: ServerResponse): void {
  traffic.inFlight++;
  traffic.maxInFlight = Math.max(traffic.maxInFlight, traffic.inFlight);
  response.on("close", () => {
    traffic.inFlight--;
  });
}

async function receive(request: IncomingMessage, url: URL): Promise<Call> {
  const rawBody = await text(request);
  const path = url.pathname.slice(BASE_PATH.length);
  const match = findRoute(request.method ?? "", path);
  return {
    path,
    route: match?.route,
    params: match?.params ?? {},
    query: Object.fromEntries(url.searchParams),
    rawBody,
    body: match?.route.takesForm ? parseForm(request, rawBody) : parseJson(rawBody),
    bearer: bearerOf(request.headers.authorization),
    headers: request.headers,
  };
}

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path, path) : undefined;
    if (params) return { route, params };
  }
  return undefined;
}

function log(traffic: Traffic, method: string, call: Call, caller: Caller | undefined): LoggedRequest {
  const { path, query, rawBody, bearer } = call;
  const body = call.body ?? (call.route?.takesForm ? undefined : rawBody || undefined);
  const logged: LoggedRequest = {
    at: traffic.state.clock.now(),
    method,
    ...redact({ path, query, body }, bearer),
    authorization: kindOfKey(bearer, caller),
    account: caller?.account.name,
    status: undefined,
  };
  traffic.requests.push(logged);
  return logged;
}

/** Waits, then strikes or commits, then strikes or responds. The commit itself is synchronous, so nothing interleaves. */
async function respond(
  traffic: Traffic,
  call: Call,
  caller: Caller | undefined,
  logged: LoggedRequest,
  response: ServerResponse,
): Promise<void> {
  const fault = traffic.faults.next(logged);
  const waitIfHeld = traffic.faults.holds(logged);
  const errorBodyOf = call.route?.takesForm ? oauthStatusBody : undefined;
  if (traffic.latency > 0) await wait(traffic.latency);

  await waitIfHeld("before commit");
  await traffic.onRequest?.("before commit", logged);
  if (fault?.when === "before commit") {
    if (fault.effect !== "slow") return sendFaulty(response, fault, undefined, errorBodyOf);
    await wait(fault.ms);
  }

  if (needsSlash(traffic.state, logged)) {
    return sendFaulty(response, { effect: "redirect", location: `${BASE_PATH}${call.path}/` });
  }
  const result = resultOf(traffic.state, call, caller);

  await waitIfHeld("after commit");
  await traffic.onRequest?.("after commit", logged);
  if (response.destroyed) return;
  if (fault?.when === "after commit") return sendFaulty(response, fault, result, errorBodyOf);
  send(response, result);
}

function needsSlash({ switches }: State, { method, path }: LoggedRequest): boolean {
  return switches.trailingSlash === "required" && method === "POST" && path === "/keys";
}

function resultOf(state: State, call: Call, caller: Caller | undefined): ApiResponse {
  try {
    return handle(state, call, caller);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, body: errorBody(error.status, error.message) };
  }
}

function handle(state: State, call: Call, caller: Caller | undefined) {
  const { route, params, query, rawBody, body, bearer, headers } = call;
  if (!route) throw notFound("Not Found");
  checkAccess(state, route, bearer, caller);
  if (rawBody && body === undefined && !route.takesForm) throw badRequest("Invalid JSON");
  return route.handle({ state, params, query, body, headers }, caller);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseForm({ headers }: IncomingMessage, form: string): Record<string, string> | undefined {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  return isForm ? Object.fromEntries(new URLSearchParams(form)) : undefined;
}
