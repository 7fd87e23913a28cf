/**
 * Drives a lifecycle through Pulumi's dynamic-provider protocol. This folder alone knows what the protocol requires:
 * `__provider` in a partial failure, secrets as wire objects, plain results, an empty id for a deleted object.
 */
import { isDeepStrictEqual } from "node:util";
import type { Api } from "../api/call";
import { type ApiContext, type Operation, startOperation } from "../api/client";
import { sleep } from "../api/retry";
import { NotFoundError, PreconditionError } from "../errors";
import type { AccountGuard, AccountRef } from "../reconcile/account";
import { adoptedTwice } from "../reconcile/adoption";
import { LAG_WAITS_MS } from "../reconcile/fresh";
import { type Context, isOutcomeUnknown, type Lifecycle, type Session } from "../reconcile/lifecycle";
import { Secret } from "../secret";
import { clean } from "../text";
import { gated, keepPartial } from "./failures";
import { forState, plain, toState, withoutCode } from "./properties";
import type { DynamicProvider, Properties } from "./protocol";
import { parseStamp, STATE_VERSION } from "./stamp";

/** What all kinds of one provider process share. */
export interface Process {
  configure: DynamicProvider["configure"];
  /** Resolved at the first API call: a preview works without credentials. */
  apiContext(): ApiContext;
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

  /** The outputs of the lifecycle. */
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

  /** Keeps any other string out of URLs, and out of the message: it may be a key. */
  function requireId(verb: string, id: string): void {
    if (lifecycle.isId(id)) return;
    throw new PreconditionError(`${verb} ${title}`, `the id has the wrong format`, "pass the `id` of the resource");
  }

  async function begin(verb: "read" | "update" | "delete", properties: Properties, id: string): Promise<Context> {
    requireId(verb, id);
    const object = nameOf(properties, id);
    rejectNewerState(`${verb} ${object}`, properties);
    recordSeen(id, properties, object);
    const { account, unfinished = false } = parseStamp(properties.__origin) ?? {};
    const context = start(verb, object);
    // The account in the state, else that of the management key.
    return { ...context, account: account ?? (await accounts.present(context.api)), unfinished };
  }

  /** Remembers the object of a state. */
  function recordSeen(id: string, { __origin, createdAt }: Properties, object: string): void {
    session.seenIds.add(id);
    if (typeof createdAt === "string") session.creationTimes.set(id, createdAt);
    accounts.meet(parseStamp(__origin)?.account, object);
  }

  function start(verb: Operation["verb"], object: string): Omit<Context, "account"> {
    const apiContext = process.apiContext();
    const guard = (api: Api) => accounts.beforeWrite(api, verb === "create");
    const api = startOperation({ ...apiContext, beforeWrite: guard }, { verb, object });
    return { api, session, log: apiContext.log, unfinished: false };
  }

  /** Checks the account and reads for the create in parallel. No write starts before both have ended. */
  async function beginCreate(news: Properties): Promise<Context> {
    const context = start("create", nameOf(news));
    const prepared = lifecycle.prepareCreate?.(context, inputsIn(news));
    // The error of the account check takes precedence; this one must not be unhandled meanwhile.
    prepared?.catch(() => undefined);
    const account = await accounts.present(context.api);
    await prepared;
    return { ...context, account };
  }

  /** From here on, deletes of other resources skip the objects that these inputs name. */
  function claim(id: string, inputs: Properties): void {
    for (const claimed of lifecycle.claims(id, inputsIn(inputs))) session.claimedIds.add(claimed);
  }

  /** Remembers a change that the program makes. @throws if it must not be planned. */
  function plan(id: string, olds: Properties, news: Properties, replaces: readonly string[]): void {
    session.managed.set(id, olds);
    const account = parseStamp(olds.__origin)?.account;
    lifecycle.forbid?.({ id, olds: outputsIn(olds), news: inputsIn(news), replaces, account, session });
    if (replaces.length > 0) {
      session.replacedIds.add(id);
      return;
    }
    claim(id, news);
    if (session.awaitingDelete.has(id)) {
      const message =
        `${nameOf(news, id)} keeps a guardrail whose assignment set no longer lists it, because the set came first: ` +
        "declare the key before the set, then run `pulumi up --refresh`";
      process.apiContext().log(message);
    }
  }

  /** Two resources may have the same object. It is not deleted with one while the other manages it. */
  function isOfAnother(id: string, properties: Properties): boolean {
    const managed = session.managed.get(id);
    return managed !== undefined && !isDeepStrictEqual(withoutCode(managed as Properties), withoutCode(properties));
  }

  /** "Not found" counts only in the account that wrote the state. */
  async function confirmGone({ api }: Context, properties: Properties): Promise<void> {
    await accounts.confirmGone(api, parseStamp(properties.__origin)?.account);
  }

  /** Resolves a delete of unknown outcome by reading, for as long as the API may still show a deleted object. */
  async function isGone(context: Context, id: string, olds: Outputs): Promise<boolean> {
    for (const wait of [0, ...LAG_WAITS_MS]) {
      if (wait > 0) await sleep(wait);
      if ((await lifecycle.read(context, id, olds)) === undefined) return true;
    }
    return false;
  }

  return gated(process.gate, {
    configure: process.configure,

    async check(olds, news) {
      session.programRuns = true;
      const { inputs, failures } = lifecycle.check(inputsIn(news) as Properties, inputsIn(olds) as Properties);
      // Without a property name: the engine would print its value, secret or not.
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
      // A refresh compares with the inputs of the state, not of the program.
      if (session.programRuns) plan(id, olds, news, replaces);
      if (!changed && lifecycle.isUndone?.(session, inputsIn(news))) return { changes: true, replaces: [] };
      // Not `changes: true`: without it the engine compares the inputs itself, shows which differ, and obeys
      // replaceOnChanges.
      return changed ? { replaces } : { changes: false };
    },

    async create(news) {
      const context = await beginCreate(news);
      const account = () => context.account;
      const { id, outputs } = await keepPartial(process.gate, account, news, claim, async () => {
        try {
          return await lifecycle.create(context, inputsIn(news));
        } catch (error) {
          // The inputs may name an object of a different account.
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
      // The command `adopt` reads without an account and needs the raw values.
      const isForState = !stamp || stamp.account !== undefined;
      const [outputs, inputs] = isForState
        ? [forState(found.outputs, olds), forState(found.inputs, olds)]
        : [found.outputs, found.inputs];
      // Without inputs, the engine keeps those of the state, which are as the program declared them.
      const isDrift = !olds || stamp.unfinished || lifecycle.diff(olds, inputs, stamp.account).changed;
      return { id, props: toState(outputs, seenHere(context)), ...(isDrift ? { inputs: plain(inputs) } : {}) };
    },

    async update(id, olds, news) {
      const { context, account } = trackRequests(await begin("update", olds, id));
      try {
        const outputs = await keepPartial(process.gate, account, news, undefined, () =>
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

/** The object was just read or written through this base URL. */
function seenHere({ api, account }: Context): AccountRef {
  return { ...account, server: api.baseUrl };
}

/** Notes whether an update has sent any request. */
function trackRequests({ api, ...context }: Context): { context: Context; account(): AccountRef } {
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

function rejectNewerState(operation: string, { __origin }: Properties): void {
  if ((parseStamp(__origin)?.version ?? 0) > STATE_VERSION) {
    throw new PreconditionError(operation, "its state was written by a newer release", "upgrade pulumi-openrouter");
  }
}
