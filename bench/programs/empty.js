// Resources that call nothing: what is measured of them is the engine's own. They are registered as ours are, with a
// constant `__provider` of the same length, and have no outputs.
const pulumi = require("@pulumi/pulumi");

class Empty extends pulumi.CustomResource {
  constructor(kind, name, inputs) {
    const __provider = `exports.handler = () => require("./emptyDynamicProvider.js").provider("${kind}");`;
    super(`pulumi-nodejs:dynamic/openrouter:${kind}`, name, { ...inputs, __provider });
  }
}

const named = (name, args) => ({ name: `${pulumi.getProject()}/${pulumi.getStack()}/${name}`, ...args });

exports.InferenceKey = class extends Empty {
  constructor(name, args) {
    super("InferenceKey", name, named(name, args));
  }
};

exports.Guardrail = class extends Empty {
  constructor(name, args) {
    super("Guardrail", name, named(name, args));
  }
};

exports.GuardrailKeyAssignment = class extends Empty {
  constructor(name, args) {
    super("GuardrailKeyAssignment", name, args);
  }
};
