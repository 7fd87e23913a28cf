/**
 * Inference keys.
 *
 * Manages name, limit, limit reset, BYOK accounting, the disabled switch and the workspace of a key, in place. Expiry,
 * creator and external user are immutable in the API, so changing them replaces the key, as does changing `keepers`.
 *
 * Does not manage usage: counters change with every request and would always be drift.
 *
 * Drift: a refresh detects changes made in the dashboard, and the next `up` reverts them, including those of omitted
 * inputs. The API returns a key only once, so it is carried forward from the state.
 */
import { isDeepStrictEqual } from "node:util";
import type { Api } from "../api/call";
import {
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
import { type EditableCollection, observe, remove } from "../reconcile/collection";
import { changedFields, converge, convergeChanges, notApplied, type Settings } from "../reconcile/converge";
import { createOnce, type Draft, listPreexisting } from "../reconcile/createOnce";
import { checkInputs, lowerCase, omitNullish } from "../reconcile/inputs";
import type { Context, Lifecycle } from "../reconcile/lifecycle";
import { Secret } from "../secret";
import { clean } from "../text";
import {
  CHOSEN_BY_SERVER,
  chosenByServer,
  desiredFields,
  desiredImmutable,
  type Fields,
  type InferenceKeyInputs,
  type InferenceKeyOutputs,
  isUnusedMatch,
  keepersOf,
  observedFields,
  observedImmutable,
  RULES,
  rememberedFields,
  toInputs,
  toOutputs,
} from "./inferenceKeyFields";

export const keys: EditableCollection<Key, Fields> = {
  name: "keys",
  noun: "key",
  idOf: ({ hash }) => hash,
  read: readKey,
  update: (api, hash, changed) =>
    updateKey(api, hash, changed as KeyChange).catch((error) => explainMove(api, changed, error)),
  remove: deleteKey,
  readPage: async (api, workspaceId, offset) => pageUntilEmpty(await listKeysPage(api, workspaceId, offset), offset),
  list: (api, workspaceId) => allOf(listKeys(api, workspaceId)),
  listNewest: (api, workspaceId) => listKeysPage(api, workspaceId, 0),
  advice: {
    workspaceId: "this server does not move keys: move it in the dashboard, or set `keepers` to replace it",
  },
};

/** A move may be rejected because of the key's guardrail, and an older server does not accept `workspace_id`. */
function explainMove({ operation }: Api, changed: Partial<Fields>, error: unknown): never {
  if (changed.workspaceId === undefined || !(error instanceof ApiError)) throw error;
  if (error.status === 400 && /no update fields/i.test(error.apiMessage)) {
    throw notApplied(operation, ["workspaceId"], keys.advice);
  }
  if (error.status !== 409) throw error;
  throw new PreconditionError(
    operation,
    `the API does not move the key (409: ${error.apiMessage})`,
    "if it has a guardrail of its current workspace, remove that assignment from the program first, then move the key",
  );
}

function draftOf(declared: InferenceKeyInputs): Draft<Key> {
  return {
    name: declared.name,
    hasDefaultName: declared.__defaultName ?? false,
    workspaceId: lowerCase(declared.workspaceId),
    isUnusedMatch: (key) => isUnusedMatch(key, declared),
  };
}

async function post({ api }: Context, declared: InferenceKeyInputs): Promise<{ live: Key; secret: Secret }> {
  // POST does not take `disabled`; the PATCH that follows sets it.
  const { disabled, ...fields } = desiredFields(declared);
  const { externalUser, ...immutable } = desiredImmutable(declared);
  const external = externalUser === undefined ? undefined : { user: externalUser };
  const includeByokInLimit = fields.includeByokInLimit || undefined;
  const { key, secret } = await createKey(
    api,
    omitNullish({ ...fields, includeByokInLimit, ...immutable, external }) as NewKey,
  );
  return { live: key, secret };
}

function settingsOf(
  context: Context,
  declared: InferenceKeyInputs,
  secret: Secret,
): Settings<Key, Fields, InferenceKeyOutputs> {
  return {
    desired: () => desiredFields(declared),
    observed: observedFields,
    outputs: (key) => toOutputs(context, key, declared, secret),
    verify: (key) => {
      const differing = differingImmutables(declared, key);
      if (differing.length > 0) throw notApplied(context.api.operation, differing);
    },
  };
}

/** Immutable settings that differ. */
function differingImmutables(declared: InferenceKeyInputs, key: Key): string[] {
  return changedImmutables(desiredImmutable(declared), observedImmutable(key, declared), CHOSEN_BY_SERVER);
}

async function adoptKey(context: Context, hash: string, declared: InferenceKeyInputs) {
  const key = await adopt(context, keys, hash);
  const [wanted, live] = [desiredImmutable(declared), observedImmutable(key, declared)];
  requireSameImmutables(context.api.operation, differingImmutables(declared, key), wanted, live);
  return converge(context, keys, settingsOf(context, declared, NO_SECRET), key);
}

/** The API shows a key only at its creation. */
const NO_SECRET = new Secret("");

export const inferenceKey: Lifecycle<InferenceKeyInputs, InferenceKeyOutputs> = {
  title: "inference key",
  secretOutputs: ["key"],
  computedOutputs: ["key", "label", "createdAt", "workspaceId", "creatorUserId"],
  hasDefaultName: true,

  claims: (hash, { adopt }) => (adopt === hash ? [hash] : []),
  nameOf: ({ name }) => name ?? "",
  isId: isKeyHash,
  idForm: "the hash of the key, 64 hexadecimal digits in lower case",

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
    if (!declared.adopt) await listPreexisting(context, keys, lowerCase(declared.workspaceId));
  },

  async create(context, declared) {
    if (declared.adopt) return adoptKey(context, declared.adopt, declared);
    const { live, secret } = await createOnce(context, keys, draftOf(declared), () => post(context, declared));
    return converge(context, keys, settingsOf(context, declared, secret), live);
  },

  async read(context, hash, olds) {
    const key = await observe(context, keys, hash, olds);
    if (!key) return undefined;
    const outputs = toOutputs(context, key, olds ? toInputs(olds) : {}, olds?.key ?? NO_SECRET);
    const inputs = toInputs(outputs);
    if (!context.isImport) return { outputs, inputs };
    const { externalUser } = key;
    return {
      // The program may declare what the server has chosen.
      outputs: { ...outputs, ...chosenByServer(key) },
      // Without it, a rotation would lose the end user.
      inputs: externalUser ? { ...inputs, externalUser } : inputs,
    };
  },

  update: (context, hash, olds, news) =>
    convergeChanges(
      context,
      keys,
      settingsOf(context, news, olds.key),
      hash,
      olds,
      rememberedFields(olds, context.account),
    ),

  delete: (context, hash) => remove(context, keys, { id: hash }),
};
