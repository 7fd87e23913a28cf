import { setTimeout as wait } from "node:timers/promises";
import type { DailyLimit } from "./dailyLimit";
import { ApiError, type CatalogModel, type Message, type OpenRouter } from "./openrouter";
import { estimate } from "./prices";

export interface App {
  api: OpenRouter;
  catalog: readonly CatalogModel[];
  /** Tried in this order while the guardrail excludes one. */
  models: readonly string[];
  limits: { perRequestUsd: number; maxTokens: number };
  daily: DailyLimit;
  /** Keeps what a request cost, and whose it was. */
  note(record: Cost): void;
  /** Before each attempt to read the cost, because a request can take some seconds to appear. */
  waitsMs?: readonly number[];
}

export interface Cost {
  user: string;
  model: string;
  /** Of the generation: `gen-…`. */
  id: string;
  estimateUsd: number;
  costUsd: number;
}

export interface Answer {
  text: string;
  /** Resolves when the cost is noted, which can take some seconds. */
  noted: Promise<void>;
}

/**
 * Sends a request for a user with the first model that the guardrail allows.
 *
 * @param model Tried before the others.
 * @throws Error before anything is sent if a limit would be exceeded; ApiError
 */
export async function ask(app: App, user: string, messages: Message[], model?: string): Promise<Answer> {
  // It becomes part of a header. Use an id of your own, not a name or an address.
  if (!/^[\w.-]{1,64}$/.test(user))
    throw new Error("user: must be 1 to 64 letters, digits, dots, hyphens or underscores");
  const candidates = new Set([...(model === undefined ? [] : [model]), ...app.models]);
  let excluded: unknown = new Error("no model is configured");
  for (const candidate of candidates) {
    try {
      return await send(app, user, messages, candidate);
    } catch (error) {
      if (!(error instanceof ApiError && error.excludesModel)) throw error;
      excluded = error;
    }
  }
  throw excluded;
}

async function send(app: App, user: string, messages: Message[], model: string): Promise<Answer> {
  const { api, catalog, limits, daily } = app;
  const request = { model, messages, max_tokens: limits.maxTokens, user };
  const estimateUsd = estimate(catalog, request);
  if (estimateUsd > limits.perRequestUsd) {
    throw new Error(`the request may cost $${estimateUsd.toFixed(4)}, more than $${limits.perRequestUsd}`);
  }
  const settle = daily.reserve(user, estimateUsd);
  const { id, choices, usage } = await api.complete(request).catch((error: unknown) => {
    // After any other failure the request may have been charged, so the estimate stays counted.
    if (error instanceof ApiError && error.status < 500) settle(0);
    throw error;
  });
  const stated = usage?.cost ?? estimateUsd;
  settle(stated);
  const noted = costOf(app, id).then((costUsd = stated) => app.note({ user, model, id, estimateUsd, costUsd }));
  return { text: choices[0]?.message.content ?? "", noted };
}

/** Undefined if OpenRouter doesn't show it. */
async function costOf({ api, waitsMs = [0, 500, 1000, 2000] }: App, id: string): Promise<number | undefined> {
  for (const ms of waitsMs) {
    await wait(ms);
    const cost = await api.costOf(id).catch(() => undefined);
    if (cost !== undefined) return cost;
  }
  return undefined;
}
