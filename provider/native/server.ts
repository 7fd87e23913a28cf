/** The gRPC service: unpacks requests, finds the kind of the URN, and packs responses and errors. */
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb";
import { kindIn } from "../../formats/typeTokens";
import { parseUrn } from "../../formats/urn";
import { plainValues, type Values } from "../../formats/values";
import { messageOf, PreconditionError } from "../errors";
import { InitFailedError } from "../host/failures";
import { lookUpsOf } from "../host/lookUps";
import type { Process } from "../host/process";
import { onWire } from "../host/state";
import { KINDS, lifecycleOf } from "../resources";
import type { InputChange } from "./comparison";
import { configurationFailures, nativeConfiguration } from "./configuration";
import { type NativeResource, nativeResource } from "./host";
import { fromStruct, type Protocol } from "./protocol";

/** What the engine may ask of the plugin itself. */
export interface About {
  version: string;
  /** JSON. */
  schema(): string;
}

/** Every method of the service that this provider has. */
export function serviceOf(protocol: Protocol, process: Process, about: About): UntypedServiceImplementation {
  const { messages, empty } = protocol;
  const lookUps = lookUpsOf(process);
  const resources = new Map(KINDS.map((kind) => [kind as string, nativeResource(kind, lifecycleOf(kind), process)]));

  function resourceOf(urn: string): NativeResource {
    const { type } = parseUrn(urn);
    const resource = resources.get(kindIn(type) ?? "");
    if (resource) return resource;
    throw new PreconditionError(`manage ${type}`, "this release does not know the type", "upgrade pulumi-openrouter");
  }

  const struct = (values: Values) => protocol.struct.Struct.fromJavaScript(values);

  /** The engine keeps an object that exists although an operation failed. */
  function errorOf(error: unknown, resource?: NativeResource): Error {
    const message = messageOf(error);
    const { UNKNOWN } = protocol.grpc.status;
    const metadata = new protocol.grpc.Metadata();
    if (error instanceof InitFailedError && resource) {
      const failed = new messages.ErrorResourceInitFailed();
      failed.setId(error.id);
      failed.setProperties(struct(resource.kept(error.properties)));
      failed.setReasonsList([message]);
      const detail = new protocol.any.Any();
      detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
      const status = new protocol.status.Status();
      status.setCode(UNKNOWN);
      status.setMessage(message);
      status.addDetails(detail);
      metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    }
    return Object.assign(new Error(message), { code: UNKNOWN, details: message, metadata });
  }

  /** A method whose request has the URN of a resource. */
  function ofResource<Request extends { getUrn(): string }, Response>(
    work: (resource: NativeResource, request: Request) => Promise<Response>,
  ) {
    return unary<Request, Response>(async (request) => {
      let resource: NativeResource | undefined;
      try {
        resource = resourceOf(request.getUrn());
        return await work(resource, request);
      } catch (error) {
        throw errorOf(error, resource);
      }
    });
  }

  const failuresOf = (reasons: readonly string[]) =>
    // Without a property name: the engine would print its value, secret or not.
    reasons.map((reason) => {
      const failure = new messages.CheckFailure();
      failure.setReason(reason);
      return failure;
    });

  return {
    handshake: unary<pb.ProviderHandshakeRequest, pb.ProviderHandshakeResponse>(
      async () => new messages.ProviderHandshakeResponse(),
    ),

    getPluginInfo: unary(async () => {
      const info = new protocol.plugin.PluginInfo();
      info.setVersion(about.version);
      return info;
    }),

    getSchema: unary<pb.GetSchemaRequest, pb.GetSchemaResponse>(async () => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(about.schema());
      return response;
    }),

    checkConfig: unary<pb.CheckRequest, pb.CheckResponse>(async (request) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      response.setFailuresList(
        failuresOf(configurationFailures(request.getUrn(), plainValues(fromStruct(request.getNews())))),
      );
      return response;
    }),

    // Other settings never replace the objects: whether they belong to a different account is checked with each operation.
    diffConfig: unary<pb.DiffRequest, pb.DiffResponse>(async () => new messages.DiffResponse()),

    configure: unary<pb.ConfigureRequest, pb.ConfigureResponse>(async (request) => {
      process.configure(nativeConfiguration(request.getUrn() ?? "", plainValues(fromStruct(request.getArgs()))));
      const response = new messages.ConfigureResponse();
      // Not setAcceptsecrets: the engine then keeps secrets in nested inputs encrypted by itself.
      response.setSupportspreview(true);
      return response;
    }),

    check: ofResource<pb.CheckRequest, pb.CheckResponse>(async (resource, request) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const { inputs, failures } = await resource.check(request.getUrn(), olds, news);
      const response = new messages.CheckResponse();
      if (inputs) response.setInputs(struct(inputs));
      response.setFailuresList(failuresOf(failures));
      return response;
    }),

    diff: ofResource<pb.DiffRequest, pb.DiffResponse>(async (resource, request) => {
      const [olds, oldInputs, news] = [request.getOlds(), request.getOldInputs(), request.getNews()].map(fromStruct);
      const { changed, replaces, inputs } = await resource.diff(
        request.getUrn(),
        request.getId(),
        olds ?? {},
        oldInputs ?? {},
        news ?? {},
      );
      const response = new messages.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      response.setChanges(changed ? DIFF_SOME : DIFF_NONE);
      response.setReplacesList(replaces);
      response.setDiffsList([...inputs.keys()]);
      response.setHasdetaileddiff(inputs.size > 0);
      for (const [name, change] of inputs) response.getDetaileddiffMap().set(name, propertyDiff(change));
      return response;
    }),

    create: ofResource<pb.CreateRequest, pb.CreateResponse>(async (resource, request) => {
      const news = fromStruct(request.getProperties());
      const { id, outputs } = await resource.create(request.getUrn(), news, request.getPreview());
      const response = new messages.CreateResponse();
      response.setId(id);
      response.setProperties(struct(outputs));
      return response;
    }),

    read: ofResource<pb.ReadRequest, pb.ReadResponse>(async (resource, request) => {
      // The engine sends none in an import, and empty ones for `get`.
      const olds = request.getProperties();
      const found = await resource.read(request.getUrn(), request.getId(), olds && fromStruct(olds));
      const response = new messages.ReadResponse();
      if (!found) return response;
      response.setId(request.getId());
      response.setProperties(struct(found.outputs));
      response.setInputs(found.inputs ? struct(found.inputs) : request.getInputs());
      return response;
    }),

    update: ofResource<pb.UpdateRequest, pb.UpdateResponse>(async (resource, request) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const outputs = await resource.update(request.getId(), olds, news, request.getPreview());
      const response = new messages.UpdateResponse();
      response.setProperties(struct(outputs));
      return response;
    }),

    delete: ofResource<pb.DeleteRequest, InstanceType<typeof empty.Empty>>(async (resource, request) => {
      await resource.delete(request.getUrn(), request.getId(), fromStruct(request.getProperties()));
      return new empty.Empty();
    }),

    invoke: unary<pb.InvokeRequest, pb.InvokeResponse>(async (request) => {
      const name = request.getTok().split(":").at(-1) ?? "";
      const found = await lookUps.lookUp(name, plainValues(fromStruct(request.getArgs())));
      const response = new messages.InvokeResponse();
      response.setReturn(struct(onWire({ ...found })));
      return response;
    }),

    // The engine also sends it at the end of every operation. Requests have their own time limits.
    cancel: unary(async () => new empty.Empty()),
  };

  function propertyDiff(change: InputChange): pb.PropertyDiff {
    const difference = new messages.PropertyDiff();
    difference.setKind(messages.PropertyDiff.Kind[change]);
    difference.setInputdiff(true);
    return difference;
  }
}

/** A method as gRPC calls it. */
function unary<Request, Response>(work: (request: Request) => Promise<Response>) {
  return ({ request }: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    work(request).then(
      (response) => done(null, response),
      (error) => done(error),
    );
  };
}
