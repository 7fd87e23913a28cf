/** Sending an answer, or what a fault makes of it. */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { errorBody } from "./errors";
import type { FaultEffect } from "./faults";
import type { Answer } from "./route";

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

export function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { ...JSON_TYPE, "content-length": Buffer.byteLength(text) }).end(text);
}

export function sendHtml(response: ServerResponse, status: number): void {
  const text = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(text);
}

/** Before the commit there is no answer yet: a fault that spoils one spoils this. */
const STAND_IN: Answer = { status: 200, body: { data: { hash: "0".repeat(64), name: "not committed" } } };

export async function sendFaulty(
  response: ServerResponse,
  fault: FaultEffect,
  answer: Answer = STAND_IN,
  bodyOfError = errorBody,
): Promise<void> {
  switch (fault.effect) {
    case "drop":
      response.destroy();
      return;
    case "status":
      return sendFailure(response, fault, bodyOfError);
    case "html":
      return sendHtml(response, fault.status);
    case "redirect":
      response.writeHead(fault.status ?? 307, { location: fault.location }).end();
      return;
    case "shape":
      return send(response, { status: answer.status, body: reshaped(fault.body, answer.body) });
    case "oversized":
      return sendEndless(response, fault.bytes ?? 64 * 1024 * 1024);
    case "truncated":
      return sendHalf(response, answer, fault.declared === "half");
    case "reset":
      return sendHalfAndReset(response, answer);
    case "slow":
      return sendLate(response, answer, fault);
  }
}

function sendFailure(
  response: ServerResponse,
  { status, message, retryAfter }: { status: number; message?: string; retryAfter?: number | Date },
  bodyOf: (status: number, message: string) => object,
): void {
  const seconds = retryAfter instanceof Date ? retryAfter.toUTCString() : retryAfter;
  if (seconds !== undefined) response.setHeader("retry-after", seconds);
  send(response, { status, body: bodyOf(status, message ?? USUAL_MESSAGES[status] ?? "Internal Server Error") });
}

const USUAL_MESSAGES: Readonly<Record<number, string>> = {
  400: "Invalid request parameters",
  401: "Missing Authentication header",
  403: "Only management keys can perform this operation",
  404: "Resource not found",
  409: "Resource conflict. Please try again later.",
  429: "Rate limit exceeded",
  503: "Service unavailable",
};

function reshaped(body: unknown, original: unknown): unknown {
  return typeof body === "function" ? body(original) : body;
}

function sendEndless(response: ServerResponse, bytes: number): void {
  response.writeHead(200, JSON_TYPE);
  Readable.from(endless(bytes)).pipe(response);
}

function* endless(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024, " ");
  yield Buffer.from('{"data":"');
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
}

async function sendHalf(response: ServerResponse, answer: Answer, declareHalf: boolean): Promise<void> {
  const { half, length } = halved(answer);
  response.writeHead(answer.status, { ...JSON_TYPE, "content-length": declareHalf ? half.length : length });
  if (declareHalf) {
    response.end(half);
    return;
  }
  await new Promise<void>((resolve) => response.write(half, () => resolve()));
  response.socket?.end();
}

/** Long enough for the first half to be read: a reset discards what is still on its way. */
const BEFORE_RESET_MS = 20;

async function sendHalfAndReset(response: ServerResponse, answer: Answer): Promise<void> {
  const { half, length } = halved(answer);
  response.writeHead(answer.status, { ...JSON_TYPE, "content-length": length }).write(half);
  await wait(BEFORE_RESET_MS);
  (response.socket as Socket | null)?.resetAndDestroy();
}

function halved({ body }: Answer): { half: Buffer; length: number } {
  const whole = Buffer.from(JSON.stringify(body));
  return { half: whole.subarray(0, Math.ceil(whole.length / 2)), length: whole.length };
}

async function sendLate(
  response: ServerResponse,
  answer: Answer,
  { ms, part }: { ms: number; part?: "answer" | "body" },
): Promise<void> {
  const text = JSON.stringify(answer.body);
  if (part === "body") {
    response.writeHead(answer.status, { ...JSON_TYPE, "content-length": Buffer.byteLength(text) }).flushHeaders();
  }
  await wait(ms);
  if (response.destroyed) return;
  if (part === "body") response.end(text);
  else send(response, answer);
}
