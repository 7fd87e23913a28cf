/** Security rules of the workflows of examples/gitops. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { version } from "../../package.json";
import { AUDIENCE_VARIABLE } from "../../provider/api/subjectToken";
import { POLICY_VARIABLE } from "../../provider/settings";
import { privilegeProblems } from "./support/privileges";
import {
  allFiles,
  CALLER,
  caller,
  files,
  folder,
  type Job,
  project,
  REUSABLE,
  type Step,
  textOf,
  workflow,
} from "./support/workflows";

const hasActionlint = spawnSync("actionlint", ["-version"]).status === 0;
(hasActionlint ? test : test.skip)("passes actionlint (skipped if it is not on PATH)", () => {
  const { status, stdout, stderr } = spawnSync(
    "actionlint",
    [...allFiles.map((file) => join(folder, file)), REUSABLE],
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
    "openrouter-up.yml": {},
    up: { contents: "read" },
  });
});

test("gives the management key to jobs of an environment only", () => {
  const withKey = files.filter((file) => textOf(file).includes("OPENROUTER_MANAGEMENT_KEY"));
  expect(withKey).toEqual(["openrouter-drift.yml", "openrouter-up.yml"]);
  for (const file of withKey) {
    for (const { environment } of Object.values(workflow(file).jobs)) expect(environment).toBe("openrouter");
  }
});

describe("the review of a pull request", () => {
  const { jobs } = workflow(REUSABLE);

  test("is called in ten lines, with the rights of its jobs and no more", () => {
    const [, call = ""] = textOf(CALLER).split("\njobs:\n  review:\n");
    const lines = call.split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("#"));
    expect(lines).toHaveLength(10);
    const rights = Object.values(jobs).map(({ permissions }) => permissions);
    expect(caller().jobs.review?.permissions).toEqual(Object.assign({}, ...rights));
    expect(caller().permissions).toEqual({});
    expect(textOf(CALLER)).toMatch(
      /\n {4}uses: OWNER\/pulumi-openrouter\/\.github\/workflows\/review\.yml@COMMIT # v\d/,
    );
    expect(JSON.stringify(caller().on)).not.toMatch(/pull_request_target|workflow_run/);
  });

  test("passes inputs and secrets that the workflow has", () => {
    const { workflow_call } = workflow(REUSABLE).on as { workflow_call: { inputs: object; secrets: object } };
    const { with: inputs = {}, secrets = {} } = caller().jobs.review ?? {};
    expect(Object.keys(workflow_call.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
    expect(Object.keys(workflow_call.secrets)).toEqual(Object.keys(secrets));
  });

  test("has code of the pull request in one job, without the management key and in a separate environment", () => {
    const withKey = Object.entries(jobs).filter(([, job]) => JSON.stringify(job).includes("MANAGEMENT_KEY"));
    expect(withKey.map(([name]) => name)).toEqual(["review"]);
    expect(jobs.preview?.environment).not.toBe(jobs.review?.environment);
  });

  test("checks out the base for the review, and nothing for the comment", () => {
    const checkouts = (job = "") => jobs[job]?.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts("review")).toMatchObject([{ with: { ref: `\${{ github.event.pull_request.base.sha }}` } }]);
    expect(checkouts("comment")).toEqual([]);
    // Of the pull request only the file of the artifact is read, in a directory in which no command runs.
    const downloads = jobs.review?.steps.filter(({ uses }) => uses?.startsWith("actions/download-artifact@"));
    expect(downloads).toMatchObject([{ with: { path: `\${{ runner.temp }}/untrusted` } }]);
    const places = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step["working-directory"] ?? []));
    expect(new Set(places)).toEqual(new Set([`\${{ inputs.directory }}`, `\${{ runner.temp }}`]));
  });

  test("installs this release of the package, without scripts", () => {
    const step = jobs.review?.steps.find(({ name }) => name === "Package");
    expect(step?.env).toEqual({ VERSION: version });
    expect(step?.run).toBe('npm install --ignore-scripts --global --legacy-peer-deps "pulumi-openrouter@$VERSION"');
  });
});

describe("no job has both code of a pull request and a right to write or the management key", () => {
  const text = textOf(REUSABLE);

  test("in the workflow of the review", () => {
    expect(privilegeProblems(text)).toEqual([]);
  });

  /** The text of the workflow with a change in one job. */
  function changed(job: string, from: string | RegExp, to: string): string {
    const start = text.indexOf(`\n  ${job}:\n`);
    const after = `${text.slice(0, start)}${text.slice(start).replace(from, to)}`;
    expect(after).not.toBe(text);
    return after;
  }
  const READ = "permissions:\n      contents: read\n";
  const WRITE = "permissions:\n      contents: read\n      pull-requests: write\n";
  const COMMENT_STEPS = "    steps:\n      - if: ";
  const withStep = (step: string) => changed("comment", COMMENT_STEPS, `    steps:\n      - ${step}\n      - if: `);

  test.each([
    [
      "the preview may write",
      changed("preview", READ, WRITE),
      "preview: pull-requests: write, and it checks out the pull request",
    ],
    [
      "the preview may get a token of the job",
      changed("preview", READ, "permissions:\n      id-token: write\n"),
      "preview: id-token: write, and it checks out the pull request",
    ],
    [
      "the preview may write everything",
      changed("preview", READ, "permissions: write-all\n"),
      "preview: write-all, and it",
    ],
    [
      "the preview has the default permissions",
      changed("preview", `    ${READ}`, "").replace("\npermissions: {}\n", "\n"),
      "preview: the default permissions, and it checks out the pull request",
    ],
    [
      "the preview gets the management key",
      changed("preview", `PULUMI_ACCESS_TOKEN: \${{`, `OPENROUTER_MANAGEMENT_KEY: \${{`),
      "preview: the management key, and it checks out the pull request",
    ],
    [
      "all jobs get the management key",
      text.replace("env:\n  STACK", `env:\n  KEY: \${{ secrets.OPENROUTER_MANAGEMENT_KEY }}\n  STACK`),
      "preview: the management key, and it checks out the pull request",
    ],
    [
      "the review checks out the pull request",
      changed("review", "pull_request.base.sha", "pull_request.head.sha"),
      "review: the management key, and it checks out the pull request",
    ],
    [
      "the comment checks out",
      withStep("uses: actions/checkout@v7"),
      "comment: pull-requests: write, and it checks out",
    ],
    [
      "the comment runs an action of the checkout",
      withStep("uses: ./action"),
      "comment: pull-requests: write, and it runs the local",
    ],
    ["the comment installs", withStep("run: npm ci"), "comment: pull-requests: write, and it runs `npm ci`"],
    [
      "the comment runs the program",
      withStep("run: pulumi preview"),
      "comment: pull-requests: write, and it runs `pulumi preview`",
    ],
    [
      "the comment runs a file of the artifact",
      withStep("run: bash review/run.sh"),
      "comment: pull-requests: write, and it runs a file with",
    ],
    [
      "the comment runs a program of the artifact",
      withStep("run: ./review/run"),
      "comment: pull-requests: write, and it runs a file with `./`",
    ],
    [
      "the review installs its packages",
      changed("review", "npm install --ignore-scripts --global", "npm install"),
      "review: the management key, and it runs `npm install`",
    ],
  ])("and the check finds it when %s", (_, broken, problem) => {
    expect(privilegeProblems(broken)).toEqual([expect.stringContaining(problem)]);
  });
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

describe.each([...files, REUSABLE])("%s", (file) => {
  const { on, defaults, jobs } = workflow(file);
  const all: Job[] = Object.values(jobs);
  const steps: Step[] = all.flatMap((job) => job.steps);

  test("uses only actions of GitHub and Pulumi, pinned by commit with a version comment", () => {
    const used = textOf(file).match(/uses: .*/g) ?? [];
    expect(used).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of used) expect(line).toMatch(/^uses: (actions|pulumi)\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("has no expression in a command, where a title or a branch name could be executed", () => {
    for (const { run = "" } of steps) expect(run).not.toContain(`\${{`);
  });

  test("leaves no GitHub token in the checkout", () => {
    for (const { with: settings } of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
      expect(settings).toMatchObject({ "persist-credentials": false });
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
