/** Runs jobs of a workflow as GitHub would: conditions, expressions, artifacts; each job on a machine of its own. */
import { copyFileSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { type Answer, type Call, type Machine, startMachine } from "./machine";
import { type Step, type Workflow, workflow } from "./workflows";

export interface Circumstances {
  /** `github` and `secrets` of expressions. */
  context: Record<string, unknown>;
  /** On top of what the workflow says. */
  env?: Record<string, string>;
  answers: Answer[];
}

export interface JobRun {
  result: "success" | "failure" | "skipped";
  /** Names of the `run` steps that ran. */
  ran: string[];
  calls: Call[];
}

/** What comes back runs a job by its name. */
export function startRun(file: string, circumstances: Circumstances): (job: string) => Promise<JobRun> {
  const artifacts = mkdtempSync(join(tmpdir(), "pulumi-openrouter-artifacts-"));
  const needs: Record<string, JobRun> = {};
  return async (job) => {
    const context = { ...circumstances.context, needs };
    const run = await runJob(workflow(file), job, artifacts, { ...circumstances, context });
    needs[job] = run;
    return run;
  };
}

async function runJob(
  { env: common, jobs }: Workflow,
  name: string,
  artifacts: string,
  { context: given, env, answers }: Circumstances,
): Promise<JobRun> {
  const job = jobs[name];
  if (job === undefined) throw new Error(`there is no job ${name}`);
  let result: JobRun["result"] = "success";
  const ran: string[] = [];
  const steps: Record<string, { outcome: JobRun["result"] }> = {};
  const status = {
    cancelled: () => false,
    success: () => result === "success",
    failure: () => result === "failure",
  };
  const context = { ...given, ...status, env: common, steps };
  if (!holds(job.if ?? "success()", context)) return { result: "skipped", ran, calls: [] };

  const machine = startMachine(answers);
  for (const step of job.steps) {
    if (!holds(step.if ?? "success()", context)) {
      if (step.id !== undefined) steps[step.id] = { outcome: "skipped" };
      continue;
    }
    const own = Object.entries(step.env ?? {}).map(([variable, text]) => [variable, filledIn(text, context)]);
    const isWell =
      step.run === undefined
        ? transfer(step, machine, artifacts)
        : await machine.bash(step.run, { ...common, ...env, ...Object.fromEntries(own) });
    if (step.run !== undefined) ran.push(step.name ?? step.run);
    if (step.id !== undefined) steps[step.id] = { outcome: isWell ? "success" : "failure" };
    if (!isWell && !step["continue-on-error"]) result = "failure";
  }
  return { result, ran, calls: machine.calls() };
}

/** GitHub's expressions are JavaScript's, as far as these workflows use them. */
function holds(condition: string, context: object): boolean {
  return Boolean(runInNewContext(condition.replace(/^\$\{\{|\}\}$/g, ""), context));
}

function filledIn(text: string, context: object): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression) => String(runInNewContext(expression, context) ?? ""));
}

/** What the actions for artifacts do; the others do nothing here. False if there is none to download. */
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
