/**
 * Inference keys.
 *
 * Manages name, limit, limit reset, BYOK accounting and the disabled switch of a key, in place. Expiry, workspace and
 * creator can't be changed through the API, so a change of them makes a new key, as does a change of `keepers`.
 *
 * Does not manage usage: counters move with every request and would be drift without end.
 *
 * Drift: whatever the dashboard changes is seen by `read` and taken back by the next `up`, also on inputs that the
 * program leaves out. The one-time key is never shown again by the API and is carried forward from the state.
 */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import {
  createKey,
  deleteKey,
  type Key,
  type KeyChange,
  listKeys,
  listKeysFrom,
  type NewKey,
  type NewlyMadeKey,
  readKey,
  updateKey,
} from "../api/keys";
import { allOf, pageUntilEmpty } from "../api/pages";
import { Secret } from "../secret";
import { adopt, type Immutable, refuseToReplaceAdopted, refuseToReplaceWhileAdopting, replacedBy } from "./adoption";
import { type Convergence, changedFields, converge, notStored } from "./converge";
import {
  checkInputs,
  instant,
  keyHash,
  known,
  line,
  oneOf,
  type Rules,
  usd,
  utcSeconds,
  uuid,
  withoutNone,
  yesOrNo,
} from "./inputs";
import { type Context, type Lifecycle, type Session, unlessGone } from "./lifecycle";
import { type Made, makeOnce } from "./making";
import { objectsById, type SharedReads, sharedReads } from "./sharedReads";

const RULES: Rules<InferenceKeyInputs> = {
  required: { name: line(200) },
  optional: {
    limit: usd(),
    limitReset: oneOf("daily", "weekly", "monthly"),
    includeByokInLimit: yesOrNo(),
    disabled: yesOrNo(),
    expiresAt: instant(),
    workspaceId: uuid(),
    creatorUserId: line(200),
    adopt: keyHash(),
    keepers: z.record(z.string(), known(z.string("must be a text")), "must be a map of texts"),
    __defaultName: yesOrNo(),
  },
};

/** Checked inputs. What is left out means the API's none, and `false` is left out. */
export interface InferenceKeyInputs {
  name: string;
  limit?: number;
  limitReset?: string;
  includeByokInLimit?: boolean;
  disabled?: boolean;
  expiresAt?: string;
  workspaceId?: string;
  creatorUserId?: string;
  adopt?: string;
  keepers?: Record<string, string>;
  /** The name is the default one, which nobody else gives to a key. Set by the resource class. */
  __defaultName?: boolean;
}

/** The inputs with their live values, and what the server adds. */
export interface InferenceKeyOutputs extends InferenceKeyInputs {
  /** Empty for an adopted key: the API shows a key once, to whoever made it. */
  key: Secret;
  label: string;
  createdAt: string;
}

/** An empty map keeps nothing, so it is as good as none. */
function someOrNone(keepers: Record<string, string> | undefined): Record<string, string> | undefined {
  return keepers && Object.keys(keepers).length > 0 ? keepers : undefined;
}

/** What can be written in place: every field, with its value or the API's none. */
type Fields = Required<Omit<KeyChange, "workspaceId">>;

function desiredFields(inputs: InferenceKeyInputs): Fields {
  return {
    name: inputs.name,
    limit: inputs.limit ?? null,
    limitReset: inputs.limitReset ?? null,
    includeByokInLimit: inputs.includeByokInLimit ?? false,
    disabled: inputs.disabled ?? false,
  };
}

function observedFields({ name, limit, limitReset, includeByokInLimit, disabled }: Key): Fields {
  return { name, limit, limitReset, includeByokInLimit, disabled };
}

/** Fields as inputs: those that are none are left out, `false` too, so that declaring it and leaving it out are one. */
function asInputs({ includeByokInLimit, disabled, ...fields }: Fields): InferenceKeyInputs {
  const switches = { includeByokInLimit: includeByokInLimit || null, disabled: disabled || null };
  return withoutNone({ ...fields, ...switches }) as InferenceKeyInputs;
}

/** What only a new key can have. A left-out expiry is none; workspace and creator may be left to the server. */
const CHOSEN_BY_SERVER = ["workspaceId", "creatorUserId"];

function desiredImmutable({ expiresAt, workspaceId, creatorUserId }: InferenceKeyInputs): Immutable {
  return { expiresAt, workspaceId, creatorUserId };
}

function observedImmutable(
  { expiresAt, workspaceId, creatorUserId }: Key,
  declared: Partial<InferenceKeyInputs>,
): Immutable {
  return {
    expiresAt: expiresAt === undefined ? declared.expiresAt : expiresAt === null ? undefined : utcSeconds(expiresAt),
    workspaceId: workspaceId ?? undefined,
    creatorUserId: creatorUserId ?? undefined,
  };
}

function toOutputs(key: Key, declared: Partial<InferenceKeyInputs>, secret: Secret): InferenceKeyOutputs {
  const immutable = Object.entries(withoutNone(observedImmutable(key, declared)));
  return {
    ...asInputs(observedFields(key)),
    // What was left to the server would take room in every state.
    ...Object.fromEntries(immutable.filter(([name]) => name in declared || !CHOSEN_BY_SERVER.includes(name))),
    ...withoutNone({ adopt: declared.adopt, keepers: declared.keepers, __defaultName: declared.__defaultName }),
    key: secret,
    label: key.label ?? "",
    createdAt: key.createdAt ?? "",
  };
}

/** The inputs that these outputs stand for: what `read` gives back, so that drift shows as a difference of inputs. */
function toInputs({ key, label, createdAt, ...inputs }: InferenceKeyOutputs): InferenceKeyInputs {
  return inputs;
}

/** What a key of these inputs looks like that was made and never used. `disabled` is set by a second request. */
function isUnusedTwin(key: Key, declared: InferenceKeyInputs): boolean {
  const wanted = { ...desiredFields(declared), disabled: key.disabled };
  const settings = Object.keys(changedFields(wanted, observedFields(key)));
  const immutable = replacedBy(desiredImmutable(declared), observedImmutable(key, declared), CHOSEN_BY_SERVER);
  return settings.length === 0 && immutable.length === 0 && key.usage === 0 && key.byokUsage === 0;
}

function makeKey(context: Context, declared: InferenceKeyInputs): Promise<Made<NewlyMadeKey>> {
  const { api } = context;
  // `disabled` is not taken by POST; the PATCH that follows sets it.
  const { disabled, ...writable } = asInputs(desiredFields(declared));
  const body = { ...writable, ...withoutNone(desiredImmutable(declared)) } as NewKey;
  const { workspaceId } = declared;
  return makeOnce<NewlyMadeKey, Key>(context, {
    collection: "keys",
    name: declared.name,
    nameIsDefault: declared.__defaultName ?? false,
    workspaceId,
    post: () => createKey(api, body),
    idOf: ({ key }) => key.hash,
    list: () => allOf(listKeys(api, workspaceId)),
    newest: () => listKeysFrom(api, workspaceId, 0),
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
    readPage: async (api, offset) => pageUntilEmpty(await listKeysFrom(api, workspaceId, offset), offset),
  });
  return sharedReads(session, `keys of ${workspaceId}`, source);
}

type Start = Pick<Convergence<Fields, Key>, "from" | "begin">;

function convergeKey({ api }: Context, hash: string, declared: InferenceKeyInputs, secret: Secret, start: Start) {
  return converge<Fields, Key>({
    operation: api.operation,
    id: hash,
    desired: () => desiredFields(declared),
    ...start,
    write: (changed) => updateKey(api, hash, changed),
    read: () => readKey(api, hash),
    fieldsOf: ({ live }) => observedFields(live),
    outputsOf: (live) => toOutputs(live, declared, secret),
  });
}

/** What can't be changed later has to be right from the start. */
function refuseOtherImmutable(operation: string, declared: InferenceKeyInputs, key: Key): void {
  const differing = replacedBy(desiredImmutable(declared), observedImmutable(key, declared), CHOSEN_BY_SERVER);
  if (differing.length > 0) throw notStored(operation, differing);
}

async function adoptKey(context: Context, hash: string, declared: InferenceKeyInputs) {
  const found = await adopt(context, hash, () => readKey(context.api, hash));
  const [wanted, live] = [desiredImmutable(declared), observedImmutable(found, declared)];
  refuseToReplaceAdopted(context.api.operation, replacedBy(wanted, live, CHOSEN_BY_SERVER), wanted, live);
  const secret = new Secret("");
  const key = await convergeKey(context, hash, declared, secret, { from: { live: found, written: {} } });
  return { id: hash, outputs: toOutputs(key, declared, secret) };
}

export const inferenceKey: Lifecycle<InferenceKeyInputs, InferenceKeyOutputs> = {
  title: "inference key",
  secretOutputs: ["key"],

  holds: (hash, { adopt }) => adopt === hash,
  nameOf: ({ name }) => name ?? "",

  check(news) {
    const checked = checkInputs(RULES, news);
    if (!checked.inputs) return checked;
    const includeByokInLimit = checked.inputs.includeByokInLimit || undefined;
    const disabled = checked.inputs.disabled || undefined;
    const keepers = someOrNone(checked.inputs.keepers);
    const normal = { ...checked.inputs, includeByokInLimit, disabled, keepers };
    return { inputs: withoutNone(normal) as InferenceKeyInputs, failures: [] };
  },

  diff(olds, news) {
    const replaces = replacedBy(desiredImmutable(news), desiredImmutable(olds), CHOSEN_BY_SERVER);
    if (!isDeepStrictEqual(news.keepers, olds.keepers)) replaces.push("keepers");
    if (news.adopt !== undefined) refuseToReplaceWhileAdopting(`inference key "${news.name}"`, replaces, news);
    const changed = Object.keys(changedFields(desiredFields(news), desiredFields(olds)));
    return { changed: changed.length > 0 || replaces.length > 0, replaces };
  },

  async create(context, declared) {
    if (declared.adopt) return adoptKey(context, declared.adopt, declared);
    const { live: made, settleLate } = await makeKey(context, declared);
    const begin = async () => {
      await settleLate();
      refuseOtherImmutable(context.api.operation, declared, made.key);
    };
    const start = { from: { live: made.key, written: {} }, begin };
    const key = await convergeKey(context, made.key.hash, declared, made.secret, start);
    return { id: key.hash, outputs: toOutputs(key, declared, made.secret) };
  },

  async read({ api, session }, hash, olds) {
    const key = await (olds ? keysOf(session, olds.workspaceId).read(api, hash) : unlessGone(readKey(api, hash)));
    if (!key) return undefined;
    const outputs = toOutputs(key, olds ? toInputs(olds) : {}, olds?.key ?? new Secret(""));
    return { outputs, inputs: toInputs(outputs) };
  },

  async update(context, hash, olds, news) {
    const live = await convergeKey(context, hash, news, olds.key, {
      from: { remembered: desiredFields(olds), outputs: olds },
    });
    return toOutputs(live, news, olds.key);
  },

  delete: ({ api }, hash) => deleteKey(api, hash),
};
