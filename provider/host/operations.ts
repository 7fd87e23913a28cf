/**
 * The operations on the objects of a kind, as every host offers them to the engine: a lifecycle, with the account check, the
 * memory of the process and the stamp in the state. Hosts only translate protocols.
 */
import { isDeepStrictEqual } from "node:util";
import type { Api } from "../api/call";
import { sleep } from "../api/retry";
import { NotFoundError, PreconditionError } from "../errors";
import type { AccountRef } from "../reconcile/account";
import { adoptedTwice } from "../reconcile/adoption";
import { LAG_WAITS_MS } from "../reconcile/fresh";
import { type Context, type Difference, isOutcomeUnknown, type Lifecycle } from "../reconcile/lifecycle";
import { Secret } from "../secret";
import { gated, keepPartial } from "./failures";
import type { Process } from "./process";
import { parseStamp } from "./stamp";
import { startsOf } from "./start";
import { forState, type Properties, present, toState } from "./state";

/** Properties that come from the engine are plain: secrets are not marked. Outputs and stamps come from the state. */
export interface Operations {
  check(olds: Properties, news: Properties): Promise<{ inputs?: Properties; failures: string[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<Difference & { isUndone: boolean }>;
  create(news: Properties): Promise<{ id: string; outputs: Properties }>;
  /** Undefined if the object is gone. Without `inputs`, those of the state stay. */
  read(
    id: string,
    olds: Properties,
    isImport?: boolean,
  ): Promise<{ outputs: Properties; inputs?: Properties } | undefined>;
  update(id: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(id: string, olds: Properties): Promise<void>;
}

export function operationsOf<Inputs extends object, Outputs extends object>(
  lifecycle: Lifecycle<Inputs, Outputs>,
  process: Process,
): Operations {
  const { accounts, session } = process;
  const { nameOf, begin, beginCreate, meet } = startsOf(lifecycle, process);

  /** The outputs of the lifecycle. */
  function outputsIn({ __origin, ...outputs }: Properties): Outputs {
    for (const name of lifecycle.secretOutputs) outputs[name] = new Secret(String(outputs[name] ?? ""));
    return outputs as Outputs;
  }

  /** From here on, deletes of other resources skip the objects that these inputs name. */
  function claim(id: string, inputs: Properties): void {
    for (const claimed of lifecycle.claims(id, inputs as Inputs)) session.claimedIds.add(claimed);
  }

  /** Remembers a change that the program makes. @throws if it must not be planned. */
  function plan(id: string, olds: Properties, news: Properties, replaces: readonly string[]): void {
    session.managed.set(id, olds);
    const account = parseStamp(olds.__origin)?.account;
    lifecycle.forbid?.({ id, olds: outputsIn(olds), news: news as Inputs, replaces, account, session });
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
    return managed !== undefined && !isDeepStrictEqual(managed, properties);
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

  return gated<Operations>(process.gate, {
    async check(olds, news) {
      session.programRuns = true;
      const { inputs, failures } = lifecycle.check(news, olds);
      return { ...(inputs ? { inputs: present(inputs) } : {}), failures: failures.map(process.gate) };
    },

    async diff(id, olds, news) {
      const object = nameOf(news, id);
      meet("compare", id, olds, object);
      if (session.adoptedIds.has(id)) throw adoptedTwice(`compare ${object}`, id);
      accounts.rejectMixedAccounts(`compare ${object}`);
      const account = parseStamp(olds.__origin)?.account;
      const { changed, replaces } = lifecycle.diff(outputsIn(olds), news as Inputs, account);
      // A refresh compares with the inputs of the state, not of the program.
      if (session.programRuns) plan(id, olds, news, replaces);
      const isUndone = !changed && lifecycle.isUndone?.(session, news as Inputs) === true;
      return { changed, replaces, isUndone };
    },

    async create(news) {
      const context = await beginCreate(news);
      const account = () => context.account;
      const { id, outputs } = await keepPartial(
        account,
        (partial) => claim(partial, news),
        async () => {
          try {
            return await lifecycle.create(context, news as Inputs);
          } catch (error) {
            // The inputs may name an object of a different account.
            if (error instanceof NotFoundError) await accounts.beforeWrite(context.api, true);
            throw error;
          }
        },
      );
      claim(id, news);
      session.seenIds.add(id);
      return { id, outputs: toState(outputs, context.account) };
    },

    async read(id, properties, isImport = false) {
      const stamp = parseStamp(properties.__origin);
      const context = { ...(await begin("read", properties, id)), isImport };
      const olds = stamp && outputsIn(properties);
      const found = await lifecycle.read(context, id, olds);
      if (!found && !stamp) {
        throw new PreconditionError(
          context.api.operation,
          "there is no such object in this account",
          isImport ? "check the id that is passed to `get` or `import`" : "check the id that is passed to `get`",
        );
      }
      if (!found) {
        await confirmGone(context, properties);
        return undefined;
      }
      // The command `adopt` reads without an account and needs the raw values.
      const isForState = !stamp || stamp.account !== undefined;
      const [outputs, inputs] = isForState
        ? [forState(found.outputs, olds), forState(found.inputs, olds)]
        : [found.outputs, found.inputs];
      // Without inputs, the engine keeps those of the state, which are as the program declared them.
      const isDrift = !olds || stamp.unfinished || lifecycle.diff(olds, inputs, stamp.account).changed;
      return { outputs: toState(outputs, seenHere(context)), ...(isDrift ? { inputs: present(inputs) } : {}) };
    },

    async update(id, olds, news) {
      const { context, account } = trackRequests(await begin("update", olds, id));
      try {
        const outputs = await keepPartial(
          account,
          () => undefined,
          () => lifecycle.update(context, id, outputsIn(olds), news as Inputs),
        );
        return toState(outputs, account());
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
