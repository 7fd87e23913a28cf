/** Security rules of the workflows of examples/gitops. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { AUDIENCE_VARIABLE } from "../../provider/api/subjectToken";
import { POLICY_VARIABLE } from "../../provider/settings";
import { files, folder, type Job, project, type Step, textOf, workflow } from "./support/workflows";

const hasActionlint = spawnSync("actionlint", ["-version"]).status === 0;
(hasActionlint ? test : test.skip)("passes actionlint (skipped if it is not on PATH)", () => {
  const { status, stdout, stderr } = spawnSync(
    "actionlint",
    files.map((file) => join(folder, file)),
    { encoding: "utf8" },
  );
  expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: "" });
});

test("grants each job only these permissions", () => {
  const permissionsByJob = files.flatMap((file) => {
    const { permissions, jobs } = workflow(file);
    const ofJobs = Object.entries(jobs).map(([job, { permissions }]) => [job, permissions]);
    return [[file, permissions], ...ofJobs];
  });
  expect(Object.fromEntries(permissionsByJob)).toEqual({
    "openrouter-drift.yml": {},
    drift: { contents: "read", issues: "write" },
    "openrouter-review.yml": {},
    review: { contents: "read" },
    comment: { "pull-requests": "write" },
    "openrouter-up.yml": {},
    up: { contents: "read" },
  });
});

test("gives the management key to jobs of an environment only, not to pull requests", () => {
  const withKey = files.filter((file) => textOf(file).includes("OPENROUTER_MANAGEMENT_KEY"));
  expect(withKey).toEqual(["openrouter-drift.yml", "openrouter-up.yml"]);
  for (const file of withKey) {
    for (const { environment } of Object.values(workflow(file).jobs)) expect(environment).toBe("openrouter");
  }
});

test("shows the workflow's job with workload identity in the README", () => {
  const [, snippet = ""] =
    /```yaml\n(permissions:.*?)```/s.exec(readFileSync(join(project, "README.md"), "utf8")) ?? [];
  const { permissions, steps } = parse(snippet) as Job;
  const { up } = workflow("openrouter-up.yml").jobs;
  const ofWorkflow = up?.steps.find(({ name }) => name === "Up");
  expect(permissions).toEqual({ ...up?.permissions, "id-token": "write" });
  const { OPENROUTER_MANAGEMENT_KEY, ...env } = ofWorkflow?.env ?? {};
  expect(OPENROUTER_MANAGEMENT_KEY).toBeDefined();
  const identity = {
    [POLICY_VARIABLE]: `\${{ vars.${POLICY_VARIABLE} }}`,
    [AUDIENCE_VARIABLE]: expect.stringMatching(/^https:/),
  };
  expect(steps).toEqual([{ ...ofWorkflow, env: { ...env, ...identity } }]);
});

test("runs one `up` at a time and cancels none", () => {
  expect(workflow("openrouter-up.yml").concurrency).toEqual({ group: "openrouter-up", "cancel-in-progress": false });
});

describe.each(files)("%s", (file) => {
  const { on, defaults, jobs } = workflow(file);
  const all: Job[] = Object.values(jobs);
  const steps: Step[] = all.flatMap((job) => job.steps);

  test("uses only actions of GitHub and Pulumi, pinned by commit with a version comment", () => {
    const used = textOf(file).match(/uses: .*/g) ?? [];
    expect(used).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of used) expect(line).toMatch(/^uses: (actions|pulumi)\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("has no expression in a command, where a title or a branch name could be executed", () => {
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });

  test("leaves no GitHub token in the checkout", () => {
    for (const { with: settings } of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
      expect(settings).toEqual({ "persist-credentials": false });
    }
  });

  test("doesn't run code of a fork with secrets", () => {
    expect(JSON.stringify(on)).not.toMatch(/pull_request_target|workflow_run/);
  });

  test("prints no key, because `up --json` is not used", () => {
    expect(textOf(file)).not.toMatch(/pulumi up.*--json|--show-secrets/);
  });

  test("fails when the first command of a pipe fails, and has a time limit", () => {
    expect(defaults?.run.shell).toBe("bash");
    for (const job of all) expect(job["timeout-minutes"]).toBeLessThanOrEqual(30);
  });
});
