import { isProviderType } from "../../formats/urn";
import { plainValues, UNKNOWN, type Values } from "../../formats/values";
import type { Decision } from "./plan";
import { InitError, type Plugin, type Target } from "./plugin";
import type { StepOp } from "./stack";
import type { Resource } from "./state";
import { AbortedError, type StepPlan, StepRunner } from "./stepRunner";
import { changedKeys, markNames, markSecrets } from "./values";

/** Applies decisions to objects and to the state. A preview changes the state in memory only. */
export class Steps extends StepRunner {
  /** URNs that this operation deletes without replacement, together with the resources that are `deletedWith` them. */
  readonly deletions = new Set<string>();

  /** Creates the object of `next`. With `changes` it replaces `old`; without, `old` has no object. */
  create(next: Resource, old?: Resource, changes?: Decision): Promise<void> {
    const record = () => {
      if (old && changes && !old.pendingReplacement) this.run.snapshot.recordReplacement(next, old);
      else this.run.snapshot.record(next, old);
    };
    const op = changes || old?.pendingReplacement ? "replace" : "create";
    return this.step(
      { op, resource: next, changes: changes ?? {}, pending: "creating" },
      async () => {
        await this.apply(
          next,
          async (plugin, preview) =>
            Object.assign(next, await plugin.create(next.urn, plainValues(next.inputs), preview)),
          (error) => Object.assign(next, { id: error.id }),
        );
        record();
      },
      record,
    );
  }

  update(next: Resource, old: Resource, changes: Decision, ignored: string[]): Promise<void> {
    next.id = old.id;
    const record = () => this.run.snapshot.record(next, old);
    return this.step(
      { op: "update", resource: next, changes, pending: "updating" },
      async () => {
        const change = {
          ...{ target: targetOf(old), ignored },
          ...{ olds: plainValues(old.outputs), oldInputs: plainValues(old.inputs), news: plainValues(next.inputs) },
        };
        await this.apply(
          next,
          async (plugin, preview) => {
            next.outputs = await plugin.update({ ...change, preview });
          },
          // With the old inputs, the next `up` tries the update again.
          () => Object.assign(next, { inputs: old.inputs }),
        );
        record();
      },
      record,
    );
  }

  /** Leaves the object unchanged; options of the resource may have changed. */
  async same(next: Resource, old: Resource): Promise<void> {
    next.id = old.id;
    next.outputs = markNames(old.outputs, next.additionalSecretOutputs);
    next.modified = old.modified;
    this.run.snapshot.record(next, old);
    this.run.report.start("same", next.urn).done();
  }

  /** Records a component, a stack or a provider, which have no object. */
  async recordWithoutObject(
    next: Resource,
    old: Resource | undefined,
    op: "create" | "update" | "same",
  ): Promise<void> {
    if (this.failed) throw new AbortedError();
    this.run.snapshot.record(next, old);
    if (!isDefaultProvider(next)) this.run.report.start(op, next.urn).done();
    if (op !== "same" && !this.run.preview) await this.run.snapshot.checkpoint();
  }

  read(next: Resource, old: Resource | undefined): Promise<void> {
    return this.step({ op: "read", resource: next, pending: "reading" }, async () => {
      if (next.id === UNKNOWN) next.outputs = next.inputs;
      else {
        const inputs = plainValues(next.inputs);
        const plugin = await this.run.providers.of(next);
        const response = await plugin.read(targetOf(next), { inputs, outputs: inputs });
        if (Object.keys(response.outputs).length === 0) throw new Error(`resource '${next.id}' does not exist`);
        next.id = response.id || next.id;
        next.outputs = withSecretsMarked(response.outputs, next.inputs, next);
      }
      // The program now reads a different object, so the one that was managed must be deleted.
      if (old && !old.external && old.id !== next.id) this.run.snapshot.recordReplacement(next, old);
      else this.run.snapshot.record(next, old);
    });
  }

  import(next: Resource, record: (resource: Resource) => void): Promise<void> {
    return this.step({ op: "import", resource: next, pending: "importing" }, async () => {
      record(next);
    });
  }

  /** The option `import`: the object as its provider reads it. */
  async readImported(next: Resource, id: string): Promise<Resource> {
    const plugin = await this.run.providers.of(next);
    const read = await plugin.read({ urn: next.urn, id }, {});
    if (read.id === "" || !read.inputs) throw new Error(`resource '${id}' does not exist`);
    return { ...next, id: read.id, inputs: read.inputs, outputs: withSecretsMarked(read.outputs, {}, next) };
  }

  async refresh(resource: Resource): Promise<void> {
    if (!resource.custom || isProviderType(resource.type)) {
      if (!isDefaultProvider(resource)) this.run.report.start("same", resource.urn).done();
      return;
    }
    await this.step({ op: "refresh", resource }, async () => {
      const plugin = await this.run.providers.of(resource);
      const [oldInputs, oldOutputs] = [plainValues(resource.inputs), plainValues(resource.outputs)];
      const response = await plugin.read(targetOf(resource), { inputs: oldInputs, outputs: oldOutputs });
      if (response.id === "") {
        this.run.snapshot.forget(resource);
        return { op: "delete", changedKeys: [] };
      }
      const inputs = response.inputs ? markSecrets(response.inputs, resource.inputs) : resource.inputs;
      const outputs = withSecretsMarked(response.outputs, resource.outputs, resource);
      // Compares the actual object with the inputs in the state.
      const target = { urn: resource.urn, id: response.id };
      const diff = await plugin.diff(target, plainValues(outputs), plainValues(inputs), oldInputs, []);
      const changed = diff.changes === "unknown" ? changedKeys(resource.inputs, inputs) : [];
      const isRewritten = changedKeys(resource.outputs, outputs).length > 0 || changed.length > 0;
      if (isRewritten) resource.modified = new Date().toISOString();
      Object.assign(resource, { id: response.id, inputs, outputs, initErrors: [] });
      return { op: diff.changes === "some" || changed.length > 0 ? "update" : "same", changedKeys: changed };
    });
  }

  /** Deletes an object and removes it from the state. */
  async delete(resource: Resource): Promise<void> {
    if (this.failed) throw new AbortedError();
    // Resources without a managed object are removed without a step.
    if (resource.external || resource.pendingReplacement || isDefaultProvider(resource)) {
      return this.run.snapshot.remove(resource);
    }
    await this.deleteObject(resource, resource.delete ? "delete-replaced" : "delete", () => {
      this.run.snapshot.remove(resource);
    });
  }

  /** Deletes an object before its replacement is created. Its resource stays, because others still refer to it. */
  deleteFirst(resource: Resource): Promise<void> {
    return this.deleteObject(resource, "delete-replaced", () => {
      resource.pendingReplacement = true;
    });
  }

  private deleteObject(resource: Resource, op: StepOp, record: () => void): Promise<void> {
    const isSkipped = resource.retainOnDelete || this.deletions.has(resource.deletedWith);
    const hasObject = resource.custom && !isProviderType(resource.type) && !isSkipped;
    const plan: StepPlan = hasObject ? { op, resource, pending: "deleting" } : { op, resource };
    return this.step(plan, async () => {
      if (hasObject && !this.run.preview) {
        const plugin = await this.run.providers.of(resource);
        await plugin.delete(targetOf(resource), plainValues(resource.outputs), plainValues(resource.inputs));
      }
      record();
    });
  }

  /** Creates or updates an object through the provider, and marks the secrets in its outputs. */
  private async apply(
    next: Resource,
    write: (plugin: Plugin, preview: boolean) => Promise<unknown>,
    onPartialFailure: (error: InitError) => void,
  ): Promise<void> {
    const declared = next.inputs;
    const { preview } = this.run;
    const plugin = await this.run.providers.of(next);
    if (preview && !plugin.supportsPreview) {
      next.outputs = declared;
      return;
    }
    try {
      await write(plugin, preview);
      next.outputs = withSecretsMarked(next.outputs, declared, next);
    } catch (error) {
      if (error instanceof InitError) {
        next.outputs = withSecretsMarked(error.properties, declared, next);
        next.initErrors = error.reasons;
        onPartialFailure(error);
      }
      throw error;
    }
  }
}

function targetOf({ urn, id }: Resource): Target {
  return { urn, id };
}

function isDefaultProvider(resource: Resource): boolean {
  return isProviderType(resource.type) && resource.urn.endsWith("::default");
}

/** Marks what is secret in `like` and what the program declared as secret. */
function withSecretsMarked(outputs: Values, like: Values, { additionalSecretOutputs }: Resource): Values {
  return markNames(markSecrets(outputs, like), additionalSecretOutputs);
}
