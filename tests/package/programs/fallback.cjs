// Runs a TypeScript program as Pulumi does without TypeScript and tsconfig.json. See
// @pulumi/pulumi/cmd/run/run.js.
const assert = require("node:assert/strict");
const { typeScriptRequireStrings } = require("@pulumi/pulumi/tsutils");

const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
assert.equal(require(typescriptRequire).version, "3.8.3");
require(tsnodeRequire).register({
  compiler: typescriptRequire,
  project: "tsconfig.json",
  skipProject: true,
  compilerOptions: { target: "ES2020", module: "commonjs", moduleResolution: "node", sourceMap: "true" },
});
require("./everything.ts");
