/** What docs/alerts.md shows works: the YAML, and the workflow. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { readAlertConfig } from "../../cli/alert/config";
import { POSTED_FILE } from "../../cli/alert/posted";
import { familiesOf, HELP } from "../../cli/metrics/families";
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import { textOf, type Workflow, files as workflows } from "../examples/support/workflows";

const KEY = {
  ...{ hash: "a", name: "ci", limit: 1, limitRemaining: 1, limitReset: null, expiresAt: "2099-01-01T00:00:00Z" },
  ...{ disabled: false, workspaceId: null },
} as Key;
const GUARDRAIL = { id: "a", name: "strict", limitUsd: 1, resetInterval: null, workspaceId: null } as Guardrail;

const page = readFileSync(resolve(__dirname, "../../docs/alerts.md"), "utf8");
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = ""]) => text);
const blockWith = (text: string) => blocks.find((block) => block.includes(text)) ?? "";

test("the YAML has every setting, and is accepted", () => {
  const file = join(mkdtempSync(join(tmpdir(), "pulumi-openrouter-docs-")), "alerts.yaml");
  writeFileSync(file, blockWith("webhook-variable:"));
  const settings = readAlertConfig(file);
  expect(Object.keys(settings)).toHaveLength(13);
  expect(settings).toMatchObject({ "posted-file": POSTED_FILE, "key-unused-for": 90, format: "slack" });
});

test("the page describes every metric, with its labels", () => {
  const rows = [...page.matchAll(/^\| `(openrouter_\w+)` \| (.*?) \|/gm)].map(([, name, labels]) => [name, labels]);
  expect(rows.map(([name]) => name)).toEqual(Object.keys(HELP));
  const metrics = { balance: 1, keys: [KEY], guardrails: [GUARDRAIL], workspaceNames: new Map(), unreadable: [] };
  const families = familiesOf(metrics).map(({ name, samples }) => [name, Object.keys(samples[0]?.labels ?? {})]);
  expect(rows.map(([name, labels = ""]) => [name, labels.match(/(?<=`)\w+(?=`)/g) ?? []])).toEqual(families);
});

const promtool = spawnSync("promtool", ["--version"]).error ? test.skip : test;
promtool("the alert rules pass promtool", () => {
  const [, text = ""] = /^Alert rules that use them:\n\n```\n(.*?)^```/ms.exec(page) ?? [];
  const rules = text.trim().split("\n");
  expect(rules.length).toBeGreaterThan(3);
  const file = join(mkdtempSync(join(tmpdir(), "pulumi-openrouter-docs-")), "rules.yaml");
  const groups = [{ name: "page", rules: rules.map((expr, at) => ({ alert: `rule${at}`, expr })) }];
  writeFileSync(file, JSON.stringify({ groups }));
  const { status, stderr } = spawnSync("promtool", ["check", "rules", file], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

describe("the workflow", () => {
  const text = blockWith("jobs:");
  const { permissions, concurrency, jobs } = parse(text) as Workflow;
  const steps = jobs.alert?.steps ?? [];
  const cacheSteps = steps.filter(({ uses }) => uses?.startsWith("actions/cache"));

  test("uses the actions of the examples at the same commits, and the cache at a commit", () => {
    const known = workflows.flatMap((file) => textOf(file).match(/(?<=uses: ).*/g) ?? []);
    const used = text.match(/(?<=uses: ).*/g) ?? [];
    const others = used.filter((action) => !known.includes(action));
    expect(others).toHaveLength(2);
    for (const action of others) expect(action).toMatch(/^actions\/cache\/(restore|save)@[0-9a-f]{40} # v5\.\d+\.\d+$/);
  });

  test("has no right but to read, and one run at a time", () => {
    expect([permissions, jobs.alert?.permissions]).toEqual([{}, { contents: "read" }]);
    expect(concurrency).toEqual({ group: "openrouter-alerts", "cancel-in-progress": false });
  });

  test("restores the newest file, and saves it under a new key also when a condition holds", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a plain string
    const key = "openrouter-posted-${{ github.run_id }}-${{ github.run_attempt }}";
    expect(cacheSteps.map((step) => step.with)).toEqual([
      { path: POSTED_FILE, key, "restore-keys": "openrouter-posted-" },
      { path: POSTED_FILE, key },
    ]);
    expect(cacheSteps.map((step) => step.if?.includes("!cancelled()"))).toEqual([undefined, true]);
    expect(steps.findIndex(({ name }) => name === "Alert")).toBe(steps.length - 2);
  });

  test("gives its secrets to one step, and runs no installation script", () => {
    expect(steps.filter(({ env }) => JSON.stringify(env)?.includes("secrets.")).map(({ name }) => name)).toEqual([
      "Alert",
    ]);
    expect(steps.map(({ run }) => run).filter(Boolean)).toEqual([
      "npm ci --ignore-scripts",
      "npx pulumi-openrouter alert --config alerts.yaml || test $? -eq 1",
    ]);
  });
});
