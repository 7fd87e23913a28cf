// Loads the `__provider` string of a state as Pulumi's provider process does, with the same function and in the directory of the
// program. See getProvider in @pulumi/pulumi/cmd/dynamic-provider.
const { createRequire } = require("node:module");
const path = require("node:path");

const host = createRequire(path.join(process.cwd(), "index.js")).resolve("@pulumi/pulumi/cmd/dynamic-provider");
const requireFromString = createRequire(host)("require-from-string");

async function main() {
  const loaded = [];
  for (const source of process.argv.slice(2)) {
    const provider = requireFromString(source).handler();
    const { failures } = await provider.check({}, { name: 5, __provider: source });
    loaded.push({ methods: Object.keys(provider).sort(), rejected: failures.map((failure) => failure.property) });
  }
  console.log(JSON.stringify(loaded));
}
main();
