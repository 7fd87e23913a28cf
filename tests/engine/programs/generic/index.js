// Registers the resources in the JSON list $PROGRAM. `refs` are inputs that take the id of another resource. Options refer
// to resources by name.
const pulumi = require("@pulumi/pulumi");

const PROVIDER = 'exports.handler = () => require(process.cwd() + "/provider.js");';
const all = {};

class Thing extends pulumi.CustomResource {
  constructor(name, props, options) {
    super("pulumi-nodejs:dynamic/generic:Thing", name, { ...props, token: undefined, __provider: PROVIDER }, options);
  }
}

const constructors = {
  Thing: (name, props, options) => new Thing(name, props, options),
  Component: (name, _, options) => new pulumi.ComponentResource("generic:index:Component", name, {}, options),
  Provider: (name, props, options) => new pulumi.ProviderResource("pulumi-nodejs", name, props, options),
};

for (const { kind = "Thing", name, props = {}, secrets = {}, refs = {}, options = {} } of JSON.parse(
  process.env.PROGRAM,
)) {
  const inputs = { ...props };
  for (const [key, value] of Object.entries(secrets)) inputs[key] = pulumi.secret(value);
  for (const [key, other] of Object.entries(refs)) inputs[key] = all[other].id;
  const named = { ...options };
  for (const key of ["parent", "provider"]) if (options[key]) named[key] = all[options[key]];
  const { deletedWith: owner } = options;
  if (owner) named.deletedWith = all[owner] ?? new pulumi.DependencyResource(owner);
  for (const key of ["dependsOn", "replaceWith"])
    if (options[key]) named[key] = options[key].map((other) => all[other]);
  all[name] = constructors[kind](name, inputs, named);
}

if (process.env.THROW) throw new pulumi.RunError("the program gave up");
const config = new pulumi.Config("generic");
if (config.get("greeting")) exports.greeting = config.get("greeting");
if (config.get("password")) exports.password = config.getSecret("password");
for (const [name, resource] of Object.entries(all)) if (resource.token) exports[`${name}Token`] = resource.token;
