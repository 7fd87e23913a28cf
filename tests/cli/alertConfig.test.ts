/** The YAML of `alert`. */
import { alertCommand } from "../../cli/alert/command";
import { readAlertConfig } from "../../cli/alert/config";
import { credentials, eachTestOnASimulator } from "./support/account";
import { startReceiver } from "./support/receiver";
import { file, stackExport } from "./support/states";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const alert = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(alertCommand, args, { env: { ...credentials(simulator()), ...env } });

function spend(usd: number) {
  const { key } = simulator().dashboard.createKey({ name: "ci", limit: 100 });
  simulator().dashboard.useKey(key.hash, usd);
}

test("reads every setting", () => {
  const text = `
balance-below: 20
days-left-below: 7.5
spend-today-above: 50
key-over: 80
key-expires-within: 14d
key-unused-for: 90d
stack: prod
state: [a.json, b.json]
cwd: infra
webhook-variable: SLACK_WEBHOOK_URL
format: slack
title: Acme
posted-file: posted.json
`;
  expect(readAlertConfig(file(text))).toEqual({
    ...{ "balance-below": 20, "days-left-below": 7.5, "spend-today-above": 50, "key-over": 80 },
    ...{ "key-expires-within": 14, "key-unused-for": 90, stack: ["prod"], state: ["a.json", "b.json"], cwd: "infra" },
    ...{ "webhook-variable": "SLACK_WEBHOOK_URL", format: "slack", title: "Acme", "posted-file": "posted.json" },
  });
});

test("checks the conditions of the file and posts to its webhook; options override it", async () => {
  const receiver = await startReceiver(200);
  const posted = file("");
  const state = file(stackExport([{ kind: "InferenceKey", name: "gone", id: "e".repeat(64) }]));
  spend(81);
  const config = file(`
balance-below: 1
key-over: 80
state: ${state}
webhook-variable: HOOK
format: slack
posted-file: ${posted}.new
`);
  const { err, code } = await alert(["--config", config, "--balance-below", "20"], { HOOK: receiver.url });
  await receiver.close();
  expect(code).toBe(1);
  expect(err).toContain("Posted 3 alerts.");
  expect(JSON.parse(receiver.bodies[0] ?? "").text).toContain("• $19 of credits left, which is below $20\n");
});

test.each([
  ["balance-bellow: 20", "balance-bellow is not a setting (did you mean balance-below?)"],
  ["somethingElse: 20", "somethingElse is not a setting"],
  ["key-over: 80%", "key-over: must be a number such as 12 or 0.5"],
  ["key-over: -1", "key-over: must not be negative"],
  ["balance-below: .inf", "balance-below: must be a number"],
  ["key-unused-for: 90", "key-unused-for: must be a number of days such as 30d"],
  ["key-unused-for: 3 months", "key-unused-for: must be a number of days such as 30d"],
  ["stack: []", "stack: must not be an empty list"],
  ["stack: [1]", "stack: must be a string or a list of strings"],
  ["format: Slack", "format: must be json or slack"],
  ["balance-below: 1\nbalance-below: 2", "is not YAML: Map keys must be unique"],
  ["- balance-below: 20", "must be a mapping"],
  ["", "must be a mapping"],
  ["title: Acme", "nothing to check"],
])("refuses %j with exit code 2 and no call", async (text, problem) => {
  const { out, err, code } = await alert(["--config", file(text)]);
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toContain(problem);
  expect(simulator().requests).toEqual([]);
});

test("names every wrong setting, and prints no value", async () => {
  const { err } = await alert(["--config", file("webhook-url: https://hooks.example/zz-secret\nkey-over: zz-secret")]);
  expect(err).toContain("webhook-url is not a setting");
  expect(err).toContain("key-over: must be");
  expect(err).not.toContain("zz-secret");
});

test("prints no value of a file that is not YAML", async () => {
  const { err, code } = await alert(["--config", file("webhook-url: [https://hooks.example/zz-secret\n")]);
  expect(code).toBe(2);
  expect(err).toContain("is not YAML");
  expect(err).not.toContain("zz-secret");
});

test("refuses a file that is missing", async () => {
  expect(await alert(["--config", "/nowhere/alerts.yaml"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("no such file"),
  });
});
