/** Ids and secrets in the API's formats. */
import { createHash, randomBytes } from "node:crypto";

/** A source of random bytes. */
export type Random = (bytes: number) => Buffer;

/** The same bytes in the same order for the same seed; without one, cryptographically random bytes. */
export function createRandom(seed?: string): Random {
  if (seed === undefined) return randomBytes;
  let blocksUsed = 0;
  return (bytes) => {
    const blocks: Buffer[] = [];
    for (let length = 0; length < bytes; length += 32) blocks.push(sha256(`${seed}:${blocksUsed++}`));
    return Buffer.concat(blocks).subarray(0, bytes);
  };
}

function sha256(data: string): Buffer {
  return createHash("sha256").update(data).digest();
}

/** 64 hex digits: a key's id in paths and assignments. */
export function hashOf(key: string): string {
  return sha256(key).toString("hex");
}

export function newKeyString(random: Random): string {
  return `sk-or-v1-${random(32).toString("hex")}`;
}

/** A user or organization id in Clerk's format: `user_` or `org_` and 27 letters and digits. */
export function newClerkId(random: Random, kind: "user" | "org"): string {
  return `${kind}_${letters(random, 27)}`;
}

/** Id of a request to a model. */
export function newGenerationId(random: Random, at: Date): string {
  return `gen-${Math.floor(at.getTime() / 1000)}-${letters(random, 20)}`;
}

function letters(random: Random, count: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from(random(count), (byte) => alphabet[byte % alphabet.length]).join("");
}

export function newUuid(random: Random): string {
  return uuid(random(16), 4);
}

/** A name-based (version 5) UUID: the default guardrail of a workspace always has the same one. */
export function derivedUuid(name: string): string {
  return uuid(createHash("sha1").update(name).digest().subarray(0, 16), 5);
}

function uuid(bytes: Buffer, version: number): string {
  const digits = Buffer.from(bytes);
  digits.writeUInt8((digits.readUInt8(6) & 0x0f) | (version << 4), 6);
  digits.writeUInt8((digits.readUInt8(8) & 0x3f) | 0x80, 8);
  return digits.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
