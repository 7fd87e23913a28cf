/** Guardrails: `/guardrails`. A guardrail enforces nothing until it is assigned. */
import * as z from "zod";
import type { Api } from "./call";
import { PAGE_SIZE, type PageWithTotal, pagesByTotal } from "./pages";
import {
  data,
  deleted,
  nullable,
  nullableBoolean,
  nullableNumber,
  nullableString,
  nullableStringList,
  page,
} from "./shapes";

const builtinFilter = z.object({ slug: z.string(), action: z.string(), scanScope: z.string().nullish() });
const contentFilter = z.object({ pattern: z.string(), action: z.string(), label: z.string().nullish() });

const guardrail = z.object({
  id: z.string().min(1),
  name: z.string(),
  description: nullableString,
  /** USD for each assigned key and member; null means no limit. */
  limitUsd: nullableNumber,
  resetInterval: nullableString,
  allowedModels: nullableStringList,
  ignoredModels: nullableStringList,
  allowedProviders: nullableStringList,
  ignoredProviders: nullableStringList,
  allowedDataRegions: nullableStringList,
  contentFilterBuiltins: nullable(z.array(builtinFilter)),
  contentFilters: nullable(z.array(contentFilter)),
  enforceZdrAnthropic: nullableBoolean,
  enforceZdrOpenai: nullableBoolean,
  enforceZdrGoogle: nullableBoolean,
  enforceZdrXai: nullableBoolean,
  enforceZdrOther: nullableBoolean,
  allowSafetyRetentionGoogle: nullableBoolean,
  allowSafetyRetentionOther: nullableBoolean,
  enableFreeModelPublication: nullableBoolean,
  enableFreeModelTraining: nullableBoolean,
  enablePaidModelTraining: nullableBoolean,
  includeByokInBudgets: nullableBoolean.transform((value) => value ?? false),
  createdAt: nullableString,
  /** Null for guardrails older than workspaces. */
  workspaceId: nullableString,
});
export type Guardrail = z.output<typeof guardrail>;

/** Body of PATCH: an omitted field is kept, null clears it, a list is replaced as a whole. */
export type GuardrailChange = Partial<Omit<Guardrail, "id" | "createdAt" | "workspaceId">>;

export interface NewGuardrail extends GuardrailChange {
  name: string;
  workspaceId?: string;
}

/** Not retried when its response is lost: names are not unique, so there could be two. */
export function createGuardrail(api: Api, body: NewGuardrail): Promise<Guardrail> {
  return api.request({ method: "POST", path: ["guardrails"], body, result: data(guardrail), isRetryable: false });
}

/** @throws NotFoundError */
export function readGuardrail(api: Api, id: string): Promise<Guardrail> {
  return api.request({ method: "GET", path: ["guardrails", id], result: data(guardrail) });
}

/** @throws NotFoundError */
export function updateGuardrail(api: Api, id: string, body: GuardrailChange): Promise<Guardrail> {
  return api.request({ method: "PATCH", path: ["guardrails", id], body, result: data(guardrail) });
}

/** @throws NotFoundError */
export function deleteGuardrail(api: Api, id: string): Promise<void> {
  return api.request({ method: "DELETE", path: ["guardrails", id], result: deleted });
}

const guardrailPage = page(guardrail);

/** One page of the guardrails of a workspace, by default the default one. */
export function listGuardrailsPage(
  api: Api,
  workspaceId: string | undefined,
  offset: number,
): Promise<PageWithTotal<Guardrail>> {
  const query = { workspaceId, offset, limit: PAGE_SIZE };
  return api.request({ method: "GET", path: ["guardrails"], query, result: guardrailPage });
}

/** All guardrails of a workspace, by default the default one. */
export function listGuardrails(api: Api, workspaceId?: string): AsyncGenerator<Guardrail> {
  return pagesByTotal(api.operation, (offset) => listGuardrailsPage(api, workspaceId, offset));
}
