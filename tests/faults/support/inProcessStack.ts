/**
 * A minimal engine around the provider, in this process: check, diff, the resulting steps, and the state after each step,
 * also after a failure. It runs one step at a time in the order of the declaration, so that the n-th call of an operation
 * is the same in every run.
 */
import "./shortWaits";
import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../../../formats/typeTokens";
import type { Values } from "../../../formats/values";
import type { DynamicProvider, Properties } from "../../../provider/dynamic/protocol";
import { newProcess } from "../../../provider/host/process";
import { configuration } from "../../../provider/settings";
import { ignoreChanges } from "../../../testing/engine/plan";
import { providerOf } from "./hosts";
import { type Kill, runUntilKilled } from "./killed";
import { printedForms } from "./leaks";

/** A resource as a program declares it. `{ idOf: name }` in the arguments is the id of an earlier one. */
export interface Declared {
  kind: Kind;
  args?: Record<string, unknown>;
  ignoreChanges?: readonly string[];
}
export type Declaration = Record<string, Declared>;

/** A resource in the state, with secrets in plain text. */
export interface Managed {
  name: string;
  kind: Kind;
  id: string;
  inputs: Properties;
  outputs: Properties;
  /** Its last create or update failed after it had begun. */
  unfinished: boolean;
  /** It was replaced, and its delete is pending. */
  replaced: boolean;
}

export interface Outcome {
  ok: boolean;
  /** The run was killed: the state has nothing that happened afterwards. */
  killed?: true;
  /** Steps such as `create ci`, in order. */
  steps: string[];
  /** Log lines and errors. Each error in every form of `printedForms`. */
  printed: string[];
}

export interface OperationOptions {
  refresh?: boolean;
  /** Overrides variables of the environment of the stack. */
  env?: Record<string, string>;
  config?: Record<string, string>;
  kill?: Kill | undefined;
}

/** One operation in progress, with its own provider process. */
interface Run extends Outcome {
  providerOf(kind: Kind): DynamicProvider;
}

const PROVIDER = "exports.handler = …";

export class InProcessStack {
  state: Managed[] = [];

  constructor(
    private readonly env: Record<string, string>,
    readonly name = "test",
  ) {}

  /** The current resource of a name. */
  resource(name: string): Managed | undefined {
    return this.state.find((each) => each.name === name && !each.replaced);
  }

  up(declaration: Declaration, options: OperationOptions = {}): Promise<Outcome> {
    return this.operate(options, async (run) => {
      if (options.refresh) await this.refreshAll(run);
      for (const [name, declared] of Object.entries(declaration)) await this.register(run, name, declared);
      await this.deleteAll(run, ({ name, replaced }) => replaced || !(name in declaration));
    });
  }

  refresh(options: OperationOptions = {}): Promise<Outcome> {
    return this.operate(options, (run) => this.refreshAll(run));
  }

  destroy(options: OperationOptions = {}): Promise<Outcome> {
    return this.operate(options, (run) => this.deleteAll(run, () => true));
  }

  /** Starts no further step after a failure, like Pulumi. */
  private async operate(
    { env, config = {}, kill }: OperationOptions,
    work: (run: Run) => Promise<void>,
  ): Promise<Outcome> {
    const printed: string[] = [];
    const process = newProcess({ ...this.env, ...env });
    const apiContext = process.apiContext.bind(process);
    process.apiContext = () => ({ ...apiContext(), log: (line) => void printed.push(line) });
    process.configure(configuration((key) => config[key]));
    const run: Run = { ok: true, steps: [], printed, providerOf: (kind) => providerOf(kind, process) };
    try {
      const end = kill ? await runUntilKilled(kill, () => work(run)) : await work(run);
      if (end === "killed") Object.assign(run, { ok: false, killed: true });
    } catch (error) {
      run.ok = false;
      printed.push(...printedForms(error));
    }
    return run;
  }

  private async register(run: Run, name: string, declared: Declared): Promise<void> {
    const { kind, args = {} } = declared;
    const provider = run.providerOf(kind);
    const old = this.resource(name);
    const given = { ...nameOf(kind, name, args, this.name), ...(this.resolved(args) as Properties) };
    const checked = async (olds: Properties, news: Properties): Promise<Managed> => {
      const { inputs, failures } = await provider.check(olds, news);
      if (!inputs) throw new Error(`${name}: ${failures.map(({ reason }) => reason).join("; ")}`);
      return { name, kind, id: "", inputs: onWire(inputs), outputs: {}, unfinished: false, replaced: false };
    };
    if (!old) return this.create(run, await checked({}, given));

    const withIgnored = ignoreChanges(given as Values, old.inputs as Values, [...(declared.ignoreChanges ?? [])]);
    const next = await checked(old.inputs, withIgnored);

    const { changes, replaces = [] } = await provider.diff(old.id, old.outputs, next.inputs);
    const isChanged = changes ?? !isDeepStrictEqual(old.inputs, next.inputs);
    // A replacement ignores `ignoreChanges`, like Pulumi.
    if (isChanged && replaces.length > 0) return this.create(run, await checked({}, given), old);
    if (isChanged || old.unfinished) return this.update(run, next, old);
  }

  private async create(run: Run, next: Managed, old?: Managed): Promise<void> {
    run.steps.push(`${old ? "replace" : "create"} ${next.name}`);
    const settle = () => {
      if (old) old.replaced = true;
      this.state.push(next);
    };
    try {
      const { id, outs } = await run.providerOf(next.kind).create({ ...next.inputs, __provider: PROVIDER });
      Object.assign(next, { id, outputs: onWire(outs) });
      settle();
    } catch (error) {
      if (!isPartial(error)) throw error;
      Object.assign(next, { id: error.id, outputs: onWire(error.properties), unfinished: true });
      settle();
      throw error;
    }
  }

  private async update(run: Run, next: Managed, old: Managed): Promise<void> {
    run.steps.push(`update ${next.name}`);
    const news = { ...next.inputs, __provider: PROVIDER };
    try {
      const { outs } = await run.providerOf(next.kind).update(old.id, old.outputs, news);
      Object.assign(old, { inputs: next.inputs, outputs: onWire(outs), unfinished: false });
    } catch (error) {
      // Keeps the old inputs, so that the next `up` compares with them.
      if (isPartial(error)) Object.assign(old, { outputs: onWire(error.properties), unfinished: true });
      throw error;
    }
  }

  private async refreshAll(run: Run): Promise<void> {
    for (const each of this.state.filter(({ replaced }) => !replaced)) {
      run.steps.push(`read ${each.name}`);
      const { id, props = {}, inputs = each.inputs } = await run.providerOf(each.kind).read(each.id, each.outputs);
      if (id === "") this.state = this.state.filter((other) => other !== each);
      else {
        const outputs = onWire(props);
        // Compares the live object with the inputs of the state, like Pulumi.
        await run.providerOf(each.kind).diff(id, outputs, each.inputs);
        Object.assign(each, { outputs, inputs: onWire(inputs), unfinished: false });
      }
    }
  }

  private async deleteAll(run: Run, shouldDelete: (resource: Managed) => boolean): Promise<void> {
    for (const each of this.state.filter(shouldDelete).reverse()) {
      run.steps.push(`delete ${each.name}`);
      await run.providerOf(each.kind).delete(each.id, each.outputs);
      this.state = this.state.filter((other) => other !== each);
    }
  }

  private resolved(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolved(item));
    if (typeof value !== "object" || value === null) return value;
    if ("idOf" in value) return this.resource(String(value.idOf))?.id;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.resolved(item)]));
  }
}

/** The default name and its flag, which the resource classes add. */
function nameOf(kind: Kind, name: string, args: Properties, stack: string): Properties {
  if ("name" in args || (kind !== "InferenceKey" && kind !== "Guardrail")) return {};
  return { name: defaultName(name, stack), __defaultName: true };
}

export function defaultName(resource: string, stack = "test"): string {
  return `acme/${stack}/${resource}`;
}

interface Partial extends Error {
  id: string;
  properties: Properties;
}

/** The engine stores the properties of a partial failure unchanged: without `__provider` no run could read them. */
function isPartial(error: unknown): error is Partial {
  if (!(error instanceof Error) || !("properties" in error)) return false;
  if ((error as Partial).properties.__provider !== PROVIDER) throw new Error("a partial failure without __provider");
  return true;
}

/** Properties as Pulumi returns them. It rejects undefined values and returns secrets in plain text. */
function onWire({ __provider, ...properties }: Properties): Properties {
  const plain = Object.entries(properties).map(([name, value]) => {
    if (value === undefined) throw new Error(`${name} is undefined, which Pulumi rejects`);
    const isSecret = typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
    return [name, isSecret ? (value as unknown as { value: string }).value : value];
  });
  return structuredClone(Object.fromEntries(plain));
}
