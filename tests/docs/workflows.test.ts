/** The workflows of this repository: what they run exists, and they have no right or secret too many. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { engines, scripts } from "../../package.json";
import {
  textOf as exampleText,
  files as exampleWorkflows,
  type Job,
  type Workflow,
} from "../examples/support/workflows";

const root = resolve(__dirname, "../..");
const folder = join(root, ".github/workflows");
const files = readdirSync(folder);
const textOf = (file: string) => readFileSync(join(folder, file), "utf8");
const workflow = (file: string) => parse(textOf(file)) as Workflow;
const jobsOf = (file: string) => Object.values(workflow(file).jobs);
const usesIn = (text: string) => text.match(/(?<=uses: ).*/g) ?? [];

test("the rights of all jobs together are these", () => {
  const rights = files.flatMap((file) => {
    const { permissions, jobs } = workflow(file);
    return [[file, permissions], ...Object.entries(jobs).map(([job, { permissions }]) => [job, permissions])];
  });
  expect(Object.fromEntries(rights)).toEqual({
    "ci.yml": {},
    check: { contents: "read" },
    test: { contents: "read" },
    pulumi: { contents: "read" },
    "release.yml": {},
    publish: { contents: "read", "id-token": "write" },
  });
});

test("CI tests the oldest supported Node and two newer ones, and the real Pulumi CLI", () => {
  const { test: matrixJob, pulumi } = workflow("ci.yml").jobs as Record<
    string,
    Job & { strategy?: { matrix: object } }
  >;
  expect(matrixJob?.strategy?.matrix).toEqual({ node: [20, 22, 24] });
  expect(engines.node).toMatch(/^>=20\./);
  expect(pulumi?.steps.some(({ uses }) => uses?.startsWith("pulumi/actions@"))).toBe(true);
  expect(pulumi?.steps.at(-1)).toEqual({ run: "npm run test:all", env: { PULUMI_ENGINE: "pulumi" } });
});

test("a release is tested, and published with provenance and without a token", () => {
  const commands = jobsOf("release.yml").flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  expect(commands.indexOf("npm run test:all")).toBeGreaterThan(0);
  expect(commands.at(-1)).toBe("npm publish --provenance --access public");
  expect(jobsOf("release.yml").map(({ environment }) => environment)).toEqual(["npm"]);
});

describe.each(files)("%s", (file) => {
  const jobs = jobsOf(file);
  const steps = jobs.flatMap((job) => job.steps);

  test("uses the actions of the examples, at the same commits", () => {
    const known = exampleWorkflows.flatMap((example) => usesIn(exampleText(example)));
    const used = usesIn(textOf(file));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !known.includes(action))).toEqual([]);
  });

  test("runs scripts that exist", () => {
    const named = steps.flatMap(({ run = "" }) =>
      [...run.matchAll(/npm run ([\w:]+)/g)].map(([, script = ""]) => script),
    );
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test("has no secret, and no expression in a command", () => {
    expect(textOf(file)).not.toMatch(/secrets\.|pull_request_target|workflow_run/);
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });

  test("leaves no token of GitHub in the checkout, and runs no installation script", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts).toHaveLength(jobs.length);
    for (const { with: settings } of checkouts) expect(settings).toEqual({ "persist-credentials": false });
    for (const { run = "" } of steps) expect(run).not.toMatch(/npm (ci|install)(?! --ignore-scripts)/);
  });

  test("fails when the first command of a pipe does, and does not hang", () => {
    expect(workflow(file).defaults?.run.shell).toBe("bash");
    for (const job of jobs) expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
  });
});

test("issue forms ask for what a maintainer needs", () => {
  const form = parse(readFileSync(join(root, ".github/ISSUE_TEMPLATE/bug.yml"), "utf8"));
  const required = form.body.filter(({ validations }: { validations?: object }) => validations);
  expect(required.map(({ id }: { id: string }) => id)).toEqual(["program", "result", "versions", "state"]);
});
