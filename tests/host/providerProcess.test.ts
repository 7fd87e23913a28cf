/** The provider processes of both hosts with the built package, called over gRPC, against the simulator. */
import path from "node:path";
import type { Values } from "../../formats/values";
import {
  InitError,
  type Launch,
  launchDynamicProvider,
  launchPlugin,
  Plugin,
  type Target,
} from "../../testing/engine/plugin";
import { loadSdk } from "../../testing/engine/sdk";
import { type Simulator, startSimulator } from "../../testing/simulator/index";

const programDir = path.join(__dirname, "../engine/programs/declared");
const providerOf = (kind: string) =>
  `exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`;

interface Host {
  launch: Launch;
  urnOf(kind: string, name: string): string;
  provider: Target;
  /** What the host adds to the inputs of a kind. */
  added(kind: string): Values;
  config(simulator: Simulator): Values;
}

const providerUrn = (name: string) => `urn:pulumi:test::host::pulumi:providers:${name}::default`;
const HOSTS: Readonly<Record<string, Host>> = {
  dynamic: {
    launch: launchDynamicProvider,
    urnOf: (kind, name) => `urn:pulumi:test::host::pulumi-nodejs:dynamic/openrouter:${kind}::${name}`,
    provider: { urn: providerUrn("pulumi-nodejs"), id: "1" },
    added: (kind) => ({ __provider: providerOf(kind) }),
    config: ({ url, managementKey }) => ({ "openrouter:managementKey": managementKey, "openrouter:baseUrl": url }),
  },
  native: {
    launch: launchPlugin(path.join(__dirname, "../../plugin")),
    urnOf: (kind, name) => `urn:pulumi:test::host::openrouter:index:${kind}::${name}`,
    provider: { urn: providerUrn("openrouter"), id: "1" },
    added: () => ({}),
    config: ({ url, managementKey }) => ({ managementKey, baseUrl: url }),
  },
};

let simulator: Simulator;
let plugins: Plugin[] = [];
let printed: string[] = [];

beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => {
  printed = [];
});
afterEach(async () => {
  await Promise.all(plugins.map((plugin) => plugin.close()));
  plugins = [];
});
afterAll(() => simulator.close());

describe.each(Object.entries(HOSTS))("the %s host", (_name, { launch, urnOf, provider, added, config: configOf }) => {
  /** A provider process that gets its credentials from the stack configuration only. */
  async function start(config: Values = configOf(simulator)): Promise<Plugin> {
    const sdk = loadSdk(programDir);
    const env = { PATH: process.env.PATH, PULUMI_PROJECT: "host", PULUMI_NODEJS_PROJECT: "host" };
    const launched = await launch(sdk, programDir, env, (line) => printed.push(line));
    const plugin = new Plugin(sdk, launched);
    plugins.push(plugin);
    await plugin.configure(provider, config);
    return plugin;
  }

  function keyInputs(name: string, more: Values = {}): Values {
    return { name, ...more, ...added("InferenceKey") };
  }

  /** The outputs with a plain secret, as the engine passes them. */
  function plain(outputs: Values): Values {
    const { value } = outputs.key as { value: string };
    return { ...outputs, key: value };
  }

  test("configures all calls that arrive at once in a new process", async () => {
    const plugin = await start();
    const names = ["one", "two", "three", "four", "five"];
    const created = await Promise.all(names.map((name) => plugin.create(urnOf("InferenceKey", name), keyInputs(name))));
    expect(new Set(created.map(({ id }) => id)).size).toBe(names.length);
  });

  test("returns id and secret of a key that was created but not disabled", async () => {
    const plugin = await start();
    simulator.faults.add({ method: "PATCH", path: "/keys/:hash", effect: "status", status: 400, message: "not now" });
    const failure = await plugin
      .create(urnOf("InferenceKey", "half"), keyInputs("half", { disabled: true }))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InitError);
    const { id, properties, reasons } = failure as InitError;
    expect(reasons).toEqual([expect.stringContaining("not now")]);

    const target = { urn: urnOf("InferenceKey", "half"), id };
    const read = await plugin.read(target, { outputs: plain(properties) });
    expect(read.id).toBe(id);
    expect(plain(read.outputs).key).toMatch(/^sk-or-v1-/);
    await plugin.delete(target, plain(read.outputs), {});
    expect(simulator.account.keys.some(({ hash }) => hash === id)).toBe(false);
  });

  // Both reads wait for 15 seconds, because the API may show an object late.
  const testWithWait = process.env.TEST_ALL ? test : test.skip;
  testWithWait("returns an empty id for a deleted object in a refresh, and an error in a get", async () => {
    const plugin = await start();
    const { id, outputs } = await plugin.create(urnOf("InferenceKey", "gone"), keyInputs("gone"));
    simulator.dashboard.deleteKey(id);
    const target = { urn: urnOf("InferenceKey", "gone"), id };
    const inputs = added("InferenceKey");
    const [refreshed, gotten] = await Promise.allSettled([
      plugin.read(target, { outputs: plain(outputs) }),
      plugin.read(target, { inputs, outputs: inputs }),
    ]);
    expect(refreshed).toMatchObject({ value: { id: "" } });
    expect(gotten).toMatchObject({ reason: { message: expect.stringContaining("there is no such object") } });
  });

  test("redacts secrets in its output and errors", async () => {
    const plugin = await start();
    const { id, outputs } = await plugin.create(urnOf("InferenceKey", "quiet"), keyInputs("quiet"));
    const secret = String(plain(outputs).key);
    const target = { urn: urnOf("InferenceKey", "quiet"), id };
    const failures: unknown[] = [];
    for (const status of [400, 401, 403, 418]) {
      const message = `bad ${secret} and ${simulator.managementKey}`;
      simulator.faults.add({ method: "GET", path: "/keys/:hash", effect: "status", status, message });
      failures.push(await plugin.read(target, { outputs: plain(outputs) }).catch((error: unknown) => error));
    }
    const messages = [...printed, ...failures.map((error) => (error instanceof Error ? error.message : ""))];
    expect(messages).toHaveLength(printed.length + 4);
    for (const message of messages) {
      expect(message).not.toContain(secret);
      expect(message).not.toContain(simulator.managementKey);
    }
    expect(messages.join("\n")).toContain("[secret]");
  });

  test("accepts a request of more than 4 MB, which is the limit of gRPC", async () => {
    const plugin = await start();
    const description = "d".repeat(5_000_000);
    const news = { name: "long", description, ...added("Guardrail") };
    const { failures } = await plugin.check(urnOf("Guardrail", "long"), {}, news);
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("description: must have at most") }]);
  });

  test("reports a missing credential at the first call, but not in check and diff", async () => {
    const plugin = await start({});
    const urn = urnOf("InferenceKey", "anonymous");
    const { inputs, failures } = await plugin.check(urn, {}, keyInputs("anonymous"));
    expect(failures).toEqual([]);
    await expect(plugin.create(urn, inputs)).rejects.toThrow(
      /OPENROUTER_MANAGEMENT_KEY, OPENROUTER_PROVISIONING_KEY, OPENROUTER_MGMT_KEY or the stack configuration/,
    );
  });
});
