/** Guardrails: `/guardrails`. A guardrail enforces nothing until it is assigned. */
import * as z from "zod";
import type { Api } from "./client";
import { type Counted, PAGE_SIZE, pagesByTotal } from "./pages";
import { amount, data, deleted, flag, page, text, texts } from "./shapes";

const builtinFilter = z.object({ slug: z.string(), action: z.string(), scanScope: z.string().nullish() });
const contentFilter = z.object({ pattern: z.string(), action: z.string(), label: z.string().nullish() });

const guardrail = z.object({
  id: z.string().min(1),
  name: z.string(),
  description: text,
  /** USD, per assigned key and per assigned member; null is no limit. */
  limitUsd: amount,
  resetInterval: text,
  allowedModels: texts,
  ignoredModels: texts,
  allowedProviders: texts,
  ignoredProviders: texts,
  allowedDataRegions: texts,
  contentFilterBuiltins: z
    .array(builtinFilter)
    .nullish()
    .transform((value) => value ?? null),
  contentFilters: z
    .array(contentFilter)
    .nullish()
    .transform((value) => value ?? null),
  enforceZdrAnthropic: flag,
  enforceZdrOpenai: flag,
  enforceZdrGoogle: flag,
  enforceZdrXai: flag,
  enforceZdrOther: flag,
  allowSafetyRetentionGoogle: flag,
  allowSafetyRetentionOther: flag,
  enableFreeModelPublication: flag,
  enableFreeModelTraining: flag,
  enablePaidModelTraining: flag,
  includeByokInBudgets: flag.transform((value) => value ?? false),
  createdAt: text,
  /** Null for guardrails older than workspaces. */
  workspaceId: text,
});
export type Guardrail = z.output<typeof guardrail>;

/** What can be changed. A field left out is kept, null clears it, lists are replaced whole. */
export type GuardrailChange = Partial<Omit<Guardrail, "id" | "createdAt" | "workspaceId">>;

export interface NewGuardrail extends GuardrailChange {
  name: string;
  workspaceId?: string;
}

/** Not repeated when its answer is lost: names are not unique, so there would be two. */
export function createGuardrail(api: Api, body: NewGuardrail): Promise<Guardrail> {
  return api.request({ method: "POST", path: ["guardrails"], body, result: data(guardrail), repeatable: false });
}

/** @throws NotFound */
export function readGuardrail(api: Api, id: string): Promise<Guardrail> {
  return api.request({ method: "GET", path: ["guardrails", id], result: data(guardrail) });
}

/** @throws NotFound */
export function updateGuardrail(api: Api, id: string, body: GuardrailChange): Promise<Guardrail> {
  return api.request({ method: "PATCH", path: ["guardrails", id], body, result: data(guardrail) });
}

/** @throws NotFound */
export function deleteGuardrail(api: Api, id: string): Promise<void> {
  return api.request({ method: "DELETE", path: ["guardrails", id], result: deleted });
}

const guardrailPage = page(guardrail);

/** One page of the guardrails of a workspace. Without a workspace: those of the default one. */
export function listGuardrailsFrom(
  api: Api,
  workspaceId: string | undefined,
  offset: number,
): Promise<Counted<Guardrail>> {
  return api.request({
    method: "GET",
    path: ["guardrails"],
    query: { workspaceId, offset, limit: PAGE_SIZE },
    result: guardrailPage,
  });
}

/** All guardrails of a workspace. Without a workspace: those of the default one. */
export function listGuardrails(api: Api, workspaceId?: string): AsyncGenerator<Guardrail> {
  return pagesByTotal(api.operation, (offset) => listGuardrailsFrom(api, workspaceId, offset));
}
