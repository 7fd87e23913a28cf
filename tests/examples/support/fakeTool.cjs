// A fake of pulumi, gh and npm: records the call, and prints the first output whose prefix matches.
const { appendFileSync, readFileSync } = require("node:fs");

const [program, ...args] = process.argv.slice(2);
const call = [program, ...args].join(" ");
// `--field body=@FILE` and `--body-file FILE`.
const bodyFile = args.find((_, index) => args[index - 1] === "--body-file") ?? /body=@(\S+)/.exec(call)?.[1];
const secrets = ["GH_TOKEN", "PULUMI_ACCESS_TOKEN", "OPENROUTER_MANAGEMENT_KEY"].filter((name) => process.env[name]);
const body = bodyFile && readFileSync(bodyFile, "utf8");
appendFileSync(process.env.FAKE_TOOL_CALLS, `${JSON.stringify({ call, secrets, body })}\n`);

const outputs = JSON.parse(readFileSync(process.env.FAKE_TOOL_OUTPUTS, "utf8"));
const { stdout = "", code = 0 } = outputs.find(({ prefix }) => call.startsWith(prefix)) ?? {};
process.stdout.write(stdout);
process.exitCode = code;
