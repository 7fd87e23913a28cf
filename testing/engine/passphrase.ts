import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const ROUNDS = 1_000_000;
const deriveKey = promisify(pbkdf2);

/**
 * Pulumi's passphrase scheme. A ciphertext is `v1:<nonce>:<ciphertext and tag>`, AES-256-GCM with a key that PBKDF2 derives
 * from the passphrase and a salt. The salt line, `v1:<salt>:<ciphertext of "pulumi">`, verifies the passphrase.
 */
export class Passphrase {
  private constructor(
    readonly saltLine: string,
    private readonly key: Buffer,
  ) {}

  /** With the salt of an existing salt line, which it verifies, or with a new salt. */
  static async open(passphrase: string, saltLine?: string): Promise<Passphrase> {
    if (saltLine === undefined) {
      const salt = randomBytes(8);
      const created = new Passphrase("", await keyOf(passphrase, salt));
      return new Passphrase(`v1:${salt.toString("base64")}:${created.encrypt("pulumi")}`, created.key);
    }
    const [version, salt, ...check] = saltLine.split(":");
    if (version !== "v1" || salt === undefined) throw new Error("The encryption salt is not in Pulumi's format v1.");
    const opened = new Passphrase(saltLine, await keyOf(passphrase, Buffer.from(salt, "base64")));
    try {
      opened.decrypt(check.join(":"));
    } catch (cause) {
      throw new Error("Incorrect passphrase for this stack: its secrets can't be decrypted.", { cause });
    }
    return opened;
  }

  encrypt(plaintext: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  decrypt(ciphertext: string): string {
    const [version, nonce, data] = ciphertext.split(":");
    if (version !== "v1" || !nonce || !data) throw new Error("A secret in the state is not in Pulumi's format v1.");
    const sealed = Buffer.from(data, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-16));
    return decipher.update(sealed.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
  }
}

const keys = new Map<string, Promise<Buffer>>();

/** Deriving a key takes about 0.3 s, so the process caches them. */
function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  const name = JSON.stringify([passphrase, salt.toString("base64")]);
  const key = keys.get(name) ?? deriveKey(passphrase, salt, ROUNDS, 32, "sha256");
  keys.set(name, key);
  return key;
}
