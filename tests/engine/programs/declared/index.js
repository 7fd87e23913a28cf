// Makes the resources that the JSON file at $DECLARED names: an object of resource name → { kind, args, opts }.
// `{ "idOf": name }` in the arguments is the id of another resource, `{ "resource": name }` the resource itself (also in
// `dependsOn`, by name), `{ "outputOf": [name, property] }` another output,
// and `{ "envOf": name }` an environment variable. The kind `Say` prints its text, for the search for secrets to find.
const { readFileSync } = require("node:fs");
const openrouter = require("pulumi-openrouter");

const declared = JSON.parse(readFileSync(process.env.DECLARED, "utf8"));
const made = {};

function resolved(value) {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  if (value.idOf) return made[value.idOf].id;
  if (value.resource) return made[value.resource];
  if (value.outputOf) return made[value.outputOf[0]][value.outputOf[1]];
  if (value.envOf) return process.env[value.envOf];
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item)]));
}

for (const [name, { kind, args = {}, opts = {}, get }] of Object.entries(declared)) {
  if (kind === "Say") {
    console.log(resolved(args.text));
    continue;
  }
  const { provider, dependsOn = [], ...options } = opts;
  const depending = dependsOn.length > 0 ? { ...options, dependsOn: dependsOn.map((other) => made[other]) } : options;
  const withProvider = provider ? { ...depending, provider: made[provider] } : depending;
  const Resource = openrouter[kind];
  made[name] = get ? Resource.get(name, resolved(get), withProvider) : new Resource(name, resolved(args), withProvider);
}

const keys = Object.entries(made).filter(([, resource]) => resource instanceof openrouter.InferenceKey);
module.exports = Object.fromEntries(keys.map(([name, key]) => [name, key.key]));
