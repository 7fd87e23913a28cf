import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "pulumi-openrouter";
import { parseTeam, type Team } from "./team";

const { rotation, tiers, people } = readTeam("team.yaml");

const guardrails = Object.fromEntries(Object.entries(tiers).map(([name, tier]) => [name, guardrailOf(name, tier)]));

// Secrets: `pulumi stack output keys --show-secrets --json | jq -r .ada` prints one.
export const keys = Object.fromEntries(people.map((person) => [person.name, keyOf(person)]));

/** A guardrail's budget applies to each of its keys separately. */
function guardrailOf(name: string, { budget, reset, models }: Team["tiers"][string]): openrouter.Guardrail {
  return new openrouter.Guardrail(name, { limitUsd: budget, resetInterval: reset, allowedModels: models });
}

function keyOf(person: Team["people"][number]): pulumi.Output<string> {
  const { name, limit, reset, expires } = person;
  const key = new openrouter.InferenceKey(name, {
    ...{ limit, limitReset: reset, expiresAt: `${expires}T23:59:59Z` },
    ...(rotation !== undefined && { keepers: { rotation } }),
  });
  new openrouter.GuardrailKeyAssignment(name, { guardrailId: guardrailFor(person).id, keyHash: key.id });
  return key.key;
}

/** The guardrail of the tier, or of the person if they have their own models: a key has only one guardrail. */
function guardrailFor({ name, tier, models }: Team["people"][number]): openrouter.Guardrail {
  return models ? guardrailOf(`${name}-models`, { ...tiers[tier], models }) : guardrails[tier];
}

function readTeam(file: string): Team {
  try {
    return parseTeam(readFileSync(join(__dirname, file), "utf8"), file);
  } catch (error) {
    // Without a stack trace: the message has the lines to fix.
    throw new pulumi.RunError((error as Error).message);
  }
}
