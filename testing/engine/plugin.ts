import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import type { ServiceError } from "@grpc/grpc-js";
import { parseUrn } from "../../formats/urn";
import type { Values } from "../../formats/values";
import { CHANNEL_OPTIONS, fill, fromStruct, type Sdk } from "./sdk";

/** The create or update of an object began but did not succeed as a whole: the object is there, and half done. */
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

/** What a provider says about two sets of inputs. `unknown` leaves it to the engine to compare them. */
export interface DiffAnswer {
  changes: "unknown" | "none" | "some";
  replaces: string[];
  deleteBeforeReplace: boolean;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

/** Where the object of a resource is on the wire: its URN, and its id once it has one. */
export interface Target {
  urn: string;
  id: string;
}

/** Starts a provider process and gives its address and the means to end it. A test may put its own in its place. */
export type Launch = (sdk: Sdk, cwd: string, env: NodeJS.ProcessEnv, log: (line: string) => void) => Promise<Launched>;

export interface Launched {
  address: string;
  stop(): Promise<void>;
}

/** Lets what is under way end, then ends the process, when an engine that was killed no longer holds its standard input. */
const END_WITH_ENGINE = `process.stdin.resume().on("end", () => setTimeout(() => process.exit(1), 3000));`;

/** The provider process that `pulumi` starts for dynamic resources. */
export const launchDynamicProvider: Launch = async (sdk, cwd, env, log) => {
  // It wants the address of an engine and never uses it.
  const script = [sdk.script("cmd/dynamic-provider"), "127.0.0.1:1"];
  const child = spawn(process.execPath, ["--import", dataUrl(END_WITH_ENGINE), ...script], { cwd, env });
  createInterface({ input: child.stderr }).on("line", log);
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The provider process ended with code ${code} before it served.`)));
  });
  lines.on("line", log);
  return { address: `127.0.0.1:${port}`, stop: () => stopChild(child) };
};

/** A module as an argument of `node --import`: it needs no file. */
export function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(killer);
}

/** One running provider. All values it gets and gives are plain: the dynamic provider accepts no secrets. */
export class Plugin {
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
    await this.call("configure", new this.sdk.provider.ConfigureRequest(), {
      ...identity(target),
      ...capabilities,
      Args: args,
    });
  }

  async check(urn: string, olds: Values, news: Values): Promise<{ inputs: Values; failures: CheckFailure[] }> {
    const request = new this.sdk.provider.CheckRequest();
    const Randomseed = new Uint8Array(randomBytes(32));
    const fields = { ...identity({ urn, id: "" }), Olds: olds, News: news, Randomseed };
    const answer = await this.call<CheckResponse>("check", request, fields);
    return { inputs: fromStruct(answer.getInputs()), failures: answer.getFailuresList().map((f) => f.toObject()) };
  }

  async diff(target: Target, olds: Values, oldInputs: Values, news: Values, ignored: string[]): Promise<DiffAnswer> {
    const request = new this.sdk.provider.DiffRequest();
    const fields = { ...identity(target), Olds: olds, OldInputs: oldInputs, News: news, IgnorechangesList: ignored };
    const answer = await this.call<DiffResponse>("diff", request, fields);
    return {
      changes: (["unknown", "none", "some"] as const)[answer.getChanges()] ?? "unknown",
      replaces: answer.getReplacesList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async create(urn: string, inputs: Values): Promise<{ id: string; outputs: Values }> {
    const request = new this.sdk.provider.CreateRequest();
    const fields = { ...identity({ urn, id: "" }), Properties: inputs };
    const answer = await this.call<CreateResponse>("create", request, fields);
    if (answer.getId() === "") throw new Error("The provider created an object and gave no id for it.");
    return { id: answer.getId(), outputs: fromStruct(answer.getProperties()) };
  }

  async update(target: Target, olds: Values, oldInputs: Values, news: Values, ignored: string[]): Promise<Values> {
    const request = new this.sdk.provider.UpdateRequest();
    const fields = { ...identity(target), Olds: olds, OldInputs: oldInputs, News: news, IgnorechangesList: ignored };
    return fromStruct((await this.call<UpdateResponse>("update", request, fields)).getProperties());
  }

  async delete(target: Target, outputs: Values, oldInputs: Values): Promise<void> {
    const fields = { ...identity(target), Properties: outputs, OldInputs: oldInputs };
    await this.call("delete", new this.sdk.provider.DeleteRequest(), fields);
  }

  /** `id` is empty if there is no such object. `inputs` is absent if the provider did not say what they are. */
  async read(target: Target, from: { inputs?: Values; outputs?: Values }): Promise<ReadAnswer> {
    const fields: Record<string, unknown> = identity(target);
    if (from.inputs !== undefined) fields.Inputs = from.inputs;
    if (from.outputs !== undefined) fields.Properties = from.outputs;
    const answer = await this.call<ReadResponse>("read", new this.sdk.provider.ReadRequest(), fields);
    const outputs = fromStruct(answer.getProperties());
    return { id: answer.getId(), outputs, inputs: answer.hasInputs() ? fromStruct(answer.getInputs()) : undefined };
  }

  async close(): Promise<void> {
    // A provider that is already gone can't be asked to stop.
    await this.call("cancel", new this.sdk.empty.Empty(), {}).catch(() => undefined);
    this.client.close();
    await this.process.stop();
  }

  private call<Answer>(method: string, request: object, fields: Record<string, unknown>): Promise<Answer> {
    type Send = (request: object, done: (error: ServiceError | null, answer: Answer) => void) => void;
    const send = (this.client as unknown as Record<string, Send>)[method] as Send;
    return new Promise((resolve, reject) => {
      send.call(this.client, fill(this.sdk, request, fields), (error, answer) => {
        if (error) reject(this.failure(error));
        else resolve(answer);
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

export interface ReadAnswer {
  id: string;
  outputs: Values;
  inputs: Values | undefined;
}

type CheckResponse = InstanceType<Sdk["provider"]["CheckResponse"]>;
type DiffResponse = InstanceType<Sdk["provider"]["DiffResponse"]>;
type CreateResponse = InstanceType<Sdk["provider"]["CreateResponse"]>;
type UpdateResponse = InstanceType<Sdk["provider"]["UpdateResponse"]>;
type ReadResponse = InstanceType<Sdk["provider"]["ReadResponse"]>;

function identity({ urn, id }: Target): Record<string, unknown> {
  const { type, name } = parseUrn(urn);
  return { Urn: urn, Id: id, Name: name, Type: type };
}
