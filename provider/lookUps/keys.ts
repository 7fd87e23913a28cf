import * as z from "zod";
import { type Key, listKeys, readKey } from "../api/keys";
import { isKeyHash } from "../ids";
import { ignoreNotFound } from "../reconcile/lifecycle";
import { holdsNoKey } from "../text";
import { type Account, chosen, inWorkspaces, lookUpOf, only, text } from "./lookUp";

export const keyHash = text.refine(
  isKeyHash,
  "must be the hash of a key, 64 hexadecimal digits, and not the key itself",
);

export const getKey = lookUpOf({
  args: { name: text.refine(holdsNoKey, "must be a name, not a key").optional(), hash: keyHash.optional() },
  async run(account, { name, hash }) {
    const choice = chosen("an inference key", { name, hash });
    const found = hash === undefined ? await byName(account, choice.value) : await byHash(account, hash);
    return keyOf(only(choice, found, (key) => key.hash));
  },
});

export const getKeys = lookUpOf({
  args: { workspaceId: z.guid("must be a UUID").optional() },
  run: async (account, { workspaceId }) => ({ keys: (await keysIn(account, workspaceId)).map(keyOf) }),
});

async function byHash(account: Account, hash: string): Promise<Key[]> {
  const key = await ignoreNotFound(readKey(account.read(`inference key ${hash}`), hash));
  return key ? [key] : [];
}

async function byName(account: Account, name: string): Promise<Key[]> {
  return (await keysIn(account)).filter((key) => key.name === name);
}

function keysIn(account: Account, workspaceId?: string): Promise<Key[]> {
  return inWorkspaces(account, "inference keys", workspaceId, listKeys);
}

/** Without usage, which changes with every request. */
function keyOf({ hash, name, label, disabled, limit, limitReset, includeByokInLimit, ...key }: Key): object {
  const { createdAt, expiresAt, workspaceId, creatorUserId } = key;
  return {
    ...{ hash, name, label, disabled, limit, limitReset, includeByokInLimit },
    ...{ createdAt, expiresAt, workspaceId, creatorUserId },
  };
}
