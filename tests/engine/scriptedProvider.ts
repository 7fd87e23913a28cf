import type { ServerUnaryCall, ServiceError, sendUnaryData } from "@grpc/grpc-js";
import type { Launch } from "../../testing/engine/plugin";
import { fill, type Sdk } from "../../testing/engine/sdk";

/** One call to a provider, without fields that have their default values. */
export interface Call {
  method: string;
  request: Record<string, unknown>;
  response?: Record<string, unknown>;
  error?: { message: string; initFailed?: { id: string; properties: Record<string, unknown>; reasons: string[] } };
}

const REQUEST_FIELDS = ["Id", "Urn", "Olds", "News", "OldInputs", "Properties", "Inputs", "Args", "IgnorechangesList"];

/** A provider in this process that logs every call and returns the recorded response. */
export function scriptedProvider(recorded: Call[], calls: Call[]): Launch {
  const remaining = [...recorded];
  return async (sdk) => {
    const respond = (method: string) => (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>) => {
      const request = decode(call.request);
      calls.push({ method, request });
      const found = remaining.findIndex((other) => other.method === method && other.request.urn === request.urn);
      // The recorded operation may have failed before this resource, which is then valid and unchanged.
      if (found < 0 && method === "Check") return done(null, encode(sdk, method, { inputs: request.news }));
      if (found < 0 && method === "Diff") return done(null, encode(sdk, method, { changes: 1 }));
      if (found < 0) return done({ code: 2, details: `${method} ${request.urn} was not recorded` });
      const [replayed] = remaining.splice(found, 1) as [Call];
      if (replayed.error) return done(encodeError(sdk, replayed.error));
      done(null, encode(sdk, method, replayed.response ?? {}));
    };
    const methods = ["Configure", "Check", "Diff", "Create", "Update", "Delete", "Read", "Cancel"];
    const server = new sdk.grpc.Server();
    const service = Object.fromEntries(methods.map((method) => [method.toLowerCase(), respond(method)]));
    server.addService(sdk.provider.ResourceProviderService, service);
    const credentials = sdk.grpc.ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    return { address: `127.0.0.1:${port}`, stop: async () => server.forceShutdown() };
  };
}

function decode(message: unknown): Record<string, unknown> {
  const getters = message as Record<string, (() => unknown) | undefined>;
  const request: Record<string, unknown> = {};
  for (const field of REQUEST_FIELDS) {
    const value = getters[`get${field}`]?.call(message) as
      | { toJavaScript?(): unknown }
      | string
      | unknown[]
      | undefined;
    if (value === undefined || (value as string).length === 0) continue;
    const key = field.replace("List", "");
    request[key[0]?.toLowerCase() + key.slice(1)] =
      typeof value === "object" && "toJavaScript" in value ? value.toJavaScript?.() : value;
  }
  return request;
}

function encode(
  sdk: Sdk,
  method: string,
  { replaces, failures, deletebeforereplace, id, ...rest }: Record<string, unknown>,
): unknown {
  const { provider, empty } = sdk;
  const types = {
    Configure: provider.ConfigureResponse,
    Check: provider.CheckResponse,
    Diff: provider.DiffResponse,
    Create: provider.CreateResponse,
    Update: provider.UpdateResponse,
    Read: provider.ReadResponse,
  };
  const Response = types[method as keyof typeof types] ?? empty.Empty;
  const structs = Object.entries(rest).map(([key, value]) => [key[0]?.toUpperCase() + key.slice(1), value]);
  const message = fill(sdk, new Response(), Object.fromEntries(structs));
  const failed = ((failures ?? []) as Array<Record<string, string>>).map(({ property, reason }) => {
    return fill(sdk, new provider.CheckFailure(), { Property: property, Reason: reason });
  });
  const lists = { ReplacesList: replaces, FailuresList: failed, Deletebeforereplace: deletebeforereplace, Id: id };
  return fill(sdk, message, Object.fromEntries(Object.entries(lists).filter(([, value]) => value !== undefined)));
}

function encodeError(sdk: Sdk, { message, initFailed }: NonNullable<Call["error"]>): Partial<ServiceError> {
  const metadata = new sdk.grpc.Metadata();
  if (initFailed) {
    const { id, properties, reasons } = initFailed;
    const fields = { Id: id, Properties: properties, ReasonsList: reasons };
    const detail = fill(sdk, new sdk.provider.ErrorResourceInitFailed(), fields);
    const status = new sdk.status.Status();
    const any = status.addDetails();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: 2, details: message, metadata };
}
