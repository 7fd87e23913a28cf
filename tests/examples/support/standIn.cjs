// Stands in for pulumi, gh and npm: writes down how it was called, and answers with the first answer that fits.
const { appendFileSync, readFileSync } = require("node:fs");

const [program, ...args] = process.argv.slice(2);
const call = [program, ...args].join(" ");
// `--field body=@FILE` and `--body-file FILE`.
const bodyFile = args.find((_, index) => args[index - 1] === "--body-file") ?? /body=@(\S+)/.exec(call)?.[1];
const secrets = ["GH_TOKEN", "PULUMI_ACCESS_TOKEN", "OPENROUTER_MANAGEMENT_KEY"].filter((name) => process.env[name]);
const body = bodyFile && readFileSync(bodyFile, "utf8");
appendFileSync(process.env.STAND_IN_CALLS, `${JSON.stringify({ call, secrets, body })}\n`);

const answers = JSON.parse(readFileSync(process.env.STAND_IN_ANSWERS, "utf8"));
const { stdout = "", code = 0 } = answers.find(({ to }) => call.startsWith(to)) ?? {};
process.stdout.write(stdout);
process.exitCode = code;
