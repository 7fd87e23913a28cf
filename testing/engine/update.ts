import { randomUUID } from "node:crypto";
import {
  DYNAMIC_PROVIDER,
  isProviderType,
  makeUrn,
  packageOf,
  parseUrn,
  providerTypeOf,
  STACK_TYPE,
} from "../../formats/urn";
import { plainValues, type Values } from "../../formats/values";
import { deleteAll } from "./delete";
import {
  checkFailureMessage,
  type Decision,
  decide,
  EMPTY_GOAL,
  type Goal,
  ignoreChanges,
  inputsIfReplaced,
  REPLACE_IMPORTED_MESSAGE,
  replaceProtectedMessage,
  urnsOf,
} from "./plan";
import { withEnvVarMappings } from "./providers";
import type { ImportedResource } from "./stack";
import { newResource, type Resource } from "./state";
import { AbortedError, type Run } from "./stepRunner";
import { Steps } from "./steps";
import { fromPlaintext, isDeepEqual, markSecrets } from "./values";

/**
 * An `up` or its preview: turns registered resources into steps. Resources are planned one at a time in registration order, so
 * that each plan sees the earlier ones; their steps run concurrently.
 */
export class Update {
  readonly steps: Steps;
  private readonly registered = new Set<string>();
  private readonly deletedFirst = new Map<string, Promise<void>>();
  private planning: Promise<unknown> = Promise.resolve();
  private stackOutputs: Values | undefined;

  constructor(
    private readonly run: Run,
    private readonly stack: string,
    private readonly project: string,
    private readonly config: Values,
  ) {
    this.steps = new Steps(run);
  }

  /** Applies a registered resource and returns its new state. Throws `AbortedError` after a failure. */
  async register(goal: Goal): Promise<Resource> {
    const planned = this.planning.then(() => this.plan(goal));
    this.planning = planned.catch(() => undefined);
    const { resource, apply } = await planned;
    await apply();
    return resource;
  }

  /** The outputs of a component or of the stack. */
  registerOutputs(urn: string, outputs: Values): void {
    this.run.report.maskSecretsOf(outputs);
    const resource = this.run.snapshot.current(urn);
    // The SDK sends empty stack outputs when the program fails, so they are applied at the end only.
    if (parseUrn(urn).type === STACK_TYPE) this.stackOutputs = outputs;
    else if (resource && !this.steps.failed) resource.outputs = outputs;
  }

  /** After a successful program: deletes unregistered resources, then stores the stack's outputs. */
  async finish(): Promise<void> {
    if (this.steps.failed) return;
    await deleteAll(this.run.snapshot.olds, this.run, this.steps);
    const stack = this.run.snapshot.resources.find((resource) => resource.type === STACK_TYPE);
    if (stack) stack.outputs = this.stackOutputs ?? {};
  }

  /** After the program: waits for the steps in flight. If the program failed, no new step starts. */
  async waitForSteps(succeeded: boolean): Promise<void> {
    if (!succeeded) this.steps.failed = true;
    await this.planning;
    await this.steps.idle();
  }

  /** Imports objects. The provider reads those of which the file has no outputs, and checks the inputs of all. */
  async import(resources: ImportedResource[]): Promise<void> {
    const name = `${this.project}-${this.stack}`;
    const parent = makeUrn(this.stack, this.project, "", STACK_TYPE, name);
    const stack = this.run.snapshot.old([parent]);
    if (stack) this.run.snapshot.record(stack, stack);
    else await this.register({ ...EMPTY_GOAL, type: STACK_TYPE, name, custom: false });
    const record = (resource: Resource) => this.run.snapshot.record(resource);
    for (const resource of resources) await this.steps.import(await this.prepareImport(resource, parent), record);
  }

  private async prepareImport(
    { type, name, id, inputs, outputs }: ImportedResource,
    parent: string,
  ): Promise<Resource> {
    const goal = { ...EMPTY_GOAL, type, name, parent, inputs: fromPlaintext((inputs ?? {}) as Values) };
    const next = resourceOf(goal, makeUrn(this.stack, this.project, parent, type, name));
    try {
      if (this.run.snapshot.current(next.urn)) throw new Error(`resource '${name}' already exists in the stack`);
      next.provider = await this.defaultProvider(type);
      const found = outputs
        ? { ...next, id, outputs: fromPlaintext(outputs as Values) }
        : await this.steps.readImported(next, id);
      await this.check(goal, found, found.inputs, found.inputs);
      return found;
    } catch (error) {
      this.reportFailure(next.urn, error);
      throw new AbortedError();
    }
  }

  private async plan(goal: Goal): Promise<Plan> {
    if (this.steps.failed) throw new AbortedError();
    const urn = makeUrn(this.stack, this.project, goal.parent, goal.type, goal.name);
    try {
      if (this.registered.has(urn)) throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
      this.registered.add(urn);
      this.run.report.maskSecretsOf(goal.inputs);
      await this.deletedFirst.get(urn);
      this.steps.deletions.delete(urn);
      const old = this.run.snapshot.old(urnsOf(goal, urn, this.run.snapshot.oldUrn(goal.parent)));
      const next = resourceOf(goal, urn);
      next.deletedWith = this.deletedWithOf(goal);
      if (!goal.custom || isProviderType(goal.type)) return this.planWithoutObject(goal, next, old);
      next.provider = goal.provider || (await this.defaultProvider(goal.type));
      if (goal.readId !== "") return { resource: next, apply: () => this.steps.read(next, old) };
      return await this.planObject(goal, next, old);
    } catch (error) {
      if (!(error instanceof AbortedError)) this.reportFailure(urn, error);
      throw new AbortedError();
    }
  }

  /** The object of the option `import`, recorded as it is. The program's inputs may then change it. */
  private async imported(goal: Goal, next: Resource): Promise<Resource | undefined> {
    if (goal.importId === "") return undefined;
    const found = await this.steps.readImported(next, goal.importId);
    await this.steps.import(found, (resource) => this.run.snapshot.add(resource));
    return found;
  }

  private async planObject(goal: Goal, next: Resource, old: Resource | undefined): Promise<Plan> {
    const managed = old && !old.external && !old.pendingReplacement ? old : undefined;
    const previous = managed ?? (await this.imported(goal, next));
    const news = previous ? ignoreChanges(goal.inputs, previous.inputs, goal.ignoreChanges) : goal.inputs;
    next.inputs = await this.check(goal, next, previous?.inputs ?? {}, news);
    if (previous === undefined) return { resource: next, apply: () => this.steps.create(next, old) };

    const decision = await this.diff(goal, next, previous, goal.ignoreChanges);
    if (decision.op === "same") return { resource: next, apply: () => this.steps.same(next, previous) };
    if (decision.op === "update") {
      return { resource: next, apply: () => this.steps.update(next, previous, decision, goal.ignoreChanges) };
    }
    if (goal.importId !== "") throw new Error(REPLACE_IMPORTED_MESSAGE);
    if (previous.protect) throw new Error(replaceProtectedMessage(previous.urn));
    // As in Pulumi, `ignoreChanges` has no effect on a new object.
    next.inputs = await this.check(goal, next, {}, goal.inputs);
    if (!decision.deleteFirst) return { resource: next, apply: () => this.steps.create(next, previous, decision) };
    const deleted = await this.planDeleteFirst(previous);
    return { resource: next, apply: () => deleted().then(() => this.steps.create(next, previous, decision)) };
  }

  /** The `deletedWith` of a resource: its own, else its parent's. */
  private deletedWithOf({ deletedWith, parent }: Goal): string {
    const { snapshot } = this.run;
    const owner = deletedWith || (snapshot.recorded(parent)?.deletedWith ?? "");
    if (owner === "" || snapshot.recorded(owner)) return owner;
    throw new Error(`deletedWith: the program has registered no resource ${JSON.stringify(owner)}`);
  }

  private async check(goal: Goal, next: Resource, olds: Values, news: Values): Promise<Values> {
    const plugin = await this.run.providers.of(next);
    const { inputs, failures } = await plugin.check(next.urn, plainValues(olds), plainValues(news));
    const messages = failures.map((failure) => checkFailureMessage(goal, failure));
    if (messages.length > 0) throw new Error(messages.join("\n"));
    return markSecrets(inputs, news);
  }

  private async diff(goal: Goal, next: Resource, old: Resource, ignored: string[]): Promise<Decision> {
    const plugin = await this.run.providers.of(next);
    const [outputs, oldInputs, news] = [old.outputs, old.inputs, next.inputs].map(plainValues) as [
      Values,
      Values,
      Values,
    ];
    const diff = await plugin.diff({ urn: next.urn, id: old.id }, outputs, oldInputs, news, ignored);
    return decide(goal, old, next.inputs, diff);
  }

  /** Starts deleting an object, after the dependents that must be replaced with it. */
  private async planDeleteFirst(resource: Resource): Promise<() => Promise<void>> {
    const toDelete = [resource];
    const urns = new Set([resource.urn]);
    // The state has dependents after what they depend on.
    for (const dependent of this.run.snapshot.olds) {
      if (dependent.delete || dependent.external || this.registered.has(dependent.urn)) continue;
      const inputs = inputsIfReplaced(dependent, urns);
      if (inputs === undefined) continue;
      const plugin = await this.run.providers.of(dependent);
      const { urn, id, outputs } = dependent;
      const diff = await plugin.diff(
        { urn, id },
        plainValues(outputs),
        plainValues(dependent.inputs),
        plainValues(inputs),
        [],
      );
      if (diff.replaces.length === 0) continue;
      if (dependent.protect) throw new Error(replaceProtectedMessage(urn));
      toDelete.push(dependent);
      urns.add(urn);
      this.steps.deletions.add(urn);
    }
    const deleted = this.deleteFirst(toDelete.reverse());
    // Waiting steps handle the failure; there may be none if the program exits early.
    deleted.catch(() => undefined);
    for (const urn of urns) this.deletedFirst.set(urn, deleted);
    return () => deleted;
  }

  private async deleteFirst(resources: Resource[]): Promise<void> {
    for (const resource of resources) await this.steps.deleteFirst(resource);
  }

  private planWithoutObject(goal: Goal, next: Resource, old: Resource | undefined): Plan {
    if (isProviderType(goal.type)) {
      next.inputs = withEnvVarMappings(goal.inputs, goal.envVarMappings);
      next.id = old?.id || (this.run.preview ? "" : randomUUID());
      next.outputs = goal.inputs;
    } else if (old) next.outputs = old.outputs;
    const op = old === undefined ? "create" : isDeepEqual(old.inputs, next.inputs) ? "same" : "update";
    return { resource: next, apply: () => this.steps.recordWithoutObject(next, old, op) };
  }

  /** The default provider, registered once with the whole configuration as its inputs. */
  private async defaultProvider(resourceType: string): Promise<string> {
    const type = providerTypeOf(resourceType);
    const urn = makeUrn(this.stack, this.project, "", type, "default");
    if (!this.registered.has(urn)) {
      this.registered.add(urn);
      const goal = { ...EMPTY_GOAL, type, name: "default", inputs: configOf(type, this.config) };
      const { apply } = this.planWithoutObject(goal, resourceOf(goal, urn), this.run.snapshot.old([urn]));
      await apply();
    }
    return `${urn}::${this.run.snapshot.current(urn)?.id}`;
  }

  private reportFailure(urn: string, error: unknown): void {
    this.steps.failed = true;
    this.run.report.start("same", urn).failed(error instanceof Error ? error.message : String(error));
  }
}

/** The configuration that the default provider of a type has: everything for dynamic resources, else that of its package. */
function configOf(type: string, config: Values): Values {
  if (type === DYNAMIC_PROVIDER) return config;
  const prefix = `${packageOf(type)}:`;
  const own = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

interface Plan {
  resource: Resource;
  apply(): Promise<void>;
}

function resourceOf(goal: Goal, urn: string): Resource {
  const { type, custom, inputs, parent, provider, dependencies, propertyDependencies } = goal;
  const { additionalSecretOutputs, ignoreChanges, replaceOnChanges, protect, retainOnDelete, readId } = goal;
  const fields = { urn, type, custom, inputs, parent, provider, dependencies, propertyDependencies };
  const options = { additionalSecretOutputs, ignoreChanges, replaceOnChanges, protect, retainOnDelete };
  return newResource({ ...fields, ...options, id: readId, external: readId !== "" });
}
