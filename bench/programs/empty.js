// Resources that make no calls, to measure the engine itself. Like this package's, they have a constant `__provider` of the same
// length and no stack traces; they have no outputs.
const pulumi = require("@pulumi/pulumi");

class Empty extends pulumi.CustomResource {
  constructor(kind, name, inputs) {
    const __provider = `exports.handler = () => require("./emptyDynamicProvider.js").provider("${kind}");`;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`pulumi-nodejs:dynamic/openrouter:${kind}`, name, { ...inputs, __provider });
    Error.stackTraceLimit = stackTraceLimit;
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
