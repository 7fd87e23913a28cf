/** What the plugin answers about itself and about its configuration. */
import { createRequire } from "node:module";
import type { ServiceError } from "@grpc/grpc-js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb";
import { secret, type Values } from "../../formats/values";
import { newProcess } from "../../provider/host/process";
import { loadProtocol } from "../../provider/native/protocol";
import { serviceOf } from "../../provider/native/server";

const protocol = loadProtocol(createRequire(__filename));
const { messages } = protocol;
const service = serviceOf(protocol, newProcess({}), { version: "1.2.3", schema: () => "{}" });

type Handler = (call: { request: object }, done: (error: ServiceError | null, response: never) => void) => void;

function ask<Response>(method: string, request: object): Promise<Response> {
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
  const check = (news: Values) =>
    ask<pb.CheckResponse>("checkConfig", configRequest(new messages.CheckRequest(), {}, news));

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
