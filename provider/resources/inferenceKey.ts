/**
 * Inference keys.
 *
 * Manages name, limit, limit reset, BYOK accounting, the disabled switch and the workspace of a key, in place. Expiry,
 * creator and external user can't be changed through the API, so a change of them replaces the key, as does a change of
 * `keepers`.
 *
 * Does not manage usage: counters move with every request and would be drift without end.
 *
 * Drift: `read` sees what the dashboard changed, and the next `up` reverts it, also on inputs that the program omits. The
 * API never shows the one-time key again: it is carried forward from the state.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Api } from "../api/call";
import {
  type CreatedKey,
  createKey,
  deleteKey,
  type Key,
  type KeyChange,
  listKeys,
  listKeysPage,
  type NewKey,
  readKey,
  updateKey,
} from "../api/keys";
import { allOf, pageUntilEmpty } from "../api/pages";
import { ApiError, PreconditionError } from "../errors";
import { isKeyHash } from "../ids";
import {
  adopt,
  changedImmutables,
  forbidOtherAdoption,
  forbidReplaceWhileAdopting,
  requireSameImmutables,
} from "../reconcile/adoption";
import { type Convergence, changedFields, converge, notApplied } from "../reconcile/converge";
import { type Collection, type CreateResult, createOnce, readBefore } from "../reconcile/createOnce";
import { type Age, untilFound, untilVisible } from "../reconcile/fresh";
import {
  bool,
  checkInputs,
  keyHash,
  known,
  lowerCase,
  omitNullish,
  oneOf,
  type Rules,
  singleLine,
  timestamp,
  usd,
  uuid,
} from "../reconcile/inputs";
import { type Context, ignoreNotFound, type Lifecycle, type Session } from "../reconcile/lifecycle";
import { objectsById, type SharedReads, sharedReads } from "../reconcile/sharedReads";
import { Secret } from "../secret";
import { clean } from "../text";
import {
  CHOSEN_BY_SERVER,
  desiredFields,
  desiredImmutable,
  type Fields,
  type InferenceKeyInputs,
  type InferenceKeyOutputs,
  isUnusedTwin,
  keepersOf,
  observedFields,
  observedImmutable,
  rememberedFields,
  toInputs,
  toOutputs,
} from "./inferenceKeyFields";

const RULES: Rules<InferenceKeyInputs> = {
  required: { name: singleLine() },
  optional: {
    limit: usd(),
    limitReset: oneOf("daily", "weekly", "monthly"),
    includeByokInLimit: bool(),
    disabled: bool(),
    expiresAt: timestamp(),
    workspaceId: uuid(),
    creatorUserId: singleLine(),
    externalUser: singleLine(512),
    adopt: keyHash(),
    keepers: z.record(z.string(), known(z.string("must be a string")), "must be a map of strings"),
    __defaultName: bool(),
  },
};

function collectionOf(api: Api, declared: InferenceKeyInputs): Collection<Key> {
  const workspaceId = lowerCase(declared.workspaceId);
  return {
    collection: "keys",
    workspaceId,
    newest: () => listKeysPage(api, workspaceId, 0),
    list: () => allOf(listKeys(api, workspaceId)),
  };
}

function createKeyOnce(context: Context, declared: InferenceKeyInputs): Promise<CreateResult<CreatedKey>> {
  const { api } = context;
  // POST does not take `disabled`; the PATCH that follows sets it.
  const { disabled, ...fields } = desiredFields(declared);
  const { externalUser, ...immutable } = desiredImmutable(declared);
  const external = externalUser === undefined ? undefined : { user: externalUser };
  const includeByokInLimit = fields.includeByokInLimit || undefined;
  const body = omitNullish({ ...fields, includeByokInLimit, ...immutable, external }) as NewKey;
  return createOnce<CreatedKey, Key>(context, {
    ...collectionOf(api, declared),
    name: declared.name,
    nameIsDefault: declared.__defaultName ?? false,
    post: () => createKey(api, body),
    idOf: ({ key }) => key.hash,
    idIn: ({ hash }) => hash,
    namesakesIn: async (keys) =>
      keys
        .filter(({ name }) => name === declared.name)
        .map((key) => ({ id: key.hash, createdAt: key.createdAt, asDeclared: isUnusedTwin(key, declared) })),
    remove: (hash) => deleteKey(api, hash),
  });
}

/** The keys of a workspace, for all that read one of them. */
function keysOf(session: Session, workspaceId: string | undefined): SharedReads<Key> {
  const source = objectsById<Key>({
    idOf: ({ hash }) => hash,
    readOne: readKey,
    readPage: async (api, offset) => pageUntilEmpty(await listKeysPage(api, workspaceId, offset), offset),
  });
  return sharedReads(session, `keys of ${workspaceId}`, source);
}

type Start = Pick<Convergence<Fields, Key>, "from" | "begin">;

async function convergeKey(
  context: Context,
  { id, createdAt }: Age,
  declared: InferenceKeyInputs,
  secret: Secret,
  start: Start,
): Promise<InferenceKeyOutputs> {
  const { api } = context;
  const key = await converge<Fields, Key>({
    operation: api.operation,
    id,
    desired: () => desiredFields(declared),
    ...start,
    write: (changed) =>
      untilVisible(context, { id, createdAt }, () => updateKey(api, id, changed as KeyChange)).catch((error) => {
        throw explainMove(api.operation, changed, error);
      }),
    read: () => untilVisible(context, { id, createdAt }, () => readKey(api, id)),
    fieldsOf: ({ live }) => observedFields(live),
    outputsOf: (live) => toOutputs(context, live, declared, secret),
    advice: CANT_MOVE,
  });
  return toOutputs(context, key, declared, secret);
}

const CANT_MOVE = {
  workspaceId: "this server does not move keys: move it in the dashboard, or set `keepers` for a new one",
};

/** A move may be refused for the guardrail of the key, and an older server takes no `workspace_id` at all. */
function explainMove(operation: string, changed: Partial<Fields>, error: unknown): unknown {
  if (changed.workspaceId === undefined || !(error instanceof ApiError)) return error;
  if (error.status === 400 && /no update fields/i.test(error.apiMessage)) {
    return notApplied(operation, ["workspaceId"], CANT_MOVE);
  }
  if (error.status !== 409) return error;
  return new PreconditionError(
    operation,
    `the API does not move the key (409: ${error.apiMessage})`,
    "if it has a guardrail of its present workspace, remove that assignment from the program first, then move the key",
  );
}

/** What can't be changed later has to be right from the start. */
function requireSameKeyImmutables(operation: string, declared: InferenceKeyInputs, key: Key): void {
  const differing = changedImmutables(desiredImmutable(declared), observedImmutable(key, declared), CHOSEN_BY_SERVER);
  if (differing.length > 0) throw notApplied(operation, differing);
}

async function adoptKey(context: Context, hash: string, declared: InferenceKeyInputs) {
  const found = await adopt(context, hash, () => readKey(context.api, hash));
  const [wanted, live] = [desiredImmutable(declared), observedImmutable(found, declared)];
  requireSameImmutables(context.api.operation, changedImmutables(wanted, live, CHOSEN_BY_SERVER), wanted, live);
  const age = { id: hash, createdAt: found.createdAt };
  const start = { from: { live: found, written: {} } };
  return { id: hash, outputs: await convergeKey(context, age, declared, new Secret(""), start) };
}

export const inferenceKey: Lifecycle<InferenceKeyInputs, InferenceKeyOutputs> = {
  title: "inference key",
  secretOutputs: ["key"],

  claims: (hash, { adopt }) => (adopt === hash ? [hash] : []),
  nameOf: ({ name }) => name ?? "",
  isId: isKeyHash,

  check: (news, olds) => checkInputs(RULES, news, olds),

  diff(olds, news, account) {
    const replaces = changedImmutables(desiredImmutable(news), desiredImmutable(olds), CHOSEN_BY_SERVER);
    if (!isDeepStrictEqual(keepersOf(news), keepersOf(olds))) replaces.push("keepers");
    const changed = Object.keys(changedFields(desiredFields(news), rememberedFields(olds, account)));
    return { changed: changed.length > 0 || replaces.length > 0, replaces };
  },

  forbid({ id, olds, news, replaces, account }) {
    const object = `inference key "${clean(news.name)}"`;
    forbidOtherAdoption(object, id, news.adopt);
    if (news.adopt !== undefined) forbidReplaceWhileAdopting(object, replaces, news);
    const { workspaceId } = olds;
    const isLost = workspaceId && news.workspaceId === undefined && lowerCase(workspaceId) !== account?.workspace;
    if (replaces.length > 0 && isLost) {
      throw new PreconditionError(
        `replace ${object}`,
        `it is in workspace ${workspaceId}, and a new key would be created in the default one`,
        `add this line to its inputs: workspaceId: "${workspaceId}"`,
      );
    }
  },

  async prepareCreate(context, declared) {
    if (!declared.adopt) await readBefore(context, collectionOf(context.api, declared));
  },

  async create(context, declared) {
    if (declared.adopt) return adoptKey(context, declared.adopt, declared);
    const { live: made, settleLate } = await createKeyOnce(context, declared);
    const begin = async () => {
      await settleLate();
      requireSameKeyImmutables(context.api.operation, declared, made.key);
    };
    const start = { from: { live: made.key, written: {} }, begin };
    const { hash } = made.key;
    return { id: hash, outputs: await convergeKey(context, { id: hash }, declared, made.secret, start) };
  },

  async read(context, hash, olds) {
    const { api, session } = context;
    const key = await untilFound(context, { id: hash }, () =>
      olds ? keysOf(session, olds.workspaceId).read(api, hash) : ignoreNotFound(readKey(api, hash)),
    );
    if (!key) return undefined;
    const outputs = toOutputs(context, key, olds ? toInputs(olds) : {}, olds?.key ?? new Secret(""));
    return { outputs, inputs: toInputs(outputs) };
  },

  update: (context, hash, olds, news) =>
    convergeKey(context, { id: hash }, news, olds.key, {
      from: { remembered: rememberedFields(olds, context.account), outputs: olds, unfinished: context.unfinished },
    }),

  delete: (context, hash) => untilVisible(context, { id: hash }, () => deleteKey(context.api, hash)),
};
