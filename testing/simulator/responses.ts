/** Sends a response, or the failure that a fault asks for instead. */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { errorBody } from "./errors";
import type { FaultEffect } from "./faults";
import type { ApiResponse } from "./route";

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

export function send(response: ServerResponse, { status, body }: ApiResponse): void {
  const json = JSON.stringify(body);
  response.writeHead(status, { ...JSON_TYPE, "content-length": Buffer.byteLength(json) }).end(json);
}

export function sendHtml(response: ServerResponse, status: number): void {
  const html = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(html);
}

/** For a fault before the commit, when there is no response yet to spoil. */
const PLACEHOLDER: ApiResponse = { status: 200, body: { data: { hash: "0".repeat(64), name: "not committed" } } };

export async function sendFaulty(
  response: ServerResponse,
  fault: FaultEffect,
  intended: ApiResponse = PLACEHOLDER,
  bodyOf = errorBody,
): Promise<void> {
  switch (fault.effect) {
    case "drop":
      response.destroy();
      return;
    case "status": {
      const { status, retryAfter, message = DEFAULT_MESSAGES[status] ?? "Internal Server Error" } = fault;
      const header = retryAfter instanceof Date ? retryAfter.toUTCString() : retryAfter;
      if (header !== undefined) response.setHeader("retry-after", header);
      return send(response, { status, body: bodyOf(status, message) });
    }
    case "html":
      return sendHtml(response, fault.status);
    case "redirect":
      response.writeHead(fault.status ?? 307, { location: fault.location }).end();
      return;
    case "shape": {
      const body = typeof fault.body === "function" ? fault.body(intended.body) : fault.body;
      return send(response, { status: intended.status, body });
    }
    case "oversized":
      response.writeHead(200, JSON_TYPE);
      Readable.from(unfinishedJson(fault.bytes ?? 64 * 1024 * 1024)).pipe(response);
      return;
    case "truncated":
      return sendHalf(response, intended, fault.declared === "half");
    case "reset":
      return sendHalfAndReset(response, intended);
    case "slow":
      return sendLate(response, intended, fault);
  }
}

const DEFAULT_MESSAGES: Readonly<Record<number, string>> = {
  400: "Invalid request parameters",
  401: "Missing Authentication header",
  403: "Only management keys can perform this operation",
  404: "Resource not found",
  409: "Resource conflict. Please try again later.",
  429: "Rate limit exceeded",
  503: "Service unavailable",
};

function* unfinishedJson(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024, " ");
  yield Buffer.from('{"data":"');
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
}

async function sendHalf(response: ServerResponse, intended: ApiResponse, declareHalf: boolean): Promise<void> {
  const { half, length } = firstHalf(intended);
  response.writeHead(intended.status, { ...JSON_TYPE, "content-length": declareHalf ? half.length : length });
  if (declareHalf) {
    response.end(half);
    return;
  }
  await new Promise<void>((resolve) => response.write(half, () => resolve()));
  response.socket?.end();
}

/** Long enough for the client to read the first half: a reset discards data in transit. */
const BEFORE_RESET_MS = 20;

async function sendHalfAndReset(response: ServerResponse, intended: ApiResponse): Promise<void> {
  const { half, length } = firstHalf(intended);
  response.writeHead(intended.status, { ...JSON_TYPE, "content-length": length }).write(half);
  await wait(BEFORE_RESET_MS);
  (response.socket as Socket | null)?.resetAndDestroy();
}

function firstHalf({ body }: ApiResponse): { half: Buffer; length: number } {
  const whole = Buffer.from(JSON.stringify(body));
  return { half: whole.subarray(0, Math.ceil(whole.length / 2)), length: whole.length };
}

async function sendLate(
  response: ServerResponse,
  intended: ApiResponse,
  { ms, part }: { ms: number; part?: "response" | "body" },
): Promise<void> {
  const json = JSON.stringify(intended.body);
  if (part === "body") {
    response.writeHead(intended.status, { ...JSON_TYPE, "content-length": Buffer.byteLength(json) }).flushHeaders();
  }
  await wait(ms);
  if (response.destroyed) return;
  if (part === "body") response.end(json);
  else send(response, intended);
}
