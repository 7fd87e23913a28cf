/**
 * Creates an object exactly once. The API has no idempotency key, so a lost response can leave a live key that no state
 * has.
 *
 * An unknown outcome is resolved by listing. An object is deleted only if this call certainly created it: it has the
 * default name and the declared settings, was never used, was created within the window of this call by the server's
 * clock, and neither existed before the call nor was returned to this process. Anything less certain is an error that
 * names the object. An orphan without its secret costs nothing; deleting a key in use is an outage.
 */
import { sleep } from "../api/retry";
import { AmbiguousCreateError, RequestError, withOperation } from "../errors";
import { clean } from "../text";
import { type Collection, type Named, remove } from "./collection";
import { type Context, ignoreNotFound, isOutcomeUnknown } from "./lifecycle";

/** The object to create. */
export interface Draft<Live> {
  name: string;
  /** The name is `<project>/<stack>/<resource>`, which no other program gives to an object. */
  hasDefaultName: boolean;
  workspaceId: string | undefined;
  /** Whether an object of the same name has the declared settings and was never used. */
  isUnusedMatch(live: Live): boolean | Promise<boolean>;
}

/** Each attempt follows a listing of the account, so a few are enough. */
const MAX_ATTEMPTS = 4;

/**
 * Creates objects with the same name one after the other: an object that another create of this process is about to
 * return must not look like the result of a lost one.
 */
export function createOnce<Live extends Named, Created extends { live: Live }>(
  context: Context,
  collection: Collection<Live>,
  draft: Draft<Live>,
  post: () => Promise<Created>,
): Promise<Created> {
  const { pendingCreates } = context.session;
  const name = `${collection.name} ${draft.workspaceId ?? ""} ${draft.name}`;
  const attempt = () => createNow(context, collection, draft, post);
  const created = (pendingCreates.get(name) ?? Promise.resolve()).then(attempt, attempt);
  pendingCreates.set(name, created);
  return created;
}

async function createNow<Live extends Named, Created extends { live: Live }>(
  context: Context,
  collection: Collection<Live>,
  draft: Draft<Live>,
  post: () => Promise<Created>,
): Promise<Created> {
  const { api, session } = context;
  const preexisting = await listPreexisting(context, collection, draft.workspaceId);
  await handleOrphans(context, collection, draft, preexisting);
  const start = { at: api.serverTime(), preexisting: new Set(preexisting.map(collection.idOf)) };
  for (let attempt = 1; ; attempt++) {
    try {
      const created = await post();
      session.seenIds.add(collection.idOf(created.live));
      session.createdIds.add(collection.idOf(created.live));
      return created;
    } catch (error) {
      if (!(error instanceof RequestError) || !isOutcomeUnknown(error)) throw error;
      await resolveLostCreate(context, collection, draft, start, error);
      if (attempt === MAX_ATTEMPTS || !(await api.pause(error, attempt))) throw error;
    }
  }
}

/** When a create began by the server's clock, and the ids that were there before. */
interface Start {
  at: number | undefined;
  preexisting: ReadonlySet<string>;
}

/** After a lost response, an empty list counts only after all these waits, because the API may show new objects late. */
const LOST_WAITS_MS = [0, 1_000, 4_000, 10_000];

/** Deletes what a lost attempt has created. @throws AmbiguousCreateError when that is not certain. */
async function resolveLostCreate<Live extends Named>(
  context: Context,
  collection: Collection<Live>,
  draft: Draft<Live>,
  start: Start,
  cause: RequestError,
): Promise<void> {
  for (const wait of LOST_WAITS_MS) {
    if (wait > 0) await sleep(wait);
    const found = await candidates(context, collection, draft, start);
    const [only] = found;
    if (!only) continue;
    const isCertain = draft.hasDefaultName && start.at !== undefined && !Number.isNaN(Date.parse(only.createdAt ?? ""));
    if (found.length === 1 && isCertain && (await draft.isUnusedMatch(only))) {
      return removeOrphan(context, collection, only);
    }
    const names = found.map((live) => describe(collection, live));
    throw new AmbiguousCreateError(context.api.operation, names, cause);
  }
}

/** Objects with the declared name that this operation may have created. */
async function candidates<Live extends Named>(
  { api, session }: Context,
  collection: Collection<Live>,
  draft: Draft<Live>,
  { at, preexisting }: Start,
): Promise<Live[]> {
  const list = await collection.list(api, draft.workspaceId).catch((error) => {
    throw new AmbiguousCreateError(api.operation, [], error);
  });
  const now = api.serverTime();
  return list.filter((live) => {
    const id = collection.idOf(live);
    const isKnown = session.seenIds.has(id) || preexisting.has(id);
    return live.name === draft.name && !isKnown && isWithin(live.createdAt, at, now);
  });
}

/** The `Date` header has whole seconds, and so may `created_at`. */
const CLOCK_GRAIN_MS = 2_000;

/** True without a clock to compare with: nothing can be ruled out then. */
function isWithin(createdAt: string | null, from: number | undefined, until: number | undefined): boolean {
  const created = Date.parse(createdAt ?? "");
  if (Number.isNaN(created) || from === undefined || until === undefined) return true;
  return created >= from - CLOCK_GRAIN_MS && created <= until + CLOCK_GRAIN_MS;
}

/**
 * A killed run leaves an object that no state knows: Pulumi remembers only that it was about to create one. An object
 * with the default name may be such an orphan, or belong to a stack that this process does not know. So it is reported,
 * and removed only if the user has allowed that.
 */
async function handleOrphans<Live extends Named>(
  context: Context,
  collection: Collection<Live>,
  draft: Draft<Live>,
  preexisting: readonly Live[],
): Promise<void> {
  const { api, session, log } = context;
  if (!draft.hasDefaultName) return;
  for (const live of preexisting) {
    if (live.name !== draft.name || session.seenIds.has(collection.idOf(live))) continue;
    const object = describe(collection, live);
    if (session.deleteOrphans && (await draft.isUnusedMatch(live))) {
      await removeOrphan(context, collection, live);
      log(`${api.operation}: removed an unused ${collection.noun} with the same default name: ${object}`);
    } else {
      log(
        `${api.operation}: another ${collection.noun} has this default name: ${object}; ` +
          "run `pulumi-openrouter audit --stack …` to see whether a stack has it",
      );
    }
  }
}

async function removeOrphan<Live extends Named>(
  context: Context,
  collection: Collection<Live>,
  live: Live,
): Promise<void> {
  const id = collection.idOf(live);
  await ignoreNotFound(remove(context, collection, { id, createdAt: live.createdAt }));
  context.session.claimedIds.add(id);
  // The API may still show it: then it must not look like the result of the next attempt.
  context.session.seenIds.add(id);
}

/** The newest objects of a workspace before this process created any there: read once. */
export async function listPreexisting<Live extends Named>(
  { api, session }: Pick<Context, "api" | "session">,
  collection: Collection<Live>,
  workspaceId: string | undefined,
): Promise<Live[]> {
  const place = `${collection.name} ${workspaceId ?? ""}`;
  const known = session.preexisting.get(place) as Promise<Live[]> | undefined;
  const preexisting = known ?? collection.listNewest(api, workspaceId);
  session.preexisting.set(place, preexisting);
  try {
    return await preexisting;
  } catch (error) {
    session.preexisting.delete(place);
    throw withOperation(api.operation, error);
  }
}

function describe<Live extends Named>({ idOf }: Collection<Live>, live: Live): string {
  return `${idOf(live)}, created ${clean(live.createdAt ?? "at an unknown time")}`;
}
