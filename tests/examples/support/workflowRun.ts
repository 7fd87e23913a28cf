/** Runs the jobs of a workflow like GitHub: conditions, expressions, artifacts; each job on its own machine. */
import { copyFileSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { type Call, type FakeOutput, type Machine, startMachine } from "./machine";
import { type Step, type Workflow, workflow } from "./workflows";

export interface RunOptions {
  /** `github` and `secrets` of expressions. */
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
}

/** Returns a function that runs a job by name. */
export function startRun(file: string, options: RunOptions): (job: string) => Promise<JobRun> {
  const artifacts = mkdtempSync(join(tmpdir(), "pulumi-openrouter-artifacts-"));
  const needs: Record<string, JobRun> = {};
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
  { context: expressions, env, outputs }: RunOptions,
): Promise<JobRun> {
  const job = jobs[name];
  if (job === undefined) throw new Error(`no job ${name} in the workflow`);
  let result: JobRun["result"] = "success";
  const ran: string[] = [];
  const steps: Record<string, { outcome: JobRun["result"] }> = {};
  const status = {
    cancelled: () => false,
    success: () => result === "success",
    failure: () => result === "failure",
  };
  const context = { ...expressions, ...status, env: common, steps };
  if (!evaluates(job.if ?? "success()", context)) return { result: "skipped", ran, calls: [] };

  const machine = startMachine(outputs);
  for (const step of job.steps) {
    if (!evaluates(step.if ?? "success()", context)) {
      if (step.id !== undefined) steps[step.id] = { outcome: "skipped" };
      continue;
    }
    const own = Object.entries(step.env ?? {}).map(([variable, value]) => [variable, interpolated(value, context)]);
    const succeeded =
      step.run === undefined
        ? transfer(step, machine, artifacts)
        : await machine.bash(step.run, { ...common, ...env, ...Object.fromEntries(own) });
    if (step.run !== undefined) ran.push(step.name ?? step.run);
    if (step.id !== undefined) steps[step.id] = { outcome: succeeded ? "success" : "failure" };
    if (!succeeded && !step["continue-on-error"]) result = "failure";
  }
  return { result, ran, calls: machine.calls() };
}

/** The GitHub expressions of these workflows are also valid JavaScript. */
function evaluates(condition: string, context: object): boolean {
  return Boolean(runInNewContext(condition.replace(/^\$\{\{|\}\}$/g, ""), context));
}

function interpolated(value: string, context: object): string {
  return value.replace(/\$\{\{(.*?)\}\}/g, (_, expression) => String(runInNewContext(expression, context) ?? ""));
}

/** Simulates the artifact actions; other actions do nothing. Returns false if there is no artifact to download. */
function transfer({ uses = "", with: settings }: Step, { folder }: Machine, artifacts: string): boolean {
  const stored = join(artifacts, String(settings?.name));
  if (uses.startsWith("actions/upload-artifact@")) {
    const file = join(folder, String(settings?.path));
    if (existsSync(file)) copyFileSync(file, stored);
  }
  if (!uses.startsWith("actions/download-artifact@")) return true;
  if (existsSync(stored)) copyFileSync(stored, join(folder, "review.md"));
  return existsSync(stored);
}
