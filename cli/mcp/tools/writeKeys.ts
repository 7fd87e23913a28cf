/** Tools that create, change and delete keys in no stack. */
import { z } from "zod";
import { createKey, deleteKey, type Key, type KeyChange, updateKey } from "../../../provider/api/keys";
import { messageOf, RequestError } from "../../../provider/errors";
import { changedFields, notApplied } from "../../../provider/reconcile/converge";
import { omitNullish, utcSeconds } from "../../../provider/reconcile/inputs";
import { inferenceKey } from "../../../provider/resources/inferenceKey";
import type { Secret } from "../../../provider/secret";
import { findGuardrailOf, readAllKeys } from "../../shared/inventory";
import { keyObject, readExistingKey } from "../../shared/oneObject";
import { UsageError } from "../../shared/terminal";
import type { Session } from "../session";
import type { Tool } from "../tool";
import { interval, keyHash, name, requireValid, usd } from "../writes/inputs";
import type { KeyDirectory, KeyFile } from "../writes/keyDirectory";
import type { DefineWrite, Plan } from "../writes/write";
import { definedOf } from "./keys";

const newKey = z.object({
  name,
  limit: usd.nullable().describe("USD; null: no limit, which the user must want"),
  limitReset: interval.nullable().default(null).describe("At midnight UTC; null: never"),
  includeByokInLimit: z.boolean().default(false),
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null).describe("null: never. Can't be changed later"),
  workspaceId: z.uuid().toLowerCase().optional().describe("Default: the default workspace"),
});

const keyChange = z.object({
  hash: keyHash,
  name: name.optional(),
  disabled: z.boolean().optional(),
  limit: usd.nullable().optional().describe("USD; null: no limit"),
  limitReset: interval.nullable().optional().describe("null: never"),
  includeByokInLimit: z.boolean().optional(),
});

export function writeKeyTools(session: Session, define: DefineWrite, keyDirectory: KeyDirectory | undefined): Tool[] {
  const { account } = session;
  return [
    define({
      name: "create_key",
      title: "Create a key",
      description:
        "Creates an inference key. The key itself goes to a new file in the directory that the user named with --key-dir; the result has its path, never the key.",
      input: newKey,
      plan: async (args): Promise<Plan> => {
        if (!keyDirectory) {
          throw new UsageError("there is no place for the new key: the user must start the server with --key-dir");
        }
        requireValid(inferenceKey.check(omitNullish(args), {}));
        requireFuture(args.expiresAt);
        const sameName = await hashesNamed(session, args.name);
        return {
          targets: { names: [args.name] },
          observed: { sameName },
          before: null,
          after: args,
          warnings: sameName.length > 0 ? [`${sameName.length} keys of the account have this name already`] : [],
          apply: (token) => create(session, keyDirectory, args, token),
        };
      },
    }),
    define({
      name: "update_key",
      title: "Change a key",
      description: "Changes the name, limit, reset or state of one inference key. Omitted settings stay.",
      input: keyChange,
      plan: async ({ hash, ...given }): Promise<Plan> => {
        const change: Change = definedOf(given);
        const key = await readExistingKey(account(), hash);
        const before = settingsOf(key);
        const after = { ...before, ...change };
        if (Object.keys(missingIn(key, change)).length === 0) {
          throw new UsageError("nothing to change: the key has these settings already");
        }
        requireValid(inferenceKey.check(omitNullish({ name: key.name, ...change }), { name: key.name }));
        return {
          targets: { keys: [hash], names: change.name === undefined ? [] : [change.name] },
          observed: { hash, before },
          ...{ before, after },
          apply: async () => {
            const api = account().start("update", keyObject(hash));
            const written = await updateKey(api, hash, change);
            requireApplied(api.operation, written, change);
            return { hash, ...settingsOf(written) };
          },
        };
      },
    }),
    define({
      name: "delete_key",
      title: "Delete a key",
      description: "Deletes one inference key. Its clients lose access at once, and it can't be restored.",
      input: z.object({ hash: keyHash }),
      isDestructive: true,
      plan: async ({ hash }): Promise<Plan> => {
        const key = await readExistingKey(account(), hash);
        const guardrail = await findGuardrailOf(account(), key);
        const before = { ...settingsOf(key), guardrailId: guardrail?.id ?? null };
        const { usage, byokUsage, lastUsedAt, createdAt } = key;
        return {
          targets: { keys: [hash] },
          observed: { hash, before },
          before: { ...before, usage, byokUsage, lastUsedAt, createdAt },
          after: null,
          warnings: lastUsedAt === null ? [] : ["the key was used; its clients lose access at once"],
          apply: async () => {
            await deleteKey(account().start("delete", keyObject(hash)), hash);
            return { hash, deleted: true };
          },
        };
      },
    }),
  ];
}

function settingsOf({ name, disabled, limit, limitReset, includeByokInLimit, expiresAt, workspaceId }: Key) {
  return { name, disabled, limit, limitReset, includeByokInLimit, expiresAt: expiresAt ?? null, workspaceId };
}

type Change = Omit<KeyChange, "workspaceId">;

function missingIn({ name, disabled, limit, limitReset, includeByokInLimit }: Key, wanted: Change): Change {
  return changedFields<Change>(wanted, { name, disabled, limit, limitReset, includeByokInLimit });
}

function requireApplied(operation: string, key: Key, wanted: Change): void {
  const differing = Object.keys(missingIn(key, wanted));
  if (differing.length > 0) throw notApplied(operation, differing);
}

function requireFuture(expiresAt: string | null): void {
  if (expiresAt === null || Date.parse(expiresAt) > Date.now()) return;
  throw new UsageError("nothing was changed: expiresAt must be in the future");
}

async function hashesNamed({ account }: Session, wanted: string): Promise<string[]> {
  const { keys } = await readAllKeys(account());
  return keys.flatMap(({ name, hash }) => (name === wanted ? [hash] : [])).sort();
}

async function create({ account }: Session, directory: KeyDirectory, args: z.output<typeof newKey>, token: string) {
  const { name, limit, limitReset, includeByokInLimit, expiresAt, workspaceId } = args;
  const file = directory.createFile(token);
  const body = {
    ...{ name, limit, limitReset },
    ...(includeByokInLimit && { includeByokInLimit }),
    ...(expiresAt !== null && { expiresAt: utcSeconds(expiresAt) }),
    ...(workspaceId !== undefined && { workspaceId }),
  };
  const { key, secret } = await createKey(account().start("create", "the inference key"), body).catch((error) => {
    file.discard();
    throw explained(error);
  });
  await stored(account, file, key.hash, secret);
  try {
    const live = await complete(account, key, { limit, limitReset, includeByokInLimit });
    return { hash: key.hash, keyFile: file.path, ...settingsOf(live) };
  } catch (error) {
    const problem = `the key ${key.hash} exists and is in ${file.path}, but lacks settings: ${messageOf(error)}`;
    throw new UsageError(`${problem}. Don't create it again: check it with get_key and use update_key`);
  }
}

/** A key that can't be stored is deleted: it can't be read again. */
async function stored(account: Session["account"], file: KeyFile, hash: string, secret: Secret): Promise<void> {
  try {
    file.store(secret);
  } catch (error) {
    await deleteKey(account().start("delete", keyObject(hash)), hash);
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(`the key could not be stored (${code}), so it was deleted. Free some space and start again`);
  }
}

/** Some servers set these only with a second request. */
async function complete(account: Session["account"], key: Key, wanted: Change): Promise<Key> {
  const missing = missingIn(key, wanted);
  if (Object.keys(missing).length === 0) return key;
  const api = account().start("update", keyObject(key.hash));
  const live = await updateKey(api, key.hash, missing);
  requireApplied(api.operation, live, missing);
  return live;
}

/** A lost response may have created a key whose secret is gone. */
function explained(error: unknown): unknown {
  if (!(error instanceof RequestError) || error.outcome !== "unknown") return error;
  return new UsageError(
    `${error.message} The key may exist, but its secret is gone: look for a new, unused key of this name with list_keys, and ` +
      "delete it before you try again",
  );
}
