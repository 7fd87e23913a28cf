/** All temporary files of a run of the tests are in one folder, which is removed at its end. */
const { mkdtempSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), "pulumi-openrouter-tests-"));
};
