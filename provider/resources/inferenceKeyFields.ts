/** Settings of a key as inputs of the program, as fields to write and as the API's object. */
import * as z from "zod";
import type { Key, KeyChange } from "../api/keys";
import type { AccountRef } from "../reconcile/account";
import { changedImmutables, type Immutable } from "../reconcile/adoption";
import { changedFields } from "../reconcile/converge";
import { inDeclaredWords } from "../reconcile/declared";
import {
  bool,
  keyHash,
  known,
  lowerCase,
  omitNullish,
  oneOf,
  plainNumber,
  type Rules,
  singleLine,
  timestamp,
  usd,
  utcSeconds,
  uuid,
} from "../reconcile/inputs";
import type { Context } from "../reconcile/lifecycle";
import type { Secret } from "../secret";

/** Checked inputs, as the program declared them. An omitted one means the API's null, or the server's choice. */
export interface InferenceKeyInputs {
  name: string;
  limit?: number;
  limitReset?: string;
  includeByokInLimit?: boolean;
  disabled?: boolean;
  expiresAt?: string;
  workspaceId?: string;
  creatorUserId?: string;
  externalUser?: string;
  adopt?: string;
  keepers?: Record<string, string>;
  /** The name is the default one, which no other program gives to a key. Set by the class. */
  __defaultName?: boolean;
}

/** The inputs with their live values, in the program's words where those mean the same, and what the server adds. */
export interface InferenceKeyOutputs extends InferenceKeyInputs {
  /** Empty for an adopted key: the API shows a key only once, at creation. */
  key: Secret;
  label: string;
  createdAt: string;
}

export const RULES: Rules<InferenceKeyInputs> = {
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

/** What can be written in place: every field, with its value or the API's null. An undefined one is left to the server. */
export type Fields = Required<Omit<KeyChange, "workspaceId">> & { workspaceId: string | undefined };

export function desiredFields(inputs: InferenceKeyInputs): Fields {
  return {
    name: inputs.name,
    limit: plainNumber(inputs.limit),
    limitReset: inputs.limitReset ?? null,
    includeByokInLimit: inputs.includeByokInLimit ?? false,
    disabled: inputs.disabled ?? false,
    workspaceId: lowerCase(inputs.workspaceId),
  };
}

/** The settings as the state remembers them. A key in the default workspace has no workspace in the state. */
export function rememberedFields(olds: InferenceKeyOutputs, account: AccountRef | undefined): Fields {
  return desiredFields({ ...(account && { workspaceId: account.workspace }), ...olds });
}

export function observedFields({ name, limit, limitReset, includeByokInLimit, disabled, workspaceId }: Key): Fields {
  return { name, limit, limitReset, includeByokInLimit, disabled, workspaceId: workspaceId ?? undefined };
}

/** Immutable settings that the server chooses if they are omitted. An omitted expiry means never. */
export const CHOSEN_BY_SERVER = ["creatorUserId", "externalUser"];

export function chosenByServer({ workspaceId, creatorUserId, externalUser }: Key): Partial<InferenceKeyInputs> {
  return omitNullish({ workspaceId, creatorUserId, externalUser }) as Partial<InferenceKeyInputs>;
}

export function desiredImmutable({ expiresAt, creatorUserId, externalUser }: InferenceKeyInputs): Immutable {
  return { expiresAt: expiresAt && utcSeconds(expiresAt), creatorUserId, externalUser };
}

export function observedImmutable(
  { expiresAt, creatorUserId, externalUser }: Key,
  declared: Partial<InferenceKeyInputs>,
): Immutable {
  return {
    expiresAt: utcSeconds((expiresAt === undefined ? declared.expiresAt : expiresAt) ?? "") || undefined,
    creatorUserId: creatorUserId ?? undefined,
    externalUser: externalUser ?? undefined,
  };
}

/** An empty map is the same as none. */
export function keepersOf({ keepers }: InferenceKeyInputs): Record<string, string> | undefined {
  return keepers && Object.keys(keepers).length > 0 ? keepers : undefined;
}

/** Inputs in canonical form: equal for equal meanings. */
export function meaning(inputs: InferenceKeyInputs): object {
  return { ...desiredFields(inputs), ...desiredImmutable(inputs), keepers: keepersOf(inputs) };
}

export function toOutputs(
  { account }: Context,
  key: Key,
  declared: Partial<InferenceKeyInputs>,
  secret: Secret,
): InferenceKeyOutputs {
  const { includeByokInLimit, disabled, workspaceId, ...fields } = observedFields(key);
  const immutable = Object.entries(observedImmutable(key, declared));
  const live = omitNullish({
    ...fields,
    includeByokInLimit: includeByokInLimit || null,
    disabled: disabled || null,
    // Server defaults would be in every state. A workspace other than the default one must be remembered.
    workspaceId: declared.workspaceId || workspaceId !== account.workspace ? workspaceId : null,
    ...Object.fromEntries(immutable.filter(([name]) => name in declared || !CHOSEN_BY_SERVER.includes(name))),
  }) as InferenceKeyInputs;
  const { adopt, keepers, __defaultName } = declared;
  return {
    ...inDeclaredWords(live, declared, meaning),
    ...omitNullish({ adopt, keepers, __defaultName }),
    key: secret,
    label: key.label ?? "",
    createdAt: key.createdAt ?? "",
  };
}

/** The inputs that correspond to these outputs. `read` returns them, so that drift shows up as changed inputs. */
export function toInputs({ key, label, createdAt, ...inputs }: InferenceKeyOutputs): InferenceKeyInputs {
  return inputs;
}

/** Whether the key was never used: neither a time of use nor any spending. */
function isUnused({ usage, byokUsage, lastUsedAt }: Key): boolean {
  return usage === 0 && byokUsage === 0 && lastUsedAt === null;
}

/**
 * Whether a key has the settings of these inputs and was never used. A second request sets `disabled`, and on some servers
 * the reset and the BYOK accounting too.
 */
export function isUnusedMatch(key: Key, declared: InferenceKeyInputs): boolean {
  const notYetSet = {
    disabled: key.disabled,
    ...(key.limitReset === null && { limitReset: null }),
    ...(!key.includeByokInLimit && { includeByokInLimit: false }),
  };
  const wanted = { ...desiredFields(declared), ...notYetSet };
  const settings = Object.keys(changedFields(wanted, observedFields(key)));
  const immutable = changedImmutables(desiredImmutable(declared), observedImmutable(key, declared), CHOSEN_BY_SERVER);
  return settings.length === 0 && immutable.length === 0 && isUnused(key);
}
