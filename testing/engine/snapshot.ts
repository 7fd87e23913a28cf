import type { PendingOperation, PendingType, Resource, State } from "./state";

/**
 * The state during an operation. `news` has the resources that the operation has recorded, each after its dependencies; `olds`
 * has the others. Both are written to the state, so a failing operation loses nothing.
 */
export class Snapshot {
  readonly news: Resource[] = [];
  olds: Resource[];
  private readonly pending: Set<PendingOperation>;
  private readonly renamed = new Map<string, string>();
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(
    base: State,
    private readonly write: (state: State) => Promise<void>,
  ) {
    this.olds = base.resources;
    // As in Pulumi, only creates are kept: nothing else records an object that may exist.
    this.pending = new Set(base.pending.filter((operation) => operation.type === "creating"));
  }

  get resources(): Resource[] {
    return [...this.news, ...this.olds];
  }

  /** The old resource with one of these URNs, in their order. */
  old(urns: string[]): Resource | undefined {
    const live = this.olds.filter((resource) => !resource.delete);
    return urns.map((urn) => live.find((resource) => resource.urn === urn)).find((found) => found !== undefined);
  }

  /** The state of a resource that this operation has recorded. */
  recorded(urn: string): Resource | undefined {
    return this.news.find((resource) => resource.urn === urn);
  }

  /** The newest state of a resource. */
  current(urn: string): Resource | undefined {
    return this.recorded(urn) ?? this.old([urn]);
  }

  /** Adds an imported object, which is then compared with the program. */
  add(resource: Resource): void {
    resource.created = resource.modified = new Date().toISOString();
    this.olds = [...this.olds, resource];
  }

  /** Records a resource, and removes its old state. */
  record(resource: Resource, old?: Resource): void {
    const now = new Date().toISOString();
    resource.created ||= old?.created || now;
    resource.modified = now;
    this.news.push(resource);
    if (old === undefined) return;
    this.remove(old);
    if (old.urn !== resource.urn) this.rename(old.urn, resource.urn);
  }

  /** Records a resource, and marks its old state for deletion. */
  recordReplacement(resource: Resource, old: Resource): void {
    old.delete = true;
    this.record(resource);
  }

  remove(resource: Resource): void {
    this.olds = this.olds.filter((other) => other !== resource);
  }

  /** Removes a resource and all references to it, because the CLI rejects dangling ones. */
  forget(gone: Resource): void {
    this.remove(gone);
    for (const resource of this.resources) {
      if (resource.parent === gone.urn) resource.parent = gone.parent;
      if (resource.deletedWith === gone.urn) resource.deletedWith = "";
      resource.dependencies = resource.dependencies.filter((urn) => urn !== gone.urn);
      for (const [key, urns] of Object.entries(resource.propertyDependencies)) {
        resource.propertyDependencies[key] = urns.filter((urn) => urn !== gone.urn);
      }
    }
  }

  async begin(type: PendingType, resource: Resource): Promise<PendingOperation> {
    const operation = { type, resource };
    this.pending.add(operation);
    await this.checkpoint();
    return operation;
  }

  async end(operation: PendingOperation): Promise<void> {
    this.pending.delete(operation);
    await this.checkpoint();
  }

  /** Writes the state. Calls during a write share the next one. */
  checkpoint(): Promise<void> {
    this.next ??= this.writing = this.writing.then(() => {
      this.next = undefined;
      return this.write({ resources: this.resources, pending: [...this.pending] });
    });
    return this.next;
  }

  oldUrn(urn: string): string | undefined {
    return this.renamed.get(urn);
  }

  private rename(from: string, to: string): void {
    this.renamed.set(to, from);
    const move = (urn: string) => (urn === from ? to : urn);
    for (const resource of this.olds) {
      resource.parent = move(resource.parent);
      resource.deletedWith = move(resource.deletedWith);
      resource.dependencies = resource.dependencies.map(move);
      for (const [key, urns] of Object.entries(resource.propertyDependencies)) {
        resource.propertyDependencies[key] = urns.map(move);
      }
      if (resource.provider.startsWith(`${from}::`)) resource.provider = to + resource.provider.slice(from.length);
    }
  }
}
