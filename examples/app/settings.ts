import { execFileSync } from "node:child_process";

export interface Settings {
  apiKey: string;
  /** Models that the guardrail allows, the preferred one first. */
  models: string[];
  baseUrl: string;
}

/**
 * From the environment, where a deployment puts them, or else from the outputs of the selected stack. Never from a file, which
 * could be committed.
 */
export function readSettings(env: NodeJS.ProcessEnv, readOutputs = stackOutputs): Settings {
  const baseUrl = env.OPENROUTER_BASE_URL ?? "https://openrouter.ai/api/v1";
  if (env.OPENROUTER_API_KEY) {
    if (!env.APP_MODELS) throw new Error("set APP_MODELS to the models that the key may use, separated by commas");
    return { apiKey: env.OPENROUTER_API_KEY, models: env.APP_MODELS.split(","), baseUrl };
  }
  const { apiKey, models } = JSON.parse(readOutputs()) as Partial<Settings>;
  if (!apiKey || !models) throw new Error("the stack has no outputs apiKey and models; run pulumi up");
  return { apiKey, models, baseUrl };
}

function stackOutputs(): string {
  try {
    return execFileSync("pulumi", ["stack", "output", "--json", "--show-secrets"], { encoding: "utf8" });
  } catch (error) {
    throw new Error(`can't read the stack (${(error as Error).message}). Select one, or set OPENROUTER_API_KEY`);
  }
}
