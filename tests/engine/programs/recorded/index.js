// The recorded program. A scripted provider replays the recording, so the string `__provider` is never evaluated.
const pulumi = require("@pulumi/pulumi");

const { LIMIT = "10", WORKSPACE, IGNORE, ROC, GETID, IMPORT, KEYONLY, VIAHASH } = process.env;

class Recorded extends pulumi.CustomResource {
  constructor(kind, name, props, options) {
    const __provider = `exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`;
    super(`pulumi-nodejs:dynamic/openrouter:${kind}`, name, { ...props, hash: undefined, __provider }, options);
  }
}

const ci = new Recorded(
  "InferenceKey",
  "ci",
  { name: "ci", limit: Number(LIMIT), note: pulumi.secret("hush-note"), workspace: WORKSPACE, key: undefined },
  {
    additionalSecretOutputs: ["key"],
    ignoreChanges: IGNORE ? [IGNORE] : [],
    replaceOnChanges: ROC ? [ROC] : [],
    ...(GETID ? { id: GETID } : {}),
    ...(IMPORT ? { import: IMPORT } : {}),
  },
);
exports.hash = ci.hash;
exports.key = ci.key;

if (!KEYONLY) {
  const g = new Recorded("Guardrail", "g", { name: "g", limit: 5 });
  new Recorded("GuardrailKeyAssignment", "a", { guardrail: g.id, keyHash: VIAHASH ? ci.hash : ci.id });
}
