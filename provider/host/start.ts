/** How an operation starts: with the name of its object, the account in the state, and access to the API. */
import type { Api } from "../api/call";
import { type Operation, startOperation } from "../api/client";
import { PreconditionError } from "../errors";
import type { Context, Lifecycle } from "../reconcile/lifecycle";
import { clean } from "../text";
import type { Process } from "./process";
import { parseStamp, STATE_VERSION } from "./stamp";
import type { Properties } from "./state";

export function startsOf<Inputs extends object, Outputs extends object>(
  lifecycle: Lifecycle<Inputs, Outputs>,
  process: Process,
) {
  const { title } = lifecycle;
  const { accounts, session } = process;

  function nameOf(properties: Properties, id?: string): string {
    const name = clean(String(lifecycle.nameOf(properties as Partial<Inputs>)));
    const names = [name ? `"${name}"` : "", id && id !== name ? `(${clean(id)})` : ""].filter(Boolean);
    return [title, ...names].join(" ");
  }

  /** Keeps any other string out of URLs, and out of the message: it may be a key. */
  function requireId(verb: string, id: string): void {
    if (lifecycle.isId(id)) return;
    throw new PreconditionError(`${verb} ${title}`, "the id has the wrong format", `pass ${lifecycle.idForm}`);
  }

  /** For an object in a state. */
  async function begin(verb: "read" | "update" | "delete", properties: Properties, id: string): Promise<Context> {
    requireId(verb, id);
    const object = nameOf(properties, id);
    meet(verb, id, properties, object);
    const { account, unfinished = false } = parseStamp(properties.__origin) ?? {};
    const context = start(verb, object);
    // The account in the state, else that of the management key.
    return { ...context, account: account ?? (await accounts.present(context.api)), unfinished };
  }

  /** Remembers the object of a state. @throws if this release can't read the state */
  function meet(verb: string, id: string, { __origin, createdAt }: Properties, object: string): void {
    const stamp = parseStamp(__origin);
    if ((stamp?.version ?? 0) > STATE_VERSION) {
      throw new PreconditionError(
        `${verb} ${object}`,
        "its state was written by a newer release",
        "upgrade pulumi-openrouter",
      );
    }
    session.seenIds.add(id);
    if (typeof createdAt === "string") session.creationTimes.set(id, createdAt);
    accounts.meet(stamp?.account, object);
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
    const prepared = lifecycle.prepareCreate?.(context, news as Inputs);
    // The error of the account check takes precedence; this one must not be unhandled meanwhile.
    prepared?.catch(() => undefined);
    const account = await accounts.present(context.api);
    await prepared;
    return { ...context, account };
  }

  return { nameOf, begin, beginCreate, meet };
}
