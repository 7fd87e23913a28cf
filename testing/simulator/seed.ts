/** A demo account to try the commands on: a small shop with two teams. */
import { daysBefore, startOfDay } from "./clock";
import type { Simulator } from "./simulator";

const DAYS = 30;

/** Model, provider, cost and tokens of one request. */
const MODELS = [
  { model: "openai/gpt-4o-mini", provider: "OpenAI", usd: 0.002, input: 1800, output: 350 },
  { model: "anthropic/claude-sonnet-4.5", provider: "Anthropic", usd: 0.03, input: 4200, output: 900 },
  { model: "google/gemini-2.5-flash", provider: "Google", usd: 0.004, input: 2600, output: 500 },
] as const;

/** Fills an empty account, each time with the same objects except for hashes and ids. */
export function seedDemoAccount({ account, dashboard, clock }: Simulator): void {
  const [workspace] = account.workspaces;
  if (workspace) workspace.name = "Shop";
  const research = dashboard.addWorkspace({ name: "Research", slug: "research" });
  const ada = dashboard.addMember({ email: "ada@shop.example", first_name: "Ada", role: "org:admin" }, [research.id]);
  const grace = dashboard.addMember({ email: "grace@shop.example", first_name: "Grace" }, [research.id]);
  const expires_at = new Date(daysBefore(clock.now(), -120));
  const guardrail = {
    strict: dashboard.createGuardrail({
      name: "shop/prod/strict",
      description: "Reviewed models, no data retention",
      ...{ limit_usd: 20, reset_interval: "daily" },
      ...{ enforce_zdr_anthropic: true, enforce_zdr_openai: true, enforce_zdr_google: true },
      ...{ enforce_zdr_xai: true, enforce_zdr_other: true },
      allowed_models: ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4.5"],
    }),
    lab: dashboard.createGuardrail({
      name: "research/lab",
      ...{ workspace_id: research.id, limit_usd: 5, reset_interval: "daily" },
    }),
  };
  const key = (name: string, fields: Parameters<typeof dashboard.createKey>[0] | object = {}) =>
    dashboard.createKey({ name, ...fields }).key;
  const web = key("shop/prod/web", { limit: 100, limit_reset: "monthly", expires_at });
  const ci = key("shop/prod/ci", { limit: 25, limit_reset: "monthly", expires_at });
  const lab = key("research/lab/notebooks", {
    ...{ workspace_id: research.id, creator_user_id: grace.id, limit: 60, limit_reset: "weekly" },
  });
  const laptop = key("ada's laptop", { creator_user_id: ada.id });
  key("blocked until the audit", { limit: 0 });
  key("old trial", { disabled: true, limit: 10 });
  dashboard.assign(guardrail.strict.id, { keys: [web.hash, ci.hash] });
  dashboard.assign(guardrail.lab.id, { keys: [lab.hash], members: [grace.id] });

  dashboard.addPreset({
    ...{ name: "Support answers", slug: "support", description: "Short and friendly" },
    config: { model: "openai/gpt-4o-mini", temperature: 0.3, max_tokens: 800 },
    system_prompt: "You answer questions of customers of a shop.",
  });

  spend(web.hash, 12, [0, 1, 2]);
  spend(ci.hash, 90, [0, 2]);
  spend(lab.hash, 20, [1, 2]);
  spend(laptop.hash, 3, [0]);

  /** Spends on each of the last days and this morning, more on some weekdays. */
  function spend(hash: string, requests: number, models: readonly number[]): void {
    for (let days = DAYS; days >= 0; days--) {
      const midnight = days === 0 ? startOfDay(clock.now()) : daysBefore(clock.now(), days);
      for (const index of models) {
        const { model, provider, usd, input, output } = MODELS[index] as (typeof MODELS)[number];
        const count = requests + ((days * 7 + index) % 5);
        dashboard.useKey(hash, Math.round(count * usd * 1e6) / 1e6, {
          at: midnight,
          ...{ model, provider_name: provider, requests: count },
          ...{ prompt_tokens: count * input, completion_tokens: count * output },
        });
      }
    }
  }
}
