import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import { type Alias, EMPTY_GOAL, type Goal } from "./plan";
import type { Report } from "./report";
import { CHANNEL_OPTIONS, fill, fromStruct, type Sdk } from "./sdk";
import { AbortedError } from "./stepRunner";
import type { Update } from "./update";

/** What a program can read about its operation. */
export interface MonitorInfo {
  project: string;
  stack: string;
  preview: boolean;
  parallel: number;
}

/** The gRPC services of a program: the resource monitor and the engine. */
export interface Monitor {
  address: string;
  /** True once the program has signaled that all its resources are registered. */
  isComplete(): boolean;
  close(): void;
}

type RegisterRequest = InstanceType<Sdk["resource"]["RegisterResourceRequest"]>;
type ReadRequest = InstanceType<Sdk["resource"]["ReadResourceRequest"]>;
type OutputsRequest = InstanceType<Sdk["resource"]["RegisterResourceOutputsRequest"]>;
type FeatureRequest = InstanceType<Sdk["resource"]["SupportsFeatureRequest"]>;
type LogRequest = InstanceType<Sdk["engine"]["LogRequest"]>;

/** By name and number. The SDK rejects a program that uses any other feature. */
const FEATURES = { secrets: 0, aliasSpecs: 3, deletedWith: 5 };

/** Severities of `Engine.Log`, without debug (0): the SDK's debug messages contain secrets in plain text. */
const SEVERITIES = { 1: "info", 2: "warning", 3: "error" } as const;

export async function serveMonitor(sdk: Sdk, info: MonitorInfo, update: Update, report: Report): Promise<Monitor> {
  const { grpc, resource, engine, empty } = sdk;
  let isComplete = false;

  const unary = <Request>(handle: (request: Request) => unknown) => {
    return (call: ServerUnaryCall<Request, unknown>, done: sendUnaryData<unknown>) => {
      Promise.resolve(call.request)
        .then(handle)
        .then(
          (response) => done(null, response ?? new empty.Empty()),
          (error) => done(grpcError(error)),
        );
    };
  };
  // On UNAVAILABLE the SDK exits the program silently. The engine has already reported the failure.
  const grpcError = (error: Error) => {
    const code = error instanceof AbortedError ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN;
    return { code, details: error.message };
  };
  const reject = (what: string) => () => {
    throw new Error(`The local test engine does not support ${what}. Use Pulumi's own CLI for this program.`);
  };

  const monitorService: UntypedServiceImplementation = {
    getDeploymentInfo: unary(() =>
      fill(sdk, new resource.DeploymentInfo(), {
        Project: info.project,
        Stack: info.stack,
        Organization: "organization",
        Dryrun: info.preview,
        Parallel: info.parallel,
        SupportedfeaturesList: Object.values(FEATURES),
      }),
    ),
    supportsFeature: unary((request: FeatureRequest) =>
      fill(sdk, new resource.SupportsFeatureResponse(), { Hassupport: request.getId() in FEATURES }),
    ),
    registerResource: unary(async (request: RegisterRequest) => {
      const unsupported = unsupportedOption(request);
      if (unsupported !== undefined) reject(unsupported)();
      const { urn, id, outputs, inputs, custom } = await update.register(goalOf(request));
      return fill(sdk, new resource.RegisterResourceResponse(), {
        Urn: urn,
        Id: id,
        Object: custom ? outputs : inputs,
      });
    }),
    readResource: unary(async (request: ReadRequest) => {
      const { urn, outputs } = await update.register(readGoalOf(request));
      return fill(sdk, new resource.ReadResourceResponse(), { Urn: urn, Properties: outputs });
    }),
    registerResourceOutputs: unary((request: OutputsRequest) => {
      update.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
    }),
    signalAndWaitForShutdown: unary(() => {
      isComplete = true;
    }),
    invoke: unary(reject("function calls (invoke, stack references)")),
    call: unary(reject("method calls")),
    registerStackTransform: unary(reject("transforms")),
    registerStackInvokeTransform: unary(reject("transforms")),
    registerResourceHook: unary(reject("resource hooks")),
    registerErrorHook: unary(reject("error hooks")),
    registerPackage: unary(reject("parameterized packages")),
  };
  const engineService: UntypedServiceImplementation = {
    log: unary((request: LogRequest) => {
      const severity = SEVERITIES[request.getSeverity() as keyof typeof SEVERITIES];
      if (severity !== undefined) report.diagnostic(severity, request.getMessage(), request.getUrn());
    }),
    setRootResource: unary(() => new engine.SetRootResourceResponse()),
    getRootResource: unary(() => new engine.GetRootResourceResponse()),
  };

  const server = new grpc.Server(CHANNEL_OPTIONS);
  server.addService(resource.ResourceMonitorService, monitorService);
  server.addService(engine.EngineService, engineService);
  const credentials = grpc.ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { address: `127.0.0.1:${port}`, isComplete: () => isComplete, close: () => server.forceShutdown() };
}

/** The first option that has an effect in Pulumi but not in this engine. Older SDKs lack some of the fields. */
function unsupportedOption(request: RegisterRequest): string | undefined {
  if (request.getRemote()) return "remote components";
  if (request.getReplaceWithList?.().length > 0) return "the option `replaceWith`";
  if (request.hasReplacementTrigger?.()) return "the option `replacementTrigger`";
  if (request.getTransformsList?.().length > 0) return "transforms";
  if (request.hasHooks?.()) return "hooks";
  if (request.getStateMigrationsList?.().length > 0) return "the option `stateMigrations`";
  return undefined;
}

function goalOf(request: RegisterRequest): Goal {
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: fromStruct(request.getObject()),
    provider: request.getProvider(),
    dependencies: request.getDependenciesList(),
    propertyDependencies: propertyDependenciesOf(request),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request
      .getAliasesList()
      .map(aliasOf)
      .concat(request.getAliasurnsList().map((urn) => ({ urn }))),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
    importId: request.getImportid(),
    readId: "",
    envVarMappings: Object.fromEntries(request.getEnvvarmappingsMap?.().toArray() ?? []),
  };
}

function readGoalOf(request: ReadRequest): Goal {
  return {
    ...EMPTY_GOAL,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    inputs: fromStruct(request.getProperties()),
    provider: request.getProvider(),
    dependencies: request.getDependenciesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    readId: request.getId(),
  };
}

function propertyDependenciesOf(request: RegisterRequest): Record<string, string[]> {
  const dependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, key) => {
    dependencies[key] = urns.getUrnsList();
  });
  return dependencies;
}

function aliasOf(alias: ReturnType<RegisterRequest["getAliasesList"]>[number]): Alias {
  const spec = alias.getSpec();
  if (spec === undefined) return { urn: alias.getUrn() };
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent: spec.getParenturn(),
    noParent: spec.getNoparent(),
  };
}
