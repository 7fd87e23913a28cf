/** Which account a look-up of a program with dynamic resources reads: that of the resources with the same options. */
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk";
import { type Simulator, startSimulator } from "../../testing/simulator/index";
import { installIn, known, mockedProgram, removeProgram } from "./support/mockedPulumi";

let accounts: Record<"environment" | "config" | "emea", Simulator>;
let directory: string;

beforeAll(async () => {
  ({ directory } = mockedProgram());
  installIn(directory);
  const [environment, config, emea] = await Promise.all(
    ["environment", "config", "emea"].map(async (name) => {
      const simulator = await startSimulator({ managementKey: `management-key-of-${name}` });
      simulator.dashboard.createKey({ name: "ci", limit: 1 });
      return simulator;
    }),
  );
  accounts = { environment, config, emea } as typeof accounts;
});
afterAll(async () => {
  await Promise.all(Object.values(accounts).map((simulator) => simulator.close()));
  removeProgram(directory);
});
beforeEach(() => {
  for (const simulator of Object.values(accounts)) simulator.clearRequests();
  pulumi.runtime.setAllConfig({});
  setEnvironment({});
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Without other credentials. */
function setEnvironment(variables: Record<string, string>): void {
  const others = Object.entries(process.env).filter(([name]) => !/^OPENROUTER_|^EMEA_/.test(name));
  jest.replaceProperty(process, "env", { ...Object.fromEntries(others), ...variables });
}

const environmentOf = ({ url, managementKey }: Simulator) => ({
  OPENROUTER_BASE_URL: url,
  OPENROUTER_MANAGEMENT_KEY: managementKey,
});

function asked(): string[] {
  return Object.entries(accounts).flatMap(([name, { requests }]) => (requests.length > 0 ? [name] : []));
}

let providers = 0;
/** Each with its own settings, because look-ups with equal settings share what they have read. */
function emeaProvider(): openrouter.Provider {
  const { managementKey, url } = accounts.emea;
  return new openrouter.Provider("emea", { managementKey, baseUrl: `${url}${"/".repeat(providers++)}` });
}

test("reads the account of the stack configuration, and that of the environment first", async () => {
  const { url, managementKey } = accounts.config;
  pulumi.runtime.setAllConfig({ "openrouter:baseUrl": url, "openrouter:managementKey": managementKey });
  await openrouter.getKey({ name: "ci" });
  expect(asked()).toEqual(["config"]);
  accounts.config.clearRequests();

  setEnvironment(environmentOf(accounts.environment));
  pulumi.runtime.setAllConfig({ "openrouter:account": "other" });
  await openrouter.getKey({ name: "ci" });
  expect(asked()).toEqual(["environment"]);
});

const OPTIONS: [string, (provider: openrouter.Provider) => pulumi.InvokeOptions][] = [
  ["the option `provider`", (provider) => ({ provider })],
  ["a component", (provider) => ({ parent: new pulumi.ComponentResource("my:index:Team", "team", {}, { provider }) })],
  ["another resource", (provider) => ({ parent: new openrouter.InferenceKey("parent", {}, { provider }) })],
];

test.each(OPTIONS)("reads the account of the Provider of %s", async (_title, options) => {
  setEnvironment(environmentOf(accounts.environment));
  const opts = options(emeaProvider());
  await openrouter.getKey({ name: "ci" }, opts);
  expect(asked()).toEqual(["emea"]);
  const name = pulumi.output(pulumi.secret("ci"));
  expect(await known(openrouter.getKeyOutput({ name }, opts))).toMatchObject({ name: "ci", limit: 1 });
  expect(asked()).toEqual(["emea"]);
});

test("reads the account of a variable that is mapped for the Provider", async () => {
  const { url, managementKey } = accounts.emea;
  setEnvironment({ ...environmentOf(accounts.environment), EMEA_KEY: managementKey });
  const envVarMappings = { EMEA_KEY: "OPENROUTER_MANAGEMENT_KEY" };
  const provider = new openrouter.Provider("emea", { baseUrl: url }, { envVarMappings });
  await openrouter.getKey({ name: "ci" }, { provider });
  expect(asked()).toEqual(["emea"]);
});

test("reads no account instead of that of a provider whose settings it can't know", async () => {
  setEnvironment(environmentOf(accounts.environment));
  const provider = new (class extends pulumi.ProviderResource {})("pulumi-nodejs", "other");
  await expect(openrouter.getKey({ name: "ci" }, { provider })).rejects.toThrow("needs a Provider of this package");
  expect(() => openrouter.getKeyOutput({ name: "ci" }, { provider })).toThrow("needs a Provider of this package");
  expect(asked()).toEqual([]);
});

test("returns no secret only because the key of the Provider is one", async () => {
  const provider = emeaProvider();
  expect(await isSecret(openrouter.getKeyOutput({ name: "ci" }, { provider }))).toBe(false);
  const name = pulumi.secret("ci");
  expect(await isSecret(openrouter.getKeyOutput({ name }, { provider }))).toBe(true);
});

test("is unknown, and fails without outputs, while a preview does not know the key of the Provider", async () => {
  pulumi.runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: () => ({}) },
    "shop",
    "prod",
    true,
  );
  const managementKey = pulumi.output(pulumi.unknown as unknown as string);
  const provider = new openrouter.Provider("later", { managementKey });
  await expect(openrouter.getKey({ name: "ci" }, { provider })).rejects.toThrow("Use getKeyOutput instead.");
  const found = openrouter.getKeyOutput({ name: "ci" }, { provider });
  expect(await isKnown(found)).toBe(false);
  expect(asked()).toEqual([]);
});

const isKnown = (output: object) => (output as { isKnown: Promise<boolean> }).isKnown;
const isSecret = (output: object) => (output as { isSecret: Promise<boolean> }).isSecret;
