/** The workflow files of examples/gitops and of this repository, with the fields that the tests use. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

export interface Step {
  name?: string;
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, string | boolean>;
  "working-directory"?: string;
  "continue-on-error"?: boolean;
}

export interface Job {
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  outputs?: Record<string, string>;
  steps: Step[];
}

/** A job that calls a reusable workflow. */
export interface Call {
  uses: string;
  permissions?: Record<string, string>;
  with?: Record<string, string | boolean>;
  secrets?: Record<string, string>;
}

interface Header {
  on: string | Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  env?: Record<string, string>;
  defaults?: { run: { shell: string } };
}

export interface Workflow extends Header {
  jobs: Record<string, Job>;
}

export interface CallingWorkflow extends Header {
  jobs: Record<string, Call>;
}

export const project = resolve(__dirname, "../../../examples/gitops");
export const folder = join(project, ".github/workflows");
/** The one of the example that calls the reusable one. */
export const CALLER = "openrouter-review.yml";
/** All of the example. */
export const allFiles = readdirSync(folder);
/** Those with steps. */
export const files = allFiles.filter((file) => file !== CALLER);
export const REUSABLE = resolve(__dirname, "../../../.github/workflows/review.yml");

/** @param file Of the example, or a path. */
export function textOf(file: string): string {
  return readFileSync(resolve(folder, file), "utf8");
}

export function workflow(file: string): Workflow {
  return parse(textOf(file)) as Workflow;
}

export function caller(): CallingWorkflow {
  return parse(textOf(CALLER)) as CallingWorkflow;
}
