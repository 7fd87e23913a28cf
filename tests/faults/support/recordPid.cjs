// Loaded into every child process of an engine: writes its id to a file in $PIDS that is named for its role.
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

const role = process.argv.some((arg) => arg.includes("dynamic-provider"))
  ? "provider"
  : process.argv.some((arg) => /cmd[\\/]run\b/.test(arg))
    ? "program"
    : undefined;
if (role && process.env.PIDS) writeFileSync(join(process.env.PIDS, role), String(process.pid));
