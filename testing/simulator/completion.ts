/** Which model and provider serve a request, what it costs, and why it is rejected: a small part of what the API does. */
import type { Account, Key, State } from "./account";
import { budgetsOf, guardrailsOf } from "./budgets";
import { type CatalogModel, providerSlug, servedModel, storedModel } from "./catalog";
import { ApiError, badRequest, forbidden, notFound } from "./errors";
import { spent, TOTAL_CREDITS } from "./usage";

export interface Served {
  model: CatalogModel;
  provider: string;
}

/** Checks allowed and ignored models and providers of the guardrails. The variant of a model is a different entry. */
export function chooseEndpoint(account: Account, key: Key, name: string): Served {
  const model = servedModel(name);
  if (!model) throw storedModel(name) ? notFound(`No endpoints found for ${name}.`) : badRequest(notAModel(name));
  const stored = storedModel(name) as string;
  const guardrails = Object.values(guardrailsOf(account, key)).filter((guardrail) => guardrail !== undefined);
  const isAllowed = guardrails.every(
    ({ allowed_models, ignored_models }) =>
      allowed_models?.includes(stored) !== false && ignored_models?.includes(stored) !== true,
  );
  const provider = model.providers.find((each) =>
    guardrails.every(
      ({ allowed_providers, ignored_providers }) =>
        allowed_providers?.includes(providerSlug(each)) !== false &&
        ignored_providers?.includes(providerSlug(each)) !== true,
    ),
  );
  if (!isAllowed || provider === undefined) throw notFound(EXCLUDED);
  return { model, provider };
}

const notAModel = (name: string) => `${name} is not a valid model ID`;
const EXCLUDED =
  "No endpoints available matching your guardrail restrictions and data policy. Configure: https://openrouter.ai/settings/privacy";

/** Rejects a request if a budget of the key or the account's credits are spent. */
export function checkBudgets(state: State, account: Account, key: Key, { model }: Served): void {
  const budget = budgetsOf(state, account, key).effective_budget;
  if (budget && budget.remaining_usd <= 0) throw forbidden(spentMessage(budget));
  const isFree = model.input_price === 0 && model.output_price === 0;
  if (isFree || spent(account, undefined, "usage") < TOTAL_CREDITS) return;
  throw new ApiError(402, "Insufficient credits. Add more using https://openrouter.ai/credits");
}

function spentMessage({ scope, reset_interval }: { scope: string; reset_interval: string | null }): string {
  if (scope !== "key_limit") return `Budget exceeded (${scope})`;
  return `Key limit exceeded (${reset_interval ?? "total"} limit). Manage it using https://openrouter.ai/settings/keys`;
}

const REPLY =
  "This reply comes from the simulator, which has no model behind it. It counts a word as a token, stops at max_tokens, " +
  "and charges the price of the model in its catalog.";

const CHARACTERS_PER_TOKEN = 4;

/** A reply of at most so many tokens, and its cost in USD. */
export function reply({ model }: Served, prompt: string, maxTokens: number) {
  const words = REPLY.split(" ");
  const said = words.slice(0, maxTokens);
  const prompt_tokens = Math.ceil(prompt.length / CHARACTERS_PER_TOKEN);
  const cost = (prompt_tokens * model.input_price + said.length * model.output_price) / 1e6;
  const finish_reason: "stop" | "length" = said.length < words.length ? "length" : "stop";
  return { text: said.join(" "), prompt_tokens, completion_tokens: said.length, cost, finish_reason };
}
