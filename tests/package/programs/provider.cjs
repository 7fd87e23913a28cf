// What Pulumi's provider process does with the `__provider` text of a state, with the same function and in the directory
// of the program. See getProvider in @pulumi/pulumi/cmd/dynamic-provider.
const { createRequire } = require("node:module");
const path = require("node:path");

const host = createRequire(path.join(process.cwd(), "index.js")).resolve("@pulumi/pulumi/cmd/dynamic-provider");
const requireFromString = createRequire(host)("require-from-string");

async function main() {
  const loaded = [];
  for (const text of process.argv.slice(2)) {
    const provider = requireFromString(text).handler();
    const { failures } = await provider.check({}, { name: 5, __provider: text });
    loaded.push({ methods: Object.keys(provider).sort(), refused: failures.map((failure) => failure.property) });
  }
  console.log(JSON.stringify(loaded));
}
main();
