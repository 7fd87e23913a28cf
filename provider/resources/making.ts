/**
 * Making an object exactly once, although the API has no idempotency key and the answer to a POST may get lost. A key
 * whose answer is lost is money: it is live, and nobody can see it.
 *
 * An outcome that is not known is settled by looking. What is found is deleted only if it is certain to be what was just
 * asked for and of no use to anybody: it bears the default name, has the declared settings, was never used, was made
 * within the window of this very call by the server's own clock, and was not met before. Anything less certain is an
 * error that names it: a key nobody holds the secret of costs nothing, and deleting somebody's live key is an outage.
 */
import { failureOf, LeftBehind, RequestError } from "../api/errors";
import { type Context, mayBeDone, unlessGone } from "./lifecycle";

/** An object of the workspace that bears the name of the one to be made. */
export interface Namesake {
  id: string;
  createdAt: string | null;
  /** It has the declared settings and was never used. */
  asDeclared: boolean;
}

export interface Making<Live, Listed> {
  /** The API's word for the kind: `keys` or `guardrails`. */
  collection: string;
  name: string;
  /** It is `<project>/<stack>/<resource>`, which nobody else gives to an object. */
  nameIsDefault: boolean;
  workspaceId: string | undefined;
  post(): Promise<Live>;
  idOf(live: Live): string;
  /** All that the workspace has, disabled ones too. */
  list(): Promise<Listed[]>;
  /** The newest of it, as far as one page tells; all of it where the order is not known. */
  newest(): Promise<Listed[]>;
  /** Those of a list that bear the name. */
  namesakesIn(list: Listed[]): Promise<Namesake[]>;
  remove(id: string): Promise<void>;
}

export interface Made<Live> {
  live: Live;
  /** Looks whether a lost attempt was carried out after all. To be called once `live` can't be lost any more. */
  settleLate(): Promise<void>;
}

/** Between two attempts there is a look at the account, so few are enough. */
const MOST_ATTEMPTS = 4;

/**
 * One after the other for objects of one name: what another create of this process is about to make must not be taken
 * for what a lost one has left.
 */
export function makeOnce<Live, Listed>(context: Context, making: Making<Live, Listed>): Promise<Made<Live>> {
  const { making: underWay } = context.session;
  const place = `${placeOf(making)} ${making.name}`;
  const before = underWay.get(place) ?? Promise.resolve();
  const made = before.then(
    () => attemptToMake(context, making),
    () => attemptToMake(context, making),
  );
  underWay.set(place, made);
  return made;
}

function placeOf<Live, Listed>({ collection, workspaceId }: Making<Live, Listed>): string {
  return `${collection} ${workspaceId ?? ""}`;
}

async function attemptToMake<Live, Listed>(context: Context, making: Making<Live, Listed>): Promise<Made<Live>> {
  const { api, session } = context;
  await settleInterrupted(context, making);
  const from = api.serverTime();
  for (let attempt = 1; ; attempt++) {
    try {
      const live = await making.post();
      session.known.add(making.idOf(live));
      return { live, settleLate: () => (attempt > 1 ? settleLost(context, making, from) : Promise.resolve()) };
    } catch (error) {
      if (!(error instanceof RequestError) || !mayBeDone(error)) throw error;
      await settleLost(context, making, from, error);
      if (attempt === MOST_ATTEMPTS || !(await api.pause(error, attempt))) throw error;
    }
  }
}

/** Removes what a lost attempt has made. @throws LeftBehind when that is not certain. */
async function settleLost<Live, Listed>(
  { api, session }: Context,
  making: Making<Live, Listed>,
  from: number | undefined,
  cause?: RequestError,
): Promise<void> {
  const list = await making.list().catch((error) => {
    throw new LeftBehind(api.operation, [], error);
  });
  const until = api.serverTime();
  const found = (await making.namesakesIn(list)).filter(
    ({ id, createdAt }) => !session.known.has(id) && isWithin(createdAt, from, until),
  );
  if (found.length === 0) return;
  const [only] = found;
  const isCertain = making.nameIsDefault && from !== undefined && !Number.isNaN(Date.parse(only?.createdAt ?? ""));
  if (only && found.length === 1 && only.asDeclared && isCertain) {
    await unlessGone(making.remove(only.id));
    return;
  }
  const described = found.map((candidate) => describe(making, candidate));
  throw new LeftBehind(api.operation, described, cause);
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
 * A killed run leaves an object that no state knows: Pulumi remembers no more than that it was about to make one. So
 * before the first create in a workspace the newest objects are read once, and what looks like a leftover is named; it
 * is removed only if it bears the default name and the user has allowed that, because another program may have made it.
 */
async function settleInterrupted<Live, Listed>(
  { api, session, log }: Context,
  making: Making<Live, Listed>,
): Promise<void> {
  const place = placeOf(making);
  const before = (session.before.get(place) as Promise<Listed[]> | undefined) ?? making.newest();
  session.before.set(place, before);
  const list = await before.catch((error) => {
    session.before.delete(place);
    throw failureOf(api.operation, error);
  });
  const left = (await making.namesakesIn(list)).filter(({ id, asDeclared }) => asDeclared && !session.known.has(id));
  for (const candidate of left) {
    if (session.removeInterrupted && making.nameIsDefault) {
      await unlessGone(making.remove(candidate.id));
      log(`removed what an interrupted run has left: ${identity(candidate)}, for ${api.operation}`);
    } else {
      log(`${api.operation}: an interrupted run seems to have left ${describe(making, candidate)}`);
    }
  }
}

function identity({ id, createdAt }: Namesake): string {
  return `${id}, created ${createdAt ?? "at an unknown time"}`;
}

function describe<Live, Listed>({ collection }: Making<Live, Listed>, candidate: Namesake): string {
  const remove = `pulumi-openrouter remove ${collection.replace(/s$/, "")} ${candidate.id}`;
  return `${identity(candidate)} (to remove it: npx ${remove})`;
}
