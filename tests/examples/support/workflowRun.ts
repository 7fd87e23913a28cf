/** Runs the jobs of a workflow like GitHub: conditions, expressions, artifacts; each job on its own machine. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { type Call, type FakeOutput, type Machine, startMachine } from "./machine";
import { caller, REUSABLE, type Step, type Workflow, workflow } from "./workflows";

export interface RunOptions {
  /** `github`, `secrets` and `inputs` of expressions. */
  context: Record<string, unknown>;
  /** In addition to the workflow's own. */
  env?: Record<string, string>;
  outputs: FakeOutput[];
}

export interface JobRun {
  result: "success" | "failure" | "skipped";
  /** Names of the `run` steps that ran. */
  ran: string[];
  calls: Call[];
  /** The job summary. */
  summary: string;
  outputs: Record<string, string>;
}

type Needs = Record<string, Pick<JobRun, "result">>;
type RunJob = (job: string) => Promise<JobRun>;

/** The called workflow, with the inputs and secrets that the example passes to it. */
export function startReview(options: RunOptions, artifacts = artifactFolder(), done: Needs = {}): RunJob {
  const { with: given = {}, secrets = {} } = Object.values(caller().jobs)[0] ?? {};
  const { workflow_call } = workflow(REUSABLE).on as {
    workflow_call: { inputs: Record<string, { default?: unknown }> };
  };
  const defaults = Object.entries(workflow_call.inputs).map(([name, input]) => [name, input.default]);
  const context = {
    ...options.context,
    inputs: { ...Object.fromEntries(defaults), ...given },
    secrets: interpolatedAll(secrets, options.context),
  };
  return startRun(REUSABLE, { ...options, context }, artifacts, done);
}

/** A folder with a folder for each artifact. */
export function artifactFolder(): string {
  return mkdtempSync(join(tmpdir(), "pulumi-openrouter-artifacts-"));
}

/** Returns a function that runs a job by name. @param done Jobs that are not run here. */
export function startRun(file: string, options: RunOptions, artifacts = artifactFolder(), done: Needs = {}): RunJob {
  const needs: Needs = { ...done };
  return async (job) => {
    const context = { ...options.context, needs };
    const run = await runJob(workflow(file), job, artifacts, { ...options, context });
    needs[job] = run;
    return run;
  };
}

async function runJob(
  { env: common, jobs }: Workflow,
  name: string,
  artifacts: string,
  { context: expressions, env, outputs: fakes }: RunOptions,
): Promise<JobRun> {
  const job = jobs[name];
  if (job === undefined) throw new Error(`no job ${name} in the workflow`);
  let result: JobRun["result"] = "success";
  const ran: string[] = [];
  const steps: Record<string, { outcome: JobRun["result"]; outputs: Record<string, string> }> = {};
  const status = {
    cancelled: () => false,
    success: () => result === "success",
    failure: () => result === "failure",
  };
  const skipped: JobRun = { result: "skipped", ran, calls: [], summary: "", outputs: {} };
  const ofWorkflow = interpolatedAll(common, expressions);
  const conditions = { ...expressions, ...status, env: ofWorkflow, steps };
  if (!evaluates(job.if ?? "success()", conditions)) return skipped;

  const machine = startMachine(fakes);
  const context = { ...conditions, runner: { temp: machine.temp } };
  for (const step of job.steps) {
    if (!evaluates(step.if ?? "success()", context)) {
      if (step.id !== undefined) steps[step.id] = { outcome: "skipped", outputs: {} };
      continue;
    }
    const { succeeded, outputs = {} } =
      step.run === undefined
        ? transfer(step, interpolatedAll(step.with, context), machine, artifacts)
        : await bash(step, context, { ...ofWorkflow, ...env }, machine);
    if (step.run !== undefined) ran.push(step.name ?? step.run);
    if (step.id !== undefined) steps[step.id] = { outcome: succeeded ? "success" : "failure", outputs };
    if (!succeeded && !step["continue-on-error"]) result = "failure";
  }
  const outputs = interpolatedAll(job.outputs, context);
  return { result, ran, calls: machine.calls(), summary: machine.summary(), outputs };
}

interface StepRun {
  succeeded: boolean;
  outputs?: Record<string, string>;
}

async function bash(step: Step, context: object, env: Record<string, string>, machine: Machine): Promise<StepRun> {
  const cwd = interpolated(step["working-directory"] ?? ".", context);
  return { succeeded: await machine.bash(step.run ?? "", { ...env, ...interpolatedAll(step.env, context) }, cwd) };
}

/** The GitHub expressions of these workflows are also valid JavaScript. */
function evaluates(condition: string, context: object): boolean {
  return Boolean(runInNewContext(condition.replace(/^\$\{\{|\}\}$/g, ""), context));
}

function interpolated(value: string, context: object): string {
  return value.replace(/\$\{\{(.*?)\}\}/g, (_, expression) => String(runInNewContext(expression, context) ?? ""));
}

function interpolatedAll(values: Record<string, string | boolean> = {}, context: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, interpolated(String(value), context)]),
  );
}

/** Simulates the artifact actions; other actions do nothing. An artifact is a folder, and its name is its id. */
function transfer(
  { uses = "" }: Step,
  { name = "", path = "", "if-no-files-found": missing, "artifact-ids": ids }: Record<string, string>,
  { folder }: Machine,
  artifacts: string,
): StepRun {
  const stored = join(artifacts, ids ?? name);
  const place = resolve(folder, path);
  if (uses.startsWith("actions/upload-artifact@")) {
    if (!existsSync(place)) return { succeeded: missing === "ignore" };
    // Two artifacts of a run can't have the same name.
    if (existsSync(stored)) return { succeeded: false };
    mkdirSync(stored);
    cpSync(place, join(stored, basename(place)));
    return { succeeded: true, outputs: { "artifact-id": name } };
  }
  if (!uses.startsWith("actions/download-artifact@")) return { succeeded: true };
  if (!existsSync(stored)) return { succeeded: false };
  for (const file of readdirSync(stored)) {
    cpSync(join(stored, file), join(place, file), { recursive: true, verbatimSymlinks: true });
  }
  return { succeeded: true };
}
