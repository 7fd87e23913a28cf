/** What the plugin answers about itself and about its configuration. */
import { createRequire } from "node:module";
import type { ServiceError } from "@grpc/grpc-js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb";
import { secret, type Values } from "../../formats/values";
import { newProcess } from "../../provider/host/process";
import { loadProtocol } from "../../provider/native/protocol";
import { serviceOf } from "../../provider/native/server";
import { type Simulator, startSimulator } from "../../testing/simulator/index";

const protocol = loadProtocol(createRequire(__filename));
const { messages } = protocol;
const ABOUT = { version: "1.2.3", schema: () => "{}" };
const unconfigured = serviceOf(protocol, newProcess({}), ABOUT);

type Handler = (call: { request: object }, done: (error: ServiceError | null, response: never) => void) => void;

function ask<Response>(method: string, request: object, service = unconfigured): Promise<Response> {
  return new Promise((resolve, reject) => {
    (service[method] as Handler)({ request }, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

const struct = (values: Values) => protocol.struct.Struct.fromJavaScript(values);
const URN = "urn:pulumi:dev::shop::pulumi:providers:openrouter::default";

function configRequest<Request extends pb.DiffRequest | pb.CheckRequest>(request: Request, olds: Values, news: Values) {
  request.setUrn(URN);
  request.setOlds(struct(olds));
  request.setNews(struct(news));
  return request;
}

describe("acceptSecrets is false, so that the engine marks secrets inside of inputs such as `keepers` by itself", () => {
  test("in Configure, which accepts previews", async () => {
    const request = new messages.ConfigureRequest();
    request.setUrn(URN);
    request.setAcceptsecrets(true);
    request.setArgs(struct({ managementKey: secret("k") }));
    const response = await ask<pb.ConfigureResponse>("configure", request);
    expect(response.toObject()).toMatchObject({ acceptsecrets: false, supportspreview: true });
  });

  test("in Configure without a URN, as old engines send it", async () => {
    expect((await ask<pb.ConfigureResponse>("configure", new messages.ConfigureRequest())).getSupportspreview()).toBe(
      true,
    );
  });

  test("in Handshake", async () => {
    const response = await ask<pb.ProviderHandshakeResponse>("handshake", new messages.ProviderHandshakeRequest());
    expect(response.toObject()).toMatchObject({ acceptSecrets: false });
  });
});

describe("DiffConfig never replaces, or the engine would replace every resource of the provider", () => {
  const DYNAMIC: Values = { __internal: {}, "openrouter:managementKey": secret("k"), "openrouter:account": "org_1" };

  test.each<[string, Values, Values]>([
    ["a different management key", { managementKey: secret("a") }, { managementKey: secret("b") }],
    ["a different account and server", { account: "org_1", baseUrl: "https://a" }, { account: "org_2" }],
    ["inputs of the provider of dynamic resources, of a stack that moves", DYNAMIC, { managementKey: secret("k") }],
    ["inputs for the provider of dynamic resources, of a stack that moves back", { managementKey: "k" }, DYNAMIC],
    ["no inputs", {}, {}],
    ["inputs of a wrong type", { managementKey: [1, { a: null }] }, { account: { nested: true } }],
  ])("with %s", async (_title, olds, news) => {
    const response = await ask<pb.DiffResponse>("diffConfig", configRequest(new messages.DiffRequest(), olds, news));
    expect(response.toObject()).toMatchObject({ replacesList: [], deletebeforereplace: false, diffsList: [] });
  });

  test("with a request without properties", async () => {
    const response = await ask<pb.DiffResponse>("diffConfig", new messages.DiffRequest());
    expect(response.getReplacesList()).toEqual([]);
  });
});

describe("CheckConfig", () => {
  const check = (news: Values) => {
    const request = configRequest(new messages.CheckRequest(), {}, news);
    request.setUrn("urn:pulumi:dev::shop::pulumi:providers:openrouter::emea");
    return ask<pb.CheckResponse>("checkConfig", request);
  };

  test("returns the inputs as they came, with their marks of secrets", async () => {
    const news: Values = { managementKey: secret("k"), account: "org_1" };
    const response = await check(news);
    expect(response.getInputs()?.toJavaScript()).toEqual(news);
    expect(response.getFailuresList()).toEqual([]);
  });

  test("names what is wrong, and no value", async () => {
    const response = await check({ managementKey: secret("sentinel"), federationPolicyId: "sentinel" });
    const [failure] = response.getFailuresList();
    expect(failure?.toObject()).toEqual({ property: "", reason: expect.stringContaining("both declared") });
    expect(failure?.getReason()).not.toContain("sentinel");
  });
});

test("returns its version and its schema", async () => {
  const info = await ask<{ getVersion(): string }>("getPluginInfo", {});
  const response = await ask<pb.GetSchemaResponse>("getSchema", new messages.GetSchemaRequest());
  expect([info.getVersion(), response.getSchema()]).toEqual(["1.2.3", "{}"]);
});

describe("the methods of a resource", () => {
  const KEY_URN = "urn:pulumi:dev::shop::openrouter:index:InferenceKey::ci";
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.close());

  /** Asks a provider that has just started. */
  function askNew<Response>(method: string, request: { setUrn(urn: string): void }, urn = KEY_URN): Promise<Response> {
    request.setUrn(urn);
    const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
    return ask(method, request, serviceOf(protocol, newProcess(env), ABOUT));
  }

  /** A key and its state, in which it is so old that no read waits for it. */
  async function oldKey(): Promise<{ id: string; outputs: Values; inputs: Values }> {
    const { hash } = simulator.dashboard.createKey({ name: "old", limit: 5 }).key;
    const request = new messages.ReadRequest();
    request.setId(hash);
    const response = await askNew<pb.ReadResponse>("read", request);
    return {
      id: response.getId(),
      outputs: { ...(response.getProperties()?.toJavaScript() as Values), key: "", createdAt: "2020-01-01T00:00:00Z" },
      inputs: response.getInputs()?.toJavaScript() as Values,
    };
  }

  function readRequest({ id, outputs, inputs }: Awaited<ReturnType<typeof oldKey>>): pb.ReadRequest {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setProperties(struct(outputs));
    request.setInputs(struct(inputs));
    return request;
  }

  test("are those of types that this release knows", async () => {
    const urn = "urn:pulumi:dev::shop::openrouter:index:Team::ci";
    await expect(askNew("check", new messages.CheckRequest(), urn)).rejects.toMatchObject({
      code: protocol.grpc.status.UNKNOWN,
      details: "manage openrouter:index:Team: this release does not know the type. Upgrade pulumi-openrouter.",
    });
  });

  test("Check names no property with its reason, because the engine would print the value", async () => {
    const request = new messages.CheckRequest();
    request.setNews(struct({ limit: "five" }));
    const response = await askNew<pb.CheckResponse>("check", request);
    expect(response.getFailuresList().map((failure) => failure.toObject())).toEqual([
      { property: "", reason: expect.stringContaining("limit") },
    ]);
    expect(response.hasInputs()).toBe(false);
  });

  test("Diff names the inputs that differ and those that replace, as differences of inputs", async () => {
    const { id, outputs, inputs } = await oldKey();
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setOlds(struct(outputs));
    request.setOldInputs(struct(inputs));
    request.setNews(struct({ ...inputs, limit: 6, expiresAt: "2099-01-01T00:00:00Z" }));
    const response = await askNew<pb.DiffResponse>("diff", request);
    expect(response.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_SOME);
    expect(response.getReplacesList()).toEqual(["expiresAt"]);
    expect(response.getDiffsList().sort()).toEqual(["expiresAt", "limit"]);
    expect(response.getHasdetaileddiff()).toBe(true);
    const { UPDATE, ADD_REPLACE } = messages.PropertyDiff.Kind;
    expect(Object.fromEntries(response.toObject().detaileddiffMap)).toEqual({
      limit: { kind: UPDATE, inputdiff: true },
      expiresAt: { kind: ADD_REPLACE, inputdiff: true },
    });
  });

  test("Read returns the inputs of the state for an object without drift, and an empty id for one that is gone", async () => {
    const state = await oldKey();
    const declared = { ...state, inputs: { ...state.inputs, keepers: { as: "declared" } } };
    const unchanged = await askNew<pb.ReadResponse>("read", readRequest(declared));
    expect(unchanged.getInputs()?.toJavaScript()).toEqual(declared.inputs);

    simulator.dashboard.updateKey(state.id, { limit: 50 });
    const drifted = await askNew<pb.ReadResponse>("read", readRequest(declared));
    expect(drifted.getInputs()?.toJavaScript()).toMatchObject({ limit: 50 });

    simulator.dashboard.deleteKey(state.id);
    const gone = await askNew<pb.ReadResponse>("read", readRequest(state));
    expect([gone.getId(), gone.hasProperties()]).toEqual(["", false]);
  });

  test("Create returns what exists although it failed, with the reason", async () => {
    simulator.faults.add({ method: "PATCH", path: "/keys/:hash", effect: "status", status: 400, message: "not now" });
    const request = new messages.CreateRequest();
    request.setProperties(struct({ name: "half", disabled: true }));
    const error = await askNew("create", request).catch((failure: ServiceError) => failure);
    const [bytes] = (error as ServiceError).metadata.get("grpc-status-details-bin");
    const status = protocol.status.Status.deserializeBinary(bytes as Buffer);
    expect(status.getMessage()).toContain("not now");
    const failed = status
      .getDetailsList()[0]
      ?.unpack(messages.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
    const [key] = simulator.account.keys.filter(({ name }) => name === "half");
    expect(failed?.getId()).toBe(key?.hash);
    expect(failed?.getReasonsList()).toEqual([expect.stringContaining("not now")]);
    expect(failed?.getProperties()?.toJavaScript()).toMatchObject({
      name: "half",
      key: secret(expect.stringMatching(/^sk-or-v1-/) as unknown as string),
      __provider: expect.stringContaining("InferenceKey"),
    });
  });
});
