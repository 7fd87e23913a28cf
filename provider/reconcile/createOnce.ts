/**
 * Creates an object exactly once. The API has no idempotency key, so a lost response can leave a live key in no state.
 *
 * An unknown outcome is settled by listing. What is found is deleted only if this very call has certainly created it: it
 * has the default name and the declared settings, was never used, was created within the window of this call by the
 * server's own clock, and was neither met nor there before. Anything less certain is an error that names it: an orphan
 * without its secret costs nothing, and deleting a live key is an outage.
 */

import { sleep } from "../api/retry";
import { AmbiguousCreateError, RequestError, withOperation } from "../errors";
import { clean } from "../text";
import { untilVisible } from "./fresh";
import { type Context, ignoreNotFound, isOutcomeUnknown } from "./lifecycle";

/** An object of the workspace that bears the name of the one to be made. */
export interface SameNameObject {
  id: string;
  createdAt: string | null;
  /** It has the declared settings and was never used. */
  asDeclared: boolean;
}

/** The objects of a kind in a workspace. */
export interface Collection<Listed> {
  /** The API's word for the kind: `keys` or `guardrails`. */
  collection: string;
  workspaceId: string | undefined;
  /** The newest of it, as far as one page tells; all of it where the order is not known. */
  newest(): Promise<Listed[]>;
  /** All that the workspace has, disabled ones too. */
  list(): Promise<Listed[]>;
}

export interface CreateTask<Live, Listed> extends Collection<Listed> {
  name: string;
  /** It is `<project>/<stack>/<resource>`, which nobody else gives to an object. */
  nameIsDefault: boolean;
  post(): Promise<Live>;
  idOf(live: Live): string;
  idIn(listed: Listed): string;
  /** Those of a list that bear the name. */
  namesakesIn(list: Listed[]): Promise<SameNameObject[]>;
  remove(id: string): Promise<void>;
}

export interface CreateResult<Live> {
  live: Live;
  /** Looks whether a lost attempt was carried out after all. To be called once `live` can't be lost any more. */
  settleLate(): Promise<void>;
}

/** Between two attempts there is a look at the account, so few are enough. */
const MAX_ATTEMPTS = 4;

/**
 * One after the other for objects of one name: what another create of this process is about to make must not be taken
 * for what a lost one has left.
 */
export function createOnce<Live, Listed>(
  context: Context,
  making: CreateTask<Live, Listed>,
): Promise<CreateResult<Live>> {
  const { pendingCreates: underWay } = context.session;
  const place = `${placeOf(making)} ${making.name}`;
  const before = underWay.get(place) ?? Promise.resolve();
  const made = before.then(
    () => attemptCreate(context, making),
    () => attemptCreate(context, making),
  );
  underWay.set(place, made);
  return made;
}

function placeOf({ collection, workspaceId }: Collection<unknown>): string {
  return `${collection} ${workspaceId ?? ""}`;
}

async function attemptCreate<Live, Listed>(
  context: Context,
  making: CreateTask<Live, Listed>,
): Promise<CreateResult<Live>> {
  const { api, session } = context;
  const before = new Set((await handleOrphans(context, making)).map(making.idIn));
  const begin = { from: api.serverTime(), before };
  for (let attempt = 1; ; attempt++) {
    try {
      const live = await making.post();
      session.seenIds.add(making.idOf(live));
      session.createdIds.add(making.idOf(live));
      return {
        live,
        settleLate: () => (attempt > 1 ? resolveLostCreate(context, making, begin, []) : Promise.resolve()),
      };
    } catch (error) {
      if (!(error instanceof RequestError) || !isOutcomeUnknown(error)) throw error;
      await resolveLostCreate(context, making, begin, LOST_WAITS_MS, error);
      if (attempt === MAX_ATTEMPTS || !(await api.pause(error, attempt))) throw error;
    }
  }
}

/** When a create began, and what was there already: none of that is what it has created. */
interface Beginning {
  from: number | undefined;
  before: ReadonlySet<string>;
}

/** After a lost response an empty list counts only after so long: the API may show late what it has created. */
const LOST_WAITS_MS = [1_000, 4_000, 10_000];

/** Deletes what a lost attempt has created. @throws AmbiguousCreateError when that is not certain. */
async function resolveLostCreate<Live, Listed>(
  context: Context,
  making: CreateTask<Live, Listed>,
  begin: Beginning,
  waits: readonly number[],
  cause?: RequestError,
): Promise<void> {
  const { api } = context;
  let found = await candidates(context, making, begin);
  for (const wait of waits) {
    if (found.length > 0) break;
    await sleep(wait);
    found = await candidates(context, making, begin);
  }
  if (found.length === 0) return;
  const [only] = found;
  const isCertain =
    making.nameIsDefault && begin.from !== undefined && !Number.isNaN(Date.parse(only?.createdAt ?? ""));
  if (only && found.length === 1 && only.asDeclared && isCertain) return removeCandidate(context, making, only);
  throw new AmbiguousCreateError(api.operation, found.map(identity), cause);
}

/** Objects of the name that may have been created by this operation. */
async function candidates<Live, Listed>(
  { api, session }: Context,
  making: CreateTask<Live, Listed>,
  { from, before }: Beginning,
): Promise<SameNameObject[]> {
  const list = await making.list().catch((error) => {
    throw new AmbiguousCreateError(api.operation, [], error);
  });
  const until = api.serverTime();
  return (await making.namesakesIn(list)).filter(
    ({ id, createdAt }) => !session.seenIds.has(id) && !before.has(id) && isWithin(createdAt, from, until),
  );
}

async function removeCandidate<Live, Listed>(
  context: Context,
  making: CreateTask<Live, Listed>,
  candidate: SameNameObject,
): Promise<void> {
  await ignoreNotFound(untilVisible(context, candidate, () => making.remove(candidate.id)));
  context.session.claimedIds.add(candidate.id);
}

/** The `Date` header has whole seconds, and so may `created_at`. */
const CLOCK_GRAIN_MS = 2_000;

/** Without a clock to compare with, nothing can be ruled out. */
function isWithin(createdAt: string | null, from: number | undefined, until: number | undefined): boolean {
  const created = Date.parse(createdAt ?? "");
  if (Number.isNaN(created) || from === undefined || until === undefined) return true;
  return created >= from - CLOCK_GRAIN_MS && created <= until + CLOCK_GRAIN_MS;
}

/**
 * A killed run leaves an object that no state knows: Pulumi remembers only that it was about to create one. So before the
 * first create in a workspace the newest objects are read once. One of the default name may be such an orphan, and may as
 * well be of a stack that this process knows nothing of: it is named, and removed only if the user has allowed that.
 */
async function handleOrphans<Live, Listed>(context: Context, making: CreateTask<Live, Listed>): Promise<Listed[]> {
  const { api, session, log } = context;
  const list = await readBefore(context, making);
  if (!making.nameIsDefault) return list;
  for (const candidate of (await making.namesakesIn(list)).filter(({ id }) => !session.seenIds.has(id))) {
    if (session.deleteOrphans && candidate.asDeclared) {
      await removeCandidate(context, making, candidate);
      log(`${api.operation}: removed an unused object of the same default name: ${identity(candidate)}`);
    } else {
      const what = `another ${making.collection.replace(/s$/, "")} has this default name: ${identity(candidate)}`;
      log(`${api.operation}: ${what}; \`pulumi-openrouter audit --stack …\` tells whether a stack has it`);
    }
  }
  return list;
}

/** What was in a workspace before this process created anything there: read once. */
export async function readBefore<Listed>(
  { api, session }: Pick<Context, "api" | "session">,
  collection: Collection<Listed>,
): Promise<Listed[]> {
  const place = placeOf(collection);
  const before = (session.preexisting.get(place) as Promise<Listed[]> | undefined) ?? collection.newest();
  session.preexisting.set(place, before);
  try {
    return await before;
  } catch (error) {
    session.preexisting.delete(place);
    throw withOperation(api.operation, error);
  }
}

function identity({ id, createdAt }: SameNameObject): string {
  return `${id}, created ${clean(createdAt ?? "at an unknown time")}`;
}
