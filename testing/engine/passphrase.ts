import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const ROUNDS = 1_000_000;
const deriveKey = promisify(pbkdf2);

/**
 * Pulumi's passphrase scheme. A ciphertext is `v1:<nonce>:<text and tag>`: AES-256-GCM under a key that PBKDF2 makes of
 * the passphrase and a salt. The salt line, `v1:<salt>:<ciphertext of "pulumi">`, shows whether a passphrase fits.
 */
export class Passphrase {
  private constructor(
    readonly saltLine: string,
    private readonly key: Buffer,
  ) {}

  /** The passphrase of an existing salt line, or one with a fresh salt. Throws if it does not fit. */
  static async open(passphrase: string, saltLine?: string): Promise<Passphrase> {
    if (saltLine === undefined) {
      const salt = randomBytes(8);
      const fresh = new Passphrase("", await keyOf(passphrase, salt));
      return new Passphrase(`v1:${salt.toString("base64")}:${fresh.encrypt("pulumi")}`, fresh.key);
    }
    const [version, salt, ...check] = saltLine.split(":");
    if (version !== "v1" || salt === undefined) throw new Error("The encryption salt is not of Pulumi's version v1.");
    const opened = new Passphrase(saltLine, await keyOf(passphrase, Buffer.from(salt, "base64")));
    try {
      opened.decrypt(check.join(":"));
    } catch (cause) {
      throw new Error("Incorrect passphrase for this stack: its secrets can't be decrypted.", { cause });
    }
    return opened;
  }

  encrypt(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  decrypt(ciphertext: string): string {
    const [version, nonce, text] = ciphertext.split(":");
    if (version !== "v1" || !nonce || !text) throw new Error("A secret in the state is not of Pulumi's format v1.");
    const sealed = Buffer.from(text, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-16));
    return decipher.update(sealed.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
  }
}

const keys = new Map<string, Promise<Buffer>>();

/** A key takes about 0.3 s to derive, so this process derives each one once. */
function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  const name = JSON.stringify([passphrase, salt.toString("base64")]);
  const key = keys.get(name) ?? deriveKey(passphrase, salt, ROUNDS, 32, "sha256");
  keys.set(name, key);
  return key;
}
