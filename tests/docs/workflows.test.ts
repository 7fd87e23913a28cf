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
/** Other repositories call it. */
const CALLED = "review.yml";
const textOf = (file: string) => readFileSync(join(folder, file), "utf8");
const workflow = (file: string) => parse(textOf(file)) as Workflow;
const jobsOf = (file: string) => Object.values(workflow(file).jobs);
const commandsOf = (job: Job | undefined) => (job?.steps ?? []).flatMap(({ run }) => run ?? []);
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
    archives: { contents: "write" },
    "review.yml": {},
    fork: {},
    preview: { contents: "read" },
    review: { contents: "read" },
    comment: { "pull-requests": "write" },
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
  const { publish } = workflow("release.yml").jobs as Record<string, Job>;
  const commands = commandsOf(publish);
  expect(commands.indexOf("npm run test:all")).toBeGreaterThan(0);
  expect(commands.slice(-2)).toEqual([
    'node scripts/schema.mjs plugin "$GITHUB_REPOSITORY"',
    "npm publish --provenance --access public",
  ]);
  expect(jobsOf("release.yml").map(({ environment }) => environment)).toEqual(["npm", undefined]);
});

test("a published release gets the archives of the native provider", () => {
  const { archives } = workflow("release.yml").jobs as Record<string, Job & { needs?: string }>;
  expect(archives?.needs).toBe("publish");
  const [upload = "", build, schema] = commandsOf(archives).reverse();
  expect(schema).toBe('node scripts/schema.mjs plugin "$GITHUB_REPOSITORY"');
  expect(build).toBe("npm run archives");
  expect(upload).toMatch(/^gh release create "\$GITHUB_REF_NAME" .* plugin-archives\/\*\.tar\.gz$/m);
});

describe.each(files)("%s", (file) => {
  const jobs = jobsOf(file);
  const steps = jobs.flatMap((job) => job.steps);

  test("uses actions of GitHub and Pulumi, each at the same commit as all other workflows", () => {
    const nameOf = (action: string) => action.split("@")[0];
    const all = [...exampleWorkflows.map(exampleText), ...files.map(textOf)].flatMap(usesIn);
    const used = usesIn(textOf(file));
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) {
      expect(action).toMatch(/^(actions|pulumi)\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      expect(new Set(all.filter((each) => nameOf(each) === nameOf(action)))).toEqual(new Set([action]));
    }
  });

  test("runs scripts that exist", () => {
    const named = steps.flatMap(({ run = "" }) =>
      [...run.matchAll(/npm run ([\w:]+)/g)].map(([, script = ""]) => script),
    );
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test("has no secret, and no expression in a command", () => {
    expect(textOf(file)).not.toMatch(/pull_request_target|workflow_run/);
    // The called one gets those of its caller; tests/examples/workflowRules.test.ts checks which job has which.
    if (file !== CALLED) expect(textOf(file)).not.toContain("secrets.");
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });

  test("leaves no token of GitHub in the checkout, and runs no installation script", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts).toHaveLength(file === CALLED ? 2 : jobs.length);
    for (const { with: { ref, ...settings } = {} } of checkouts)
      expect(settings).toEqual({ "persist-credentials": false });
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
