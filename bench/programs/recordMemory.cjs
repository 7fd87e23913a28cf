// Loaded into every child process of an engine: on exit, a provider process appends its peak resident memory in kB to the file
// $MEMORY_OF_PROVIDER.
const { appendFileSync } = require("node:fs");

if (process.argv.some((arg) => /dynamic-provider|[\\/]plugin([\\/]index\.js)?$/.test(arg))) {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
  process.once("exit", () => {
    appendFileSync(process.env.MEMORY_OF_PROVIDER, `${process.resourceUsage().maxRSS}\n`);
  });
}
