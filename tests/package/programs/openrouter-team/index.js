// A component library as a user would publish it: compiled to CommonJS.
const pulumi = require("@pulumi/pulumi");
const openrouter = require("pulumi-openrouter");

exports.Team = class Team extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    super("acme:openrouter:Team", name, {}, opts);
    this.key = new openrouter.InferenceKey(name, { limit: args.limit, limitReset: "monthly" }, { parent: this });
    this.guardrail = new openrouter.Guardrail(name, { allowedModels: args.models }, { parent: this });
    const assigned = { guardrailId: this.guardrail.id, keyHash: this.key.hash };
    this.assignment = new openrouter.GuardrailKeyAssignment(name, assigned, { parent: this });
    this.registerOutputs({ key: this.key.key });
  }
};
