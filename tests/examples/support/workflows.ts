/** The workflow files of examples/gitops, with the fields that the tests use. */
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
  "continue-on-error"?: boolean;
}

export interface Job {
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  steps: Step[];
}

export interface Workflow {
  on: string | Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  env?: Record<string, string>;
  defaults?: { run: { shell: string } };
  jobs: Record<string, Job>;
}

export const project = resolve(__dirname, "../../../examples/gitops");
export const folder = join(project, ".github/workflows");
export const files = readdirSync(folder);

export function textOf(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

export function workflow(file: string): Workflow {
  return parse(textOf(file)) as Workflow;
}
