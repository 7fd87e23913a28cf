// $KEYS inference keys and one guardrail for all of them, of the classes in the file that $RESOURCES names.
const { InferenceKey, Guardrail, GuardrailKeyAssignment } = require(`./${process.env.RESOURCES}`);

const guardrail = new Guardrail("guardrail", { limitUsd: 50, resetInterval: "daily" });

for (let index = 0; index < Number(process.env.KEYS); index++) {
  const limit = index === 0 ? Number(process.env.FIRST_LIMIT) : 25;
  const key = new InferenceKey(`key-${index}`, { limit, limitReset: "monthly" });
  new GuardrailKeyAssignment(`assignment-${index}`, { guardrailId: guardrail.id, keyHash: key.id });
}
