import { InitError } from "./plugin";
import type { Providers } from "./providers";
import type { Report, StepChanges } from "./report";
import type { Snapshot } from "./snapshot";
import type { StepOp } from "./stack";
import type { PendingType, Resource } from "./state";

/** Stops an operation after a failure that has already been reported. */
export class AbortedError extends Error {
  constructor() {
    super("The operation was stopped because a step failed.");
  }
}

/** One operation on one stack. */
export interface Run {
  preview: boolean;
  parallel: number;
  snapshot: Snapshot;
  providers: Providers;
  report: Report;
}

export interface StepPlan {
  op: StepOp;
  resource: Resource;
  changes?: StepChanges;
  pending?: PendingType;
}

/** The actual operation of a step, where it differs from the planned one. */
export type Outcome = undefined | { op: StepOp; changedKeys: string[] };

/** Runs steps: at most `parallel` at a time, and no new one after a failure. Those in flight finish. */
export class StepRunner {
  failed = false;
  private running = 0;
  private readonly waiting: Array<() => void> = [];
  private readonly inFlight = new Set<Promise<void>>();

  constructor(protected readonly run: Run) {}

  /** Waits until no step is in flight. */
  async idle(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.allSettled(this.inFlight);
  }

  protected step(plan: StepPlan, work: () => Promise<Outcome>, recordPartial?: () => void): Promise<void> {
    const step = this.runStep(plan, work, recordPartial).finally(() => this.inFlight.delete(step));
    this.inFlight.add(step);
    return step;
  }

  /** `recordPartial` records the object of a partial failure. */
  private async runStep(plan: StepPlan, work: () => Promise<Outcome>, recordPartial?: () => void): Promise<void> {
    await this.enter();
    const { snapshot, report, preview } = this.run;
    const { resource } = plan;
    report.maskSecretsOf(resource.inputs);
    report.maskSecretsOf(resource.outputs);
    const reported = report.start(plan.op, resource.urn, plan.changes);
    const pending =
      plan.pending && !preview ? await snapshot.begin(plan.pending, structuredClone(resource)) : undefined;
    try {
      const outcome = await work();
      report.maskSecretsOf(resource.outputs);
      reported.done(outcome?.op, outcome?.changedKeys);
    } catch (error) {
      if (error instanceof InitError) recordPartial?.();
      report.maskSecretsOf(resource.outputs);
      this.failed = true;
      reported.failed(error instanceof Error ? error.message : String(error));
      throw new AbortedError();
    } finally {
      if (pending) await snapshot.end(pending);
      // A refresh changes no object, so it writes the state once, at its end.
      else if (!preview && plan.op !== "refresh") await snapshot.checkpoint();
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= this.run.parallel) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    if (!this.failed) return;
    this.leave();
    throw new AbortedError();
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
