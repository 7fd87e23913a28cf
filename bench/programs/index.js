// $KEYS inference keys and a guardrail, with the classes of the file $RESOURCES. The guardrail is assigned to the first
// $ASSIGNED keys: each with its own resource, all with one set, or not at all, depending on $ASSIGN.
const classes = require(`./${process.env.RESOURCES}`);

const { KEYS, FIRST_LIMIT, ASSIGN, ASSIGNED = KEYS } = process.env;
const guardrail = new classes.Guardrail("guardrail", { limitUsd: 50, resetInterval: "daily" });
const keys = Array.from({ length: Number(KEYS) }, (_, index) => {
  const limit = index === 0 ? Number(FIRST_LIMIT) : 25;
  return new classes.InferenceKey(`key-${index}`, { limit, limitReset: "monthly" });
});
const hashes = keys.slice(0, Number(ASSIGNED)).map(({ id }) => id);

if (ASSIGN === "set") new classes.GuardrailAssignments("assignments", { guardrail, keyHashes: hashes });
if (ASSIGN === "pairs") {
  hashes.forEach((keyHash, index) => {
    new classes.GuardrailKeyAssignment(`assignment-${index}`, { guardrailId: guardrail.id, keyHash });
  });
}
