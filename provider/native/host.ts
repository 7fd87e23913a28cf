/** Offers the operations of a kind as Pulumi's provider protocol has them, with previews of creates and updates. */
import { type Kind, providerOf } from "../../formats/typeTokens";
import { parseUrn } from "../../formats/urn";
import { secret, UNKNOWN, type Values } from "../../formats/values";
import { PreconditionError } from "../errors";
import { operationsOf } from "../host/operations";
import type { Process } from "../host/process";
import { onWire, type Properties, withoutCode } from "../host/state";
import type { Lifecycle } from "../reconcile/lifecycle";
import { clean } from "../text";
import { changedInputs, type InputChange } from "./comparison";

export interface NativeResource {
  check(urn: string, olds: Values, news: Values): Promise<{ inputs: Values | undefined; failures: string[] }>;
  diff(urn: string, id: string, olds: Values, oldInputs: Values, news: Values): Promise<ShownDifference>;
  create(urn: string, news: Values, preview: boolean): Promise<{ id: string; outputs: Values }>;
  /** @param olds Undefined: an import. */
  read(
    urn: string,
    id: string,
    olds: Values | undefined,
  ): Promise<{ outputs: Values; inputs: Values | undefined } | undefined>;
  update(id: string, olds: Values, news: Values, preview: boolean): Promise<Values>;
  delete(urn: string, id: string, olds: Values): Promise<void>;
  /** The outputs of an object that exists although its create or update failed. */
  kept(properties: Properties): Values;
}

export interface ShownDifference {
  changed: boolean;
  replaces: string[];
  inputs: Map<string, InputChange>;
}

export function nativeResource<Inputs extends object, Outputs extends object>(
  kind: Kind,
  lifecycle: Lifecycle<Inputs, Outputs>,
  process: Process,
): NativeResource {
  const operations = operationsOf(lifecycle, process);
  /** Id of each object → the resource of the program that has it. */
  const owners = new Map<string, string>();

  /** The engine accepts two resources with one object. They would undo each other's changes. */
  function own(verb: "compare" | "import", id: string, urn: string): void {
    const owner = owners.get(id) ?? urn;
    owners.set(id, owner);
    if (owner === urn) return;
    const problem = `the resource "${clean(parseUrn(owner).name)}" of this program has it already`;
    throw new PreconditionError(`${verb} ${lifecycle.title} (${clean(id)})`, problem, "keep one of them");
  }

  /** For a replacement: the delete of the old object may have a former URN, and come before the create. */
  function disown(urn: string): void {
    for (const [id, owner] of owners) if (owner === urn) owners.delete(id);
  }

  // With it, a stack that moves to the dynamic provider can refresh and destroy.
  const toEngine = (properties: Properties): Values => ({ ...onWire(properties), __provider: providerOf(kind) });

  /** What an object with these inputs will return. Values that the API chooses are unknown unless the state has them. */
  function planned(news: Values, olds: Values = {}): Values {
    const computed = lifecycle.computedOutputs.filter((name) => news[name] === undefined);
    const values = computed.map((name) => {
      const value = olds[name] ?? UNKNOWN;
      return [name, (lifecycle.secretOutputs as readonly string[]).includes(name) ? secret(value) : value] as const;
    });
    return toEngine({ ...news, ...Object.fromEntries(values) });
  }

  return {
    async check(urn, olds, news) {
      if (Object.keys(olds).length === 0) disown(urn);
      const { inputs, failures } = await operations.check(withoutCode(olds), withDefaultName(urn, withoutCode(news)));
      return { inputs: inputs && onWire(inputs), failures };
    },

    async diff(urn, id, olds, oldInputs, news) {
      const { changed, replaces, isUndone } = await operations.diff(id, withoutCode(olds), withoutCode(news));
      if (process.session.programRuns && replaces.length === 0) own("compare", id, urn);
      const inputs = changed ? changedInputs(oldInputs, news, replaces) : new Map<string, InputChange>();
      return { changed: changed || isUndone, replaces, inputs };
    },

    async create(urn, news, preview) {
      // `--target-replace` does without a check.
      disown(urn);
      if (preview) return { id: "", outputs: planned(withoutCode(news)) };
      const { id, outputs } = await operations.create(withoutCode(news));
      return { id, outputs: toEngine(outputs) };
    },

    async read(urn, id, olds) {
      const isImport = olds === undefined;
      const found = await operations.read(id, withoutCode(olds ?? {}), isImport);
      if (isImport) own("import", id, urn);
      return found && { outputs: toEngine(found.outputs), inputs: found.inputs && onWire(found.inputs) };
    },

    async update(id, olds, news, preview) {
      if (preview) return planned(withoutCode(news), olds);
      return toEngine(await operations.update(id, withoutCode(olds), withoutCode(news)));
    },

    async delete(urn, id, olds) {
      // The object stays with the resource that the program keeps.
      if ((owners.get(id) ?? urn) === urn) await operations.delete(id, withoutCode(olds));
    },

    kept: toEngine,
  };

  /** Programs in TypeScript declare the default themselves. Children of two components may have the same name. */
  function withDefaultName(urn: string, news: Values): Values {
    if (!lifecycle.hasDefaultName || (news.name !== undefined && news.name !== null)) return news;
    const { project, stack, name, type, qualifiedType } = parseUrn(urn);
    const isOwn = type === qualifiedType ? { __defaultName: true } : {};
    return { ...news, name: `${project}/${stack}/${name}`, ...isOwn };
  }
}
