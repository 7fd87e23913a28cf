import { createHash } from "node:crypto";
import { copyFile, mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  isObject,
  isSecret,
  mapValues,
  plain,
  SECRET_SIGNATURE,
  SIGNATURE,
  secret,
  type Value,
  type Values,
} from "../../formats/values";
import type { Passphrase } from "./passphrase";
import type { Deployment } from "./stack";

/** The CLI version of this state format. `pulumi stack import` verifies `magic`, its hash. */
const VERSION = "v3.259.0";
const MAGIC = createHash("sha256").update(VERSION).digest("hex");

/** A resource in memory, with secrets in plain text in their wrappers. */
export interface Resource {
  urn: string;
  type: string;
  custom: boolean;
  id: string;
  inputs: Values;
  outputs: Values;
  parent: string;
  /** `<urn>::<id>` of its provider. */
  provider: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  additionalSecretOutputs: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  /** The errors of a partial failure. The next `up` updates such a resource. */
  initErrors: string[];
  protect: boolean;
  retainOnDelete: boolean;
  /** URN of the resource whose deletion also deletes this one, without a call to the provider. */
  deletedWith: string;
  /** Read by the program (option `id`), so never deleted. */
  external: boolean;
  /** Replaced, and its object must still be deleted. */
  delete: boolean;
  /** Its object is deleted, and the replacement must still be created. */
  pendingReplacement: boolean;
  created: string;
  modified: string;
}

export type PendingType = "creating" | "updating" | "deleting" | "reading" | "importing";

/** An operation that was started and may not have finished. */
export interface PendingOperation {
  type: PendingType;
  resource: Resource;
}

export interface State {
  resources: Resource[];
  pending: PendingOperation[];
}

export function newResource(fields: Pick<Resource, "urn" | "type" | "custom"> & Partial<Resource>): Resource {
  return {
    id: "",
    inputs: {},
    outputs: {},
    parent: "",
    provider: "",
    dependencies: [],
    propertyDependencies: {},
    additionalSecretOutputs: [],
    ignoreChanges: [],
    replaceOnChanges: [],
    initErrors: [],
    protect: false,
    retainOnDelete: false,
    deletedWith: "",
    external: false,
    delete: false,
    pendingReplacement: false,
    created: "",
    modified: "",
    ...fields,
  };
}

/** Keeps the ciphertexts of unchanged secrets while the salt is the same. */
const ciphertexts = new WeakMap<Values, { salt: string; ciphertext: string }>();

/** Converts a state to Pulumi's deployment format. */
export function encodeState(state: State, passphrase: Passphrase): Deployment {
  const encrypt = (value: Value): Value => {
    if (isSecret(value)) {
      const cached = ciphertexts.get(value);
      const salt = passphrase.saltLine;
      const ciphertext = cached?.salt === salt ? cached.ciphertext : passphrase.encrypt(JSON.stringify(plain(value)));
      ciphertexts.set(value, { salt, ciphertext });
      return { [SIGNATURE]: SECRET_SIGNATURE, ciphertext };
    }
    if (Array.isArray(value)) return value.map(encrypt);
    return isObject(value) ? mapValues(value, encrypt) : value;
  };
  const encode = (resource: Resource): Record<string, unknown> => {
    const { urn, custom, id, type, ...rest } = resource;
    const encoded = { ...rest, inputs: mapValues(rest.inputs, encrypt), outputs: mapValues(rest.outputs, encrypt) };
    const present = Object.entries(encoded).filter(([, value]) => !isEmpty(value));
    return { urn, custom, ...(id ? { id } : {}), type, ...Object.fromEntries(present) };
  };
  const pending = state.pending.map(({ type, resource }) => ({ type, resource: encode(resource) }));
  return {
    version: 3,
    deployment: {
      manifest: { time: new Date().toISOString(), magic: MAGIC, version: VERSION },
      secrets_providers: { type: "passphrase", state: { salt: passphrase.saltLine } },
      ...(state.resources.length > 0 ? { resources: state.resources.map(encode) } : {}),
      ...(pending.length > 0 ? { pending_operations: pending } : {}),
      metadata: {},
    },
  };
}

function isEmpty(value: unknown): boolean {
  if (value === "" || value === false) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** Parses Pulumi's deployment format. Secrets can be encrypted or, as in `stack export --show-secrets`, plain. */
export function decodeState({ deployment }: Deployment, passphrase: Passphrase): State {
  const decrypt = (value: Value): Value => {
    if (isSecret(value)) {
      const { ciphertext, plaintext } = value;
      const decrypted = secret(
        JSON.parse(typeof ciphertext === "string" ? passphrase.decrypt(ciphertext) : String(plaintext)),
      );
      if (typeof ciphertext === "string") ciphertexts.set(decrypted, { salt: passphrase.saltLine, ciphertext });
      return decrypted;
    }
    if (Array.isArray(value)) return value.map(decrypt);
    return isObject(value) ? mapValues(value, decrypt) : value;
  };
  const decode = (raw: Record<string, unknown>): Resource => {
    const fields = raw as Partial<Resource>;
    const { urn, type, inputs = {}, outputs = {} } = fields;
    if (typeof urn !== "string" || typeof type !== "string")
      throw new Error("A resource in the state has no urn or type.");
    const custom = fields.custom ?? false;
    return newResource({
      ...fields,
      urn,
      type,
      custom,
      inputs: mapValues(inputs, decrypt),
      outputs: mapValues(outputs, decrypt),
    });
  };
  return {
    resources: (deployment.resources ?? []).map(decode),
    pending: (deployment.pending_operations ?? []).map((operation) => ({
      type: operation.type as PendingType,
      resource: decode(operation.resource),
    })),
  };
}

/** The file of one stack, in the layout and format of the CLI's file backend. */
export class StateFile {
  readonly file: string;
  private readonly directory: string;

  constructor(
    stateDir: string,
    private readonly project: string,
    private readonly stack: string,
  ) {
    this.directory = path.join(stateDir, ".pulumi", "stacks", project);
    this.file = path.join(this.directory, `${stack}.json`);
  }

  /** Undefined if the stack doesn't exist. */
  async read(): Promise<Deployment | undefined> {
    const json = await readFile(this.file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (json === undefined) return undefined;
    const { version, checkpoint } = JSON.parse(json);
    if (version !== 3) throw new Error(`${this.file} has version ${version}; this engine supports version 3.`);
    return checkpoint.latest && { version, deployment: checkpoint.latest };
  }

  /** Copies the state before the operation, as the CLI does. */
  async backUp(): Promise<void> {
    await copyFile(this.file, `${this.file}.bak`);
  }

  /** Atomic: after a crash, the old or the new file is complete. */
  async write({ deployment }: Deployment): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writeFile(path.join(this.directory, "../../meta.yaml"), "version: 1\n", { mode: 0o600 });
    const checkpoint = { stack: `organization/${this.project}/${this.stack}`, latest: deployment };
    const temporary = `${this.file}.${process.pid}.tmp`;
    const handle = await open(temporary, "w", 0o600);
    try {
      await handle.writeFile(JSON.stringify({ version: 3, checkpoint }));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, this.file);
  }
}
