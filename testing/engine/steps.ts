import { isProviderType } from "../../formats/urn";
import { UNKNOWN, type Values } from "../../formats/values";
import type { Decision } from "./plan";
import { InitError, type Plugin, type Target } from "./plugin";
import type { Providers } from "./providers";
import type { Report, StepChanges } from "./report";
import type { Snapshot } from "./snapshot";
import type { StepOp } from "./stack";
import type { PendingType, Resource } from "./state";
import { changedKeys, markNames, markSecrets, plainValues } from "./values";

/** Ends an operation after a failure that has already been reported. */
export class Aborted extends Error {
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

interface StepPlan {
  op: StepOp;
  resource: Resource;
  changes?: StepChanges;
  pending?: PendingType;
}

/** What a step turned out to be, where that differs from what was announced. */
type Outcome = undefined | { op: StepOp; changedKeys: string[] };

/**
 * Does to objects and state what has been decided. At most `parallel` steps run at a time. Once one has failed no other
 * begins, and those under way end. In a preview the state is changed in memory and no object is touched.
 */
export class Steps {
  failed = false;
  /** URNs of what this operation deletes for good. As in Pulumi, what is to be deleted with one of them is left to it. */
  readonly deletions = new Set<string>();
  private running = 0;
  private readonly waiting: Array<() => void> = [];
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly run: Run) {}

  /** Creates the object of `next`. With `changes` it replaces `old`; without, an `old` has no object to care for. */
  create(next: Resource, old?: Resource, changes?: Decision): Promise<void> {
    const settle = () => {
      if (old && changes && !old.pendingReplacement) this.run.snapshot.replace(next, old);
      else this.run.snapshot.settle(next, old);
    };
    const op = changes || old?.pendingReplacement ? "replace" : "create";
    return this.step(
      { op, resource: next, changes: changes ?? {}, pending: "creating" },
      async () => {
        await this.apply(
          next,
          async (plugin) => Object.assign(next, await plugin.create(next.urn, plainValues(next.inputs))),
          (error) => Object.assign(next, { id: error.id }),
        );
        settle();
      },
      settle,
    );
  }

  update(next: Resource, old: Resource, changes: Decision, ignored: string[]): Promise<void> {
    next.id = old.id;
    const settle = () => this.run.snapshot.settle(next, old);
    return this.step(
      { op: "update", resource: next, changes, pending: "updating" },
      async () => {
        const [outputs, oldInputs, inputs] = [old.outputs, old.inputs, next.inputs].map(plainValues) as [
          Values,
          Values,
          Values,
        ];
        await this.apply(
          next,
          async (plugin) => {
            next.outputs = await plugin.update(targetOf(old), outputs, oldInputs, inputs, ignored);
          },
          // The old inputs stay, so that the next `up` sees that it has not reached the new ones.
          () => Object.assign(next, { inputs: old.inputs }),
        );
        settle();
      },
      settle,
    );
  }

  /** Nothing happens to the object, but what the program says about the resource may be new. */
  async same(next: Resource, old: Resource): Promise<void> {
    next.id = old.id;
    next.outputs = markNames(old.outputs, next.additionalSecretOutputs);
    next.modified = old.modified;
    this.run.snapshot.settle(next, old);
    this.run.report.start("same", next.urn).done();
  }

  /** A component, a stack or a provider: there is no object. */
  async settle(next: Resource, old: Resource | undefined, op: "create" | "update" | "same"): Promise<void> {
    if (this.failed) throw new Aborted();
    this.run.snapshot.settle(next, old);
    if (!isDefaultProvider(next)) this.run.report.start(op, next.urn).done();
    if (op !== "same" && !this.run.preview) await this.run.snapshot.checkpoint();
  }

  read(next: Resource, old: Resource | undefined): Promise<void> {
    return this.step({ op: "read", resource: next, pending: "reading" }, async () => {
      if (next.id === UNKNOWN) next.outputs = next.inputs;
      else {
        const inputs = plainValues(next.inputs);
        const plugin = await this.run.providers.of(next);
        const answer = await plugin.read(targetOf(next), { inputs, outputs: inputs });
        if (Object.keys(answer.outputs).length === 0) throw new Error(`resource '${next.id}' does not exist`);
        next.id = answer.id || next.id;
        next.outputs = secretsOf(answer.outputs, next.inputs, next);
      }
      // An object that was managed and is another one than the program now reads is to be deleted.
      if (old && !old.external && old.id !== next.id) this.run.snapshot.replace(next, old);
      else this.run.snapshot.settle(next, old);
    });
  }

  import(next: Resource): Promise<void> {
    return this.step({ op: "import", resource: next, pending: "importing" }, async () => {
      this.run.snapshot.settle(next);
    });
  }

  async refresh(resource: Resource): Promise<void> {
    if (!resource.custom || isProviderType(resource.type)) {
      if (!isDefaultProvider(resource)) this.run.report.start("same", resource.urn).done();
      return;
    }
    await this.step({ op: "refresh", resource }, async () => {
      const plugin = await this.run.providers.of(resource);
      const [oldInputs, oldOutputs] = [plainValues(resource.inputs), plainValues(resource.outputs)];
      const answer = await plugin.read(targetOf(resource), { inputs: oldInputs, outputs: oldOutputs });
      if (answer.id === "") {
        this.run.snapshot.forget(resource);
        return { op: "delete", changedKeys: [] };
      }
      const inputs = answer.inputs ? markSecrets(answer.inputs, resource.inputs) : resource.inputs;
      const outputs = secretsOf(answer.outputs, resource.outputs, resource);
      // From what is there to what was wanted: the provider is asked whether they differ.
      const target = { urn: resource.urn, id: answer.id };
      const diff = await plugin.diff(target, plainValues(outputs), plainValues(inputs), oldInputs, []);
      const changed = diff.changes === "unknown" ? changedKeys(resource.inputs, inputs) : [];
      const isRewritten = changedKeys(resource.outputs, outputs).length > 0 || changed.length > 0;
      if (isRewritten) resource.modified = new Date().toISOString();
      Object.assign(resource, { id: answer.id, inputs, outputs, initErrors: [] });
      return { op: diff.changes === "some" || changed.length > 0 ? "update" : "same", changedKeys: changed };
    });
  }

  /** Deletes an object and takes it out of the state. */
  async delete(resource: Resource): Promise<void> {
    if (this.failed) throw new Aborted();
    // Nobody announced these, and there is no object of ours behind them.
    if (resource.external || resource.pendingReplacement || isDefaultProvider(resource)) {
      return this.run.snapshot.remove(resource);
    }
    await this.deleteObject(resource, resource.delete ? "delete-replaced" : "delete", () => {
      this.run.snapshot.remove(resource);
    });
  }

  /** Deletes an object before its replacement is created. The resource stays, since others still name it. */
  deleteFirst(resource: Resource): Promise<void> {
    return this.deleteObject(resource, "delete-replaced", () => {
      resource.pendingReplacement = true;
    });
  }

  private deleteObject(resource: Resource, op: StepOp, settle: () => void): Promise<void> {
    const isLeft = resource.retainOnDelete || this.deletions.has(resource.deletedWith);
    const hasObject = resource.custom && !isProviderType(resource.type) && !isLeft;
    const plan: StepPlan = hasObject ? { op, resource, pending: "deleting" } : { op, resource };
    return this.step(plan, async () => {
      if (hasObject && !this.run.preview) {
        const plugin = await this.run.providers.of(resource);
        await plugin.delete(targetOf(resource), plainValues(resource.outputs), plainValues(resource.inputs));
      }
      settle();
    });
  }

  /** Has the provider make an object, or does what a preview does instead, and finds the secrets in its outputs. */
  private async apply(
    next: Resource,
    make: (plugin: Plugin) => Promise<unknown>,
    halfDone: (error: InitError) => void,
  ): Promise<void> {
    const wanted = next.inputs;
    if (this.run.preview) {
      next.outputs = wanted;
      return;
    }
    try {
      await make(await this.run.providers.of(next));
      next.outputs = secretsOf(next.outputs, wanted, next);
    } catch (error) {
      if (error instanceof InitError) {
        next.outputs = secretsOf(error.properties, wanted, next);
        next.initErrors = error.reasons;
        halfDone(error);
      }
      throw error;
    }
  }

  /** Waits until no step is under way. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  private step(plan: StepPlan, work: () => Promise<Outcome>, settleHalfDone?: () => void): Promise<void> {
    const step = this.take(plan, work, settleHalfDone).finally(() => this.underWay.delete(step));
    this.underWay.add(step);
    return step;
  }

  /** `settleHalfDone` puts into the state what a partial failure left behind. */
  private async take(plan: StepPlan, work: () => Promise<Outcome>, settleHalfDone?: () => void): Promise<void> {
    await this.enter();
    const { snapshot, report, preview } = this.run;
    const { resource } = plan;
    report.learn(resource.inputs);
    report.learn(resource.outputs);
    const reported = report.start(plan.op, resource.urn, plan.changes);
    const pending =
      plan.pending && !preview ? await snapshot.begin(plan.pending, structuredClone(resource)) : undefined;
    try {
      const outcome = await work();
      report.learn(resource.outputs);
      reported.done(outcome?.op, outcome?.changedKeys);
    } catch (error) {
      if (error instanceof InitError) settleHalfDone?.();
      report.learn(resource.outputs);
      this.failed = true;
      reported.failed(error instanceof Error ? error.message : String(error));
      throw new Aborted();
    } finally {
      if (pending) await snapshot.end(pending);
      // A refresh writes its state once, at its end: nothing was done to an object.
      else if (!preview && plan.op !== "refresh") await snapshot.checkpoint();
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= this.run.parallel) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    if (!this.failed) return;
    this.leave();
    throw new Aborted();
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}

function targetOf({ urn, id }: Resource): Target {
  return { urn, id };
}

function isDefaultProvider(resource: Resource): boolean {
  return isProviderType(resource.type) && resource.urn.endsWith("::default");
}

/** Secret is what is secret in `like` and what the program declared to be. */
function secretsOf(outputs: Values, like: Values, { additionalSecretOutputs }: Resource): Values {
  return markNames(markSecrets(outputs, like), additionalSecretOutputs);
}
