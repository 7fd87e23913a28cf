/**
 * Drives a lifecycle through Pulumi's dynamic-provider protocol. What the protocol wants stays in this file:
 * `__provider` in what a partial failure keeps, secrets as wire objects, plain results, an empty id for "gone", and the
 * properties that every object of ours has in its state besides its own outputs.
 */
import { type Api, type Surroundings, startOperation } from "../api/client";
import { NotFound, Unsupported } from "../api/errors";
import { confirmSameAccount, type Home, homeOf, serverMark, type Workspaces } from "../resources/account";
import { type Context, type Lifecycle, PartialFailure, type Session } from "../resources/lifecycle";
import { Secret } from "../secret";
import { redact } from "../text";
import type { DynamicProvider, Properties } from "./protocol";
import { readStamp, STATE_VERSION, stamped } from "./stamp";

/** What all kinds of one provider process share. */
export interface Process {
  configure: DynamicProvider["configure"];
  /** Resolved at the first API call and not before: a preview works without credentials. */
  surroundings(): Surroundings;
  workspaces: Workspaces;
  session: Session;
}

/** Pulumi's mark for a secret value on the wire. */
const SECRET_MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

export function dynamicProvider<Inputs extends object, Outputs extends object>(
  lifecycle: Lifecycle<Inputs, Outputs>,
  process: Process,
): DynamicProvider {
  const { title } = lifecycle;

  /** Our own outputs, as the lifecycle wrote them. */
  function outputsIn(properties: Properties): Outputs {
    const { __provider, __v, ...outputs } = properties;
    if (readStamp(__v)?.defaultName) outputs.__defaultName = true;
    for (const name of lifecycle.secretOutputs) outputs[name] = new Secret(String(outputs[name] ?? ""));
    return outputs as Outputs;
  }

  function inputsIn({ __provider, ...inputs }: Properties): Inputs {
    return inputs as Inputs;
  }

  function nameOf(properties: Properties, id?: string): string {
    const name = lifecycle.nameOf(properties as Partial<Inputs>);
    const names = [name ? `"${name}"` : "", id && id !== name ? `(${id})` : ""].filter(Boolean);
    return [title, ...names].join(" ");
  }

  function begin(verb: "create" | "read" | "update" | "delete", properties: Properties, id?: string): Context {
    const object = nameOf(properties, id);
    refuseNewerState(`${verb} ${object}`, properties);
    if (id !== undefined) process.session.known.add(id);
    const surroundings = process.surroundings();
    return { api: startOperation(surroundings, { verb, object }), session: process.session, log: surroundings.log };
  }

  /** From here on this process deletes nothing of that id: it would be under another name. */
  function hold(id: string, inputs: Properties): void {
    if (lifecycle.holds(id, inputsIn(inputs))) process.session.held.add(id);
  }

  /** Learns how many operations the engine has under way at once. */
  async function counted<Result>(work: () => Promise<Result>): Promise<Result> {
    const { parallelism } = process.session;
    parallelism.seen = Math.max(++parallelism.now, parallelism.seen);
    try {
      return await work();
    } finally {
      parallelism.now--;
    }
  }

  /** "Not found" by the API, in the account that wrote the state: anything else is an error that says so. */
  async function confirmGone(api: Api, properties: Properties): Promise<void> {
    await confirmSameAccount(api, readStamp(properties.__v)?.home, process.workspaces);
  }

  /** An object just seen through this base URL is at home here. */
  async function here(api: Api, properties: Properties): Promise<Home> {
    const home = readStamp(properties.__v)?.home;
    return home ? { ...home, server: serverMark(api) } : homeOf(api, process.workspaces);
  }

  return {
    configure: process.configure,

    async check(_olds, news) {
      const { inputs, failures } = lifecycle.check(inputsIn(news) as Properties);
      // Without a property: the engine prints the value of a named one, secret or not.
      return {
        ...(inputs ? { inputs: plain(inputs) } : {}),
        failures: failures.map((reason) => ({ property: "", reason })),
      };
    },

    async diff(id, olds, news) {
      refuseNewerState(`compare ${nameOf(news, id)}`, olds);
      process.session.known.add(id);
      const { changed, replaces } = lifecycle.diff(outputsIn(olds), inputsIn(news));
      if (replaces.length === 0) hold(id, news);
      // "Unknown" in place of "changed": the engine then compares the inputs itself, shows which differ, and obeys
      // replaceOnChanges.
      return changed ? { replaces } : { changes: false };
    },

    async create(news) {
      const context = begin("create", news);
      const home = await homeOf(context.api, process.workspaces);
      const { id, outputs } = await keeping(
        news,
        home,
        () => counted(() => lifecycle.create(context, inputsIn(news))),
        hold,
      );
      hold(id, news);
      return { id, outs: toState(outputs, home) };
    },

    async read(id, properties) {
      const managed = "__v" in properties;
      const context = begin("read", properties, id);
      const found = await lifecycle.read(context, id, managed ? outputsIn(properties) : undefined);
      if (found) {
        const home = await here(context.api, properties);
        return { id, props: toState(found.outputs, home), inputs: plain(found.inputs) };
      }
      if (!managed) {
        throw new Unsupported(
          context.api.operation,
          "there is no such object in this account",
          "check the id that is passed to `get`",
        );
      }
      await confirmGone(context.api, properties);
      return { id: "" };
    },

    async update(id, olds, news) {
      const context = begin("update", olds, id);
      const home = await here(context.api, olds);
      try {
        const outputs = await keeping(news, home, () =>
          counted(() => lifecycle.update(context, id, outputsIn(olds), inputsIn(news))),
        );
        return { outs: toState(outputs, home) };
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
        await confirmGone(context.api, olds);
        throw new Unsupported(
          context.api.operation,
          "it no longer exists: somebody deleted it",
          "run `pulumi up --refresh`, which makes it again",
        );
      }
    },

    async delete(id, properties) {
      if (process.session.held.has(id)) return;
      const context = begin("delete", properties, id);
      try {
        await counted(() => lifecycle.delete(context, id, outputsIn(properties)));
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
        await confirmGone(context.api, properties);
      }
    },
  };
}

/** Turns a failure after something was made into the form by which the engine keeps it in state. */
async function keeping<Result>(
  news: Properties,
  home: Home,
  work: () => Promise<Result>,
  hold?: (id: string, inputs: Properties) => void,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    hold?.(error.id, news);
    const reason = redact(error.message);
    // The engine stores these properties as they are: without `__provider` nothing could read or delete the object.
    const properties = { ...toState(error.outputs, home), __provider: news.__provider };
    const kept = Object.assign(new Error(reason), { stack: reason, id: error.id, reasons: [reason] });
    // Holds the key as plain text: there for Pulumi to read, and not for anybody who prints the error.
    throw Object.defineProperty(kept, "properties", { value: properties, enumerable: false });
  }
}

function refuseNewerState(operation: string, { __v }: Properties): void {
  if ((readStamp(__v)?.version ?? 0) > STATE_VERSION) {
    throw new Unsupported(operation, "its state was written by a newer release", "upgrade pulumi-openrouter");
  }
}

function toState(outputs: object, home: Home): Properties {
  const { __defaultName, ...properties } = plain(outputs);
  return { ...properties, __v: stamped(home, __defaultName === true) };
}

/** Own copy, without what Pulumi can't carry: it fails on `undefined`, after the object was made. */
function plain(properties: object): Properties {
  const present: Properties = {};
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined)
      present[name] = value instanceof Secret ? { ...SECRET_MARK, value: value.reveal() } : value;
  }
  return present;
}
