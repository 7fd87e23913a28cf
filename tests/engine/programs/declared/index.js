// Creates the resources in the JSON file at $DECLARED: an object of resource name → { kind, args, opts }.
// In the arguments `{ "idOf": name }` is the id of a resource, `{ "resource": name }` the resource itself,
// `{ "outputOf": [name, property] }` one of its outputs, `{ "envOf": name }` an environment variable and `{ "secret": value }`
// a secret. `dependsOn` takes names. The kind `Print` prints its argument `text`. $DECLARED_HOST chooses the provider.
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const openrouter = require(process.env.DECLARED_HOST === "native" ? "pulumi-openrouter/native" : "pulumi-openrouter");

const declared = JSON.parse(readFileSync(process.env.DECLARED, "utf8"));
const created = {};

function resolved(value) {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  if (value.idOf) return created[value.idOf].id;
  if (value.resource) return created[value.resource];
  if (value.outputOf) return created[value.outputOf[0]][value.outputOf[1]];
  if (value.envOf) return process.env[value.envOf];
  if (value.secret) return pulumi.secret(value.secret);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item)]));
}

for (const [name, { kind, args = {}, opts = {}, get }] of Object.entries(declared)) {
  if (kind === "Print") {
    console.log(resolved(args.text));
    continue;
  }
  const { provider, dependsOn = [], ...options } = opts;
  const depending =
    dependsOn.length > 0 ? { ...options, dependsOn: dependsOn.map((other) => created[other]) } : options;
  const withProvider = provider ? { ...depending, provider: created[provider] } : depending;
  const Resource = openrouter[kind];
  created[name] = get
    ? Resource.get(name, resolved(get), withProvider)
    : new Resource(name, resolved(args), withProvider);
}

const keys = Object.entries(created).filter(([, resource]) => resource instanceof openrouter.InferenceKey);
module.exports = Object.fromEntries(keys.map(([name, key]) => [name, key.key]));
