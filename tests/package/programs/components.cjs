// A program that uses a component library next to resources of this package.
const assert = require("node:assert/strict");
const { Team } = require("openrouter-team");
const openrouter = require("pulumi-openrouter");

const team = new Team("search", { limit: 10, models: ["openai/gpt-4o-mini"] });
assert(team.key instanceof openrouter.InferenceKey, "the library and the program share one copy of the package");
new openrouter.GuardrailMemberAssignment("ada", { guardrailId: team.guardrail.id, userId: "user_ada" });
