// Loaded into every child process of an engine: a provider process appends its peak of resident memory, in kB, to the
// file $MEMORY_OF_PROVIDER when it is told to end.
const { appendFileSync } = require("node:fs");

if (process.argv.some((arg) => arg.includes("dynamic-provider"))) {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
  process.once("exit", () => {
    appendFileSync(process.env.MEMORY_OF_PROVIDER, `${process.resourceUsage().maxRSS}\n`);
  });
}
