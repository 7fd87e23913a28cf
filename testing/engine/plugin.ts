import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { createInterface } from "node:readline";
import type { ServiceError } from "@grpc/grpc-js";
import { parseUrn } from "../../formats/urn";
import type { Values } from "../../formats/values";
import { CHANNEL_OPTIONS, fill, fromStruct, type Sdk } from "./sdk";

/** A partial failure: a create or update failed, and the object exists. */
export class InitError extends Error {
  constructor(
    readonly id: string,
    readonly properties: Values,
    readonly reasons: string[],
  ) {
    super(
      `${reasons.length} error${reasons.length === 1 ? "" : "s"} occurred:\n${reasons.map((r) => `\t* ${r}`).join("\n")}`,
    );
  }
}

/** A provider's comparison of two sets of inputs. `unknown` makes the engine compare them. */
export interface DiffResult {
  changes: "unknown" | "none" | "some";
  replaces: string[];
  /** The inputs that differ, if the provider names them. */
  changedKeys: string[];
  deleteBeforeReplace: boolean;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

/** Identifies a resource to its provider: by URN, and by id once it has one. */
export interface Target {
  urn: string;
  id: string;
}

/** Starts a provider process. Tests can pass their own. */
export type Launch = (sdk: Sdk, cwd: string, env: NodeJS.ProcessEnv, log: (line: string) => void) => Promise<Launched>;

export interface Launched {
  address: string;
  stop(): Promise<void>;
}

/** If the engine is killed, standard input ends: the process then exits after a grace period for calls in flight. */
const EXIT_WITH_ENGINE = `process.stdin.resume().on("end", () => setTimeout(() => process.exit(1), 3000));`;

/** The provider process that `pulumi` starts for dynamic resources. */
export const launchDynamicProvider: Launch = (sdk, cwd, env, log) =>
  launch(sdk.script("cmd/dynamic-provider"), cwd, env, log);

/** The plugin in a folder of Pulumi.yaml's `plugins`. */
export function launchPlugin(folder: string): Launch {
  return (_sdk, cwd, env, log) => launch(path.join(folder, "index.js"), cwd, env, log);
}

async function launch(
  module: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<Launched> {
  // Providers require the address of an engine; this one never uses it.
  const script = [module, "127.0.0.1:1"];
  const child = spawn(process.execPath, ["--import", dataUrl(EXIT_WITH_ENGINE), ...script], { cwd, env });
  createInterface({ input: child.stderr }).on("line", log);
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`The provider process exited with code ${code} before it was ready.`)),
    );
  });
  lines.on("line", log);
  return { address: `127.0.0.1:${port}`, stop: () => stopChild(child) };
}

/** A module for `node --import` that needs no file. */
export function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await closed;
  clearTimeout(killer);
}

/** One running provider. It takes and returns plain values, because neither the dynamic nor the native provider accepts secrets. */
export class Plugin {
  /** Whether previews call `create` and `update`. */
  supportsPreview = false;
  private readonly client: InstanceType<Sdk["provider"]["ResourceProviderClient"]>;

  constructor(
    private readonly sdk: Sdk,
    private readonly process: Launched,
  ) {
    const { ResourceProviderClient } = sdk.provider;
    this.client = new ResourceProviderClient(process.address, sdk.grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  async configure(target: Target, args: Values): Promise<void> {
    const capabilities = {
      Acceptsecrets: true,
      Acceptresources: true,
      SendsOldInputs: true,
      SendsOldInputsToDelete: true,
    };
    const fields = { ...identity(target), ...capabilities, Args: args };
    const response = await this.call<ConfigureResponse>("configure", new this.sdk.provider.ConfigureRequest(), fields);
    this.supportsPreview = response.getSupportspreview();
  }

  /** Checks the settings of a provider. Providers of dynamic resources accept all. */
  async checkConfig(urn: string, inputs: Values): Promise<CheckFailure[]> {
    const fields = { ...identity({ urn, id: "" }), News: inputs };
    const response = await this.call<CheckResponse>("checkConfig", new this.sdk.provider.CheckRequest(), fields);
    return response.getFailuresList().map((failure) => failure.toObject());
  }

  async check(urn: string, olds: Values, news: Values): Promise<{ inputs: Values; failures: CheckFailure[] }> {
    const request = new this.sdk.provider.CheckRequest();
    const Randomseed = new Uint8Array(randomBytes(32));
    const fields = { ...identity({ urn, id: "" }), Olds: olds, News: news, Randomseed };
    const response = await this.call<CheckResponse>("check", request, fields);
    return { inputs: fromStruct(response.getInputs()), failures: response.getFailuresList().map((f) => f.toObject()) };
  }

  async diff(target: Target, olds: Values, oldInputs: Values, news: Values, ignored: string[]): Promise<DiffResult> {
    const request = new this.sdk.provider.DiffRequest();
    const fields = { ...identity(target), Olds: olds, OldInputs: oldInputs, News: news, IgnorechangesList: ignored };
    const response = await this.call<DiffResponse>("diff", request, fields);
    return {
      changes: (["unknown", "none", "some"] as const)[response.getChanges()] ?? "unknown",
      replaces: response.getReplacesList(),
      changedKeys: response
        .getDetaileddiffMap()
        .toArray()
        .map(([key]) => key),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(urn: string, inputs: Values, preview = false): Promise<{ id: string; outputs: Values }> {
    const request = new this.sdk.provider.CreateRequest();
    const fields = { ...identity({ urn, id: "" }), Properties: inputs, Preview: preview };
    const response = await this.call<CreateResponse>("create", request, fields);
    if (response.getId() === "" && !preview) throw new Error("The provider created an object but returned no id.");
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
  }

  async update({ target, olds, oldInputs, news, ignored, preview }: Change): Promise<Values> {
    const request = new this.sdk.provider.UpdateRequest();
    const fields = {
      ...identity(target),
      ...{ Olds: olds, OldInputs: oldInputs, News: news, IgnorechangesList: ignored, Preview: preview },
    };
    return fromStruct((await this.call<UpdateResponse>("update", request, fields)).getProperties());
  }

  async delete(target: Target, outputs: Values, oldInputs: Values): Promise<void> {
    const fields = { ...identity(target), Properties: outputs, OldInputs: oldInputs };
    await this.call("delete", new this.sdk.provider.DeleteRequest(), fields);
  }

  /** `id` is empty if the object doesn't exist. `inputs` is undefined if the provider returned none. */
  async read(target: Target, from: { inputs?: Values; outputs?: Values }): Promise<ReadResult> {
    const fields: Record<string, unknown> = identity(target);
    if (from.inputs !== undefined) fields.Inputs = from.inputs;
    if (from.outputs !== undefined) fields.Properties = from.outputs;
    const response = await this.call<ReadResponse>("read", new this.sdk.provider.ReadRequest(), fields);
    const outputs = fromStruct(response.getProperties());
    return {
      id: response.getId(),
      outputs,
      inputs: response.hasInputs() ? fromStruct(response.getInputs()) : undefined,
    };
  }

  async close(): Promise<void> {
    // The process may have exited already.
    await this.call("cancel", new this.sdk.empty.Empty(), {}).catch(() => undefined);
    this.client.close();
    await this.process.stop();
  }

  private call<Response>(method: string, request: object, fields: Record<string, unknown>): Promise<Response> {
    type Send = (request: object, done: (error: ServiceError | null, response: Response) => void) => void;
    const send = (this.client as unknown as Record<string, Send>)[method] as Send;
    return new Promise((resolve, reject) => {
      send.call(this.client, fill(this.sdk, request, fields), (error, response) => {
        if (error) reject(this.failure(error));
        else resolve(response);
      });
    });
  }

  private failure(error: ServiceError): Error {
    const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
    if (typeof bytes !== "object") return new Error(error.details || error.message);
    const { Status } = this.sdk.status;
    const details = Status.deserializeBinary(new Uint8Array(bytes)).getDetailsList();
    const partial = details.find((detail) => detail.getTypeUrl().endsWith("pulumirpc.ErrorResourceInitFailed"));
    if (partial === undefined) return new Error(error.details || error.message);
    const { ErrorResourceInitFailed } = this.sdk.provider;
    const failed = ErrorResourceInitFailed.deserializeBinary(partial.getValue_asU8());
    return new InitError(failed.getId(), fromStruct(failed.getProperties()), failed.getReasonsList());
  }
}

/** An update of an object. */
export interface Change {
  target: Target;
  olds: Values;
  oldInputs: Values;
  news: Values;
  ignored: string[];
  preview: boolean;
}

export interface ReadResult {
  id: string;
  outputs: Values;
  inputs: Values | undefined;
}

type ConfigureResponse = InstanceType<Sdk["provider"]["ConfigureResponse"]>;
type CheckResponse = InstanceType<Sdk["provider"]["CheckResponse"]>;
type DiffResponse = InstanceType<Sdk["provider"]["DiffResponse"]>;
type CreateResponse = InstanceType<Sdk["provider"]["CreateResponse"]>;
type UpdateResponse = InstanceType<Sdk["provider"]["UpdateResponse"]>;
type ReadResponse = InstanceType<Sdk["provider"]["ReadResponse"]>;

function identity({ urn, id }: Target): Record<string, unknown> {
  const { type, name } = parseUrn(urn);
  return { Urn: urn, Id: id, Name: name, Type: type };
}
