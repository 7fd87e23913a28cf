/**
 * Drives a lifecycle through Pulumi's dynamic-provider protocol. What the protocol requires stays in this file:
 * `__provider` in what a partial failure keeps, secrets as wire objects, plain results, an empty id for "gone", and the
 * properties that every object of ours has in its state besides its own outputs.
 */
import { isDeepStrictEqual } from "node:util";
import type { Api } from "../api/call";
import { type ApiContext, type Operation, startOperation } from "../api/client";
import { sleep } from "../api/retry";
import { NotFoundError, PartialFailureError, PreconditionError } from "../errors";
import type { AccountGuard, AccountRef } from "../reconcile/account";
import { adoptedTwice } from "../reconcile/adoption";
import { LAG_WAITS_MS } from "../reconcile/fresh";
import { type Context, isOutcomeUnknown, type Lifecycle, type Session } from "../reconcile/lifecycle";
import { Secret } from "../secret";
import { clean } from "../text";
import { forState, plain, toState, withoutCode } from "./properties";
import type { DynamicProvider, Properties } from "./protocol";
import { parseStamp, STATE_VERSION } from "./stamp";

/** What all kinds of one provider process share. */
export interface Process {
  configure: DynamicProvider["configure"];
  /** Resolved at the first API call and not before: a preview works without credentials. */
  surroundings(): ApiContext;
  accounts: AccountGuard;
  session: Session;
  /** The last gate before output: no credential and no control character passes. */
  gate(text: string): string;
}

export function dynamicProvider<Inputs extends object, Outputs extends object>(
  lifecycle: Lifecycle<Inputs, Outputs>,
  process: Process,
): DynamicProvider {
  const { title } = lifecycle;
  const { accounts, session } = process;

  /** Our own outputs, as the lifecycle wrote them. */
  function outputsIn(properties: Properties): Outputs {
    const { __provider, __origin, ...outputs } = properties;
    for (const name of lifecycle.secretOutputs) outputs[name] = new Secret(String(outputs[name] ?? ""));
    return outputs as Outputs;
  }

  function inputsIn({ __provider, ...inputs }: Properties): Inputs {
    return inputs as Inputs;
  }

  function nameOf(properties: Properties, id?: string): string {
    const name = clean(String(lifecycle.nameOf(properties as Partial<Inputs>)));
    const names = [name ? `"${name}"` : "", id && id !== name ? `(${clean(id)})` : ""].filter(Boolean);
    return [title, ...names].join(" ");
  }

  /** @throws before any other id gets into a URL, and without repeating it: it may be a key. */
  function requireId(verb: string, id: string): void {
    if (lifecycle.isId(id)) return;
    throw new PreconditionError(
      `${verb} ${title}`,
      `the id is not the id of ${title}s`,
      "pass the `id` of the resource",
    );
  }

  async function begin(verb: "read" | "update" | "delete", properties: Properties, id: string): Promise<Context> {
    requireId(verb, id);
    const object = nameOf(properties, id);
    rejectNewerState(`${verb} ${object}`, properties);
    recordSeen(id, properties, object);
    const { account, unfinished = false } = parseStamp(properties.__origin) ?? {};
    const context = start(verb, object);
    // The account that has the object, as the state names it; else it is that of the management key.
    return { ...context, account: account ?? (await accounts.present(context.api)), unfinished };
  }

  /** Remembers what the state says of an object. */
  function recordSeen(id: string, { __origin, createdAt }: Properties, object: string): void {
    session.seenIds.add(id);
    if (typeof createdAt === "string") session.creationTimes.set(id, createdAt);
    accounts.meet(parseStamp(__origin)?.account, object);
  }

  function start(verb: Operation["verb"], object: string): Omit<Context, "account"> {
    const surroundings = process.surroundings();
    const guard = (api: Api) => accounts.beforeWrite(api, verb === "create");
    const api = startOperation({ ...surroundings, beforeWrite: guard }, { verb, object });
    return { api, session, log: surroundings.log, unfinished: false };
  }

  /** The account check and the reads of a create, side by side. No write starts before both have ended. */
  async function beginCreate(news: Properties): Promise<Context> {
    const context = start("create", nameOf(news));
    const prepared = lifecycle.prepareCreate?.(context, inputsIn(news));
    // The error of the account check comes first. The other one is not unhandled meanwhile.
    prepared?.catch(() => undefined);
    const account = await accounts.present(context.api);
    await prepared;
    return { ...context, account };
  }

  /** From here on this process deletes nothing that these inputs name: it would be as another resource's. */
  function claim(id: string, inputs: Properties): void {
    for (const claimed of lifecycle.claims(id, inputsIn(inputs))) session.claimedIds.add(claimed);
  }

  /** Remembers what the program has of an object. @throws if this change must not be planned. */
  function plan(id: string, olds: Properties, news: Properties, replaces: readonly string[]): void {
    session.managed.set(id, olds);
    const account = parseStamp(olds.__origin)?.account;
    lifecycle.forbid?.({ id, olds: outputsIn(olds), news: inputsIn(news), replaces, account, session });
    if (replaces.length > 0) {
      session.replacedIds.add(id);
      return;
    }
    claim(id, news);
    if (session.left.has(id)) {
      const text =
        `${nameOf(news, id)} keeps a guardrail whose assignment set no longer lists it, because the set came first: ` +
        "declare the key before the set, then run `pulumi up --refresh`";
      process.surroundings().log(text);
    }
  }

  /** Two resources may have got the same object; what one of them still manages is not deleted with the other. */
  function isOfAnother(id: string, properties: Properties): boolean {
    const managed = session.managed.get(id);
    return managed !== undefined && !isDeepStrictEqual(withoutCode(managed as Properties), withoutCode(properties));
  }

  /** "Not found" by the API counts only in the account that wrote the state. */
  async function confirmGone({ api }: Context, properties: Properties): Promise<void> {
    await accounts.confirmGone(api, parseStamp(properties.__origin)?.account);
  }

  /** A delete of unknown outcome is settled by looking, for as long as the API may show what it has deleted. */
  async function isGone(context: Context, id: string, olds: Outputs): Promise<boolean> {
    for (const wait of [0, ...LAG_WAITS_MS]) {
      if (wait > 0) await sleep(wait);
      if ((await lifecycle.read(context, id, olds)) === undefined) return true;
    }
    return false;
  }

  return gated(process, {
    configure: process.configure,

    async check(olds, news) {
      session.programRuns = true;
      const { inputs, failures } = lifecycle.check(inputsIn(news) as Properties, inputsIn(olds) as Properties);
      // Without a property: the engine prints the value of a named one, secret or not.
      return {
        ...(inputs ? { inputs: plain(inputs) } : {}),
        failures: failures.map((reason) => ({ property: "", reason: process.gate(reason) })),
      };
    },

    async diff(id, olds, news) {
      const object = nameOf(news, id);
      rejectNewerState(`compare ${object}`, olds);
      if (session.adoptedIds.has(id)) throw adoptedTwice(`compare ${object}`, id);
      recordSeen(id, olds, object);
      accounts.rejectMixedAccounts(`compare ${object}`);
      const account = parseStamp(olds.__origin)?.account;
      const { changed, replaces } = lifecycle.diff(outputsIn(olds), inputsIn(news), account);
      // A refresh compares with the inputs of the state, which say nothing of the program.
      if (session.programRuns) plan(id, olds, news, replaces);
      if (!changed && lifecycle.isUndone?.(session, inputsIn(news))) return { changes: true, replaces: [] };
      // "Unknown" instead of "changed": the engine then compares the inputs itself, shows which differ, and obeys
      // replaceOnChanges.
      return changed ? { replaces } : { changes: false };
    },

    async create(news) {
      const context = await beginCreate(news);
      const account = () => context.account;
      const { id, outputs } = await keepPartial(process, account, news, claim, async () => {
        try {
          return await lifecycle.create(context, inputsIn(news));
        } catch (error) {
          // What the inputs name may be of a different account.
          if (error instanceof NotFoundError) await accounts.beforeWrite(context.api, true);
          throw error;
        }
      });
      claim(id, news);
      session.seenIds.add(id);
      return { id, outs: toState(outputs, context.account) };
    },

    async read(id, properties) {
      const stamp = parseStamp(properties.__origin);
      const context = await begin("read", properties, id);
      const olds = stamp && outputsIn(properties);
      const found = await lifecycle.read(context, id, olds);
      if (!found && !stamp) {
        throw new PreconditionError(
          context.api.operation,
          "there is no such object in this account",
          "check the id that is passed to `get`",
        );
      }
      if (!found) {
        await confirmGone(context, properties);
        return { id: "" };
      }
      // The command `adopt` reads without an account, and has to see what a program can't declare.
      const isForState = !stamp || stamp.account !== undefined;
      const [outputs, inputs] = isForState
        ? [forState(found.outputs, olds), forState(found.inputs, olds)]
        : [found.outputs, found.inputs];
      // Without inputs, the engine keeps those of the state: they are as the program declared them, and say the same.
      const isDrift = !olds || stamp.unfinished || lifecycle.diff(olds, inputs, stamp.account).changed;
      return { id, props: toState(outputs, seenHere(context)), ...(isDrift ? { inputs: plain(inputs) } : {}) };
    },

    async update(id, olds, news) {
      const { context, account } = noting(await begin("update", olds, id));
      try {
        const outputs = await keepPartial(process, account, news, undefined, () =>
          lifecycle.update(context, id, outputsIn(olds), inputsIn(news)),
        );
        return { outs: toState(outputs, account()) };
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
        await confirmGone(context, olds);
        throw new PreconditionError(
          context.api.operation,
          "deleted outside this stack",
          "run `pulumi up --refresh`, which creates it again",
        );
      }
    },

    async delete(id, properties) {
      if (session.claimedIds.has(id) || isOfAnother(id, properties)) return;
      const context = await begin("delete", properties, id);
      const olds = outputsIn(properties);
      try {
        await lifecycle.delete(context, id, olds);
      } catch (error) {
        const isDone = error instanceof NotFoundError || (isOutcomeUnknown(error) && (await isGone(context, id, olds)));
        if (!isDone) throw error;
        await confirmGone(context, properties);
      }
    },
  });
}

/** An object just seen through this base URL belongs to it. */
function seenHere({ api, account }: Context): AccountRef {
  return { ...account, server: api.baseUrl };
}

/** An update that has nothing to send has not seen the object. */
function noting({ api, ...context }: Context): { context: Context; account(): AccountRef } {
  let isSeen = false;
  const request: Api["request"] = async (call) => {
    const result = await api.request(call);
    isSeen = true;
    return result;
  };
  return {
    context: { ...context, api: { ...api, request } },
    account: () => (isSeen ? seenHere({ ...context, api }) : context.account),
  };
}

/** No error leaves the provider but through the gate. */
function gated(process: Process, provider: DynamicProvider): DynamicProvider {
  const methods = Object.entries(provider).map(([name, method]: [string, (...args: never[]) => Promise<unknown>]) => [
    name,
    (...args: never[]) => method(...args).catch((error) => Promise.reject(gatedError(process, error))),
  ]);
  return Object.fromEntries(methods) as DynamicProvider;
}

function gatedError({ gate }: Process, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(gate(String(error)));
  const [message, stack] = [gate(error.message), gate(error.stack ?? error.message)];
  return Object.assign(error, { message, stack });
}

/** Turns a failure after something was created into the form by which the engine keeps it in state. */
async function keepPartial<Result>(
  { gate }: Process,
  account: () => AccountRef,
  news: Properties,
  hold: ((id: string, inputs: Properties) => void) | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PartialFailureError)) throw error;
    hold?.(error.id, news);
    const reason = gate(error.message);
    // The engine stores these properties unchanged: without `__provider` nothing could read or delete the object.
    const properties = { ...toState(error.outputs, account(), true), __provider: news.__provider };
    const kept = Object.assign(new Error(reason), { stack: reason, id: error.id, reasons: [reason] });
    // Holds the key in plain text: there for Pulumi to read, and not to be printed with the error.
    throw Object.defineProperty(kept, "properties", { value: properties, enumerable: false });
  }
}

function rejectNewerState(operation: string, { __origin }: Properties): void {
  if ((parseStamp(__origin)?.version ?? 0) > STATE_VERSION) {
    throw new PreconditionError(operation, "its state was written by a newer release", "upgrade pulumi-openrouter");
  }
}
