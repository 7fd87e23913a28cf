/**
 * What Pulumi's own engine asks the native provider in imports and look-ups, which the local engine has in part only.
 * tests/recordings/native.json has the calls of `pulumi` 3.259.0. The provider gets the same calls, in the same order,
 * with the same account: its answers and its requests to the API must equal the recorded ones.
 *
 * Not compared: GetSchema, and the order of the requests, which the engine makes at the same time for several resources.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { ServiceError } from "@grpc/grpc-js";
import type { Values } from "../../formats/values";
import { newProcess } from "../../provider/host/process";
import { loadProtocol } from "../../provider/native/protocol";
import { serviceOf } from "../../provider/native/server";
import { fill, loadSdk } from "../../testing/engine/sdk";
import { type Simulator, startSimulator } from "../../testing/simulator/index";

interface Call {
  process: number;
  method: string;
  request: Values;
  response?: Values;
  error?: string;
}
interface Recording {
  name: string;
  command: string;
  ok: boolean;
  requests: string[];
  calls: Call[];
}

const recordings: Recording[] = JSON.parse(readFileSync(path.join(__dirname, "../recordings/native.json"), "utf8"));
const sdk = loadSdk(__dirname);
const protocol = loadProtocol(createRequire(__filename));
const RECORDED_URL = "http://simulator";
/** The fields of responses that were recorded. */
const FIELDS = ["Id", "Properties", "Inputs", "Return", "Changes", "ReplacesList", "DiffsList", "FailuresList"];
const ABOUT_ITSELF = ["Acceptsecrets", "Supportspreview", "Version"];

let simulator: Simulator;
let replays: Map<string, { calls: Call[]; requests: string[] }>;

beforeAll(async () => {
  simulator = await openRecordedAccount();
  replays = new Map();
  // Each operation starts with the account that the previous one left.
  for (const recording of recordings) replays.set(recording.name, await replay(recording));
});
afterAll(() => simulator.close());

/** The account at the start of the recording. The seed decides all ids. */
async function openRecordedAccount(): Promise<Simulator> {
  const now = new Date("2026-11-22T00:00:00Z");
  const managementKey = "management-key-of-the-recording";
  const opened = await startSimulator({ seed: "recorded imports", now, managementKey });
  const { key } = opened.dashboard.createKey({ name: "by hand", limit: 10, limit_reset: "weekly" });
  const allowed_models = ["anthropic/claude-4.5-sonnet-20250929"];
  const { id } = opened.dashboard.createGuardrail({ name: "by hand", allowed_models });
  opened.dashboard.assign(id, { keys: [key.hash] });
  opened.dashboard.createKey({ name: "also by hand", limit: 10 });
  return opened;
}

async function replay({ calls }: Recording): Promise<{ calls: Call[]; requests: string[] }> {
  simulator.clearRequests();
  const processes = new Map<number, ReturnType<typeof startProcess>>();
  const replayed: Call[] = [];
  for (const { process, method, request } of calls) {
    const ask = processes.get(process) ?? startProcess();
    processes.set(process, ask);
    replayed.push({ process, method, request, ...(await ask(method, request)) });
  }
  return { calls: replayed, requests: simulator.requests.map(({ method, path }) => `${method} ${path}`) };
}

function startProcess() {
  const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
  const service = serviceOf(protocol, newProcess(env), { version: "0.1.0", schema: () => "{}" });
  return (method: string, request: Values): Promise<{ response: Values } | { error: string }> => {
    const message = fill(sdk, newRequest(method), withUrl(request, RECORDED_URL, simulator.url));
    type Handler = (call: object, done: (error: ServiceError | null, response?: object) => void) => void;
    return new Promise((resolve) => {
      (service[method] as Handler)({ request: message }, (error, response) =>
        resolve(
          error ? { error: error.message } : { response: withUrl(decode(response), simulator.url, RECORDED_URL) },
        ),
      );
    });
  };
}

function newRequest(method: string): object {
  const { provider, empty } = sdk;
  const types: Record<string, new () => object> = {
    handshake: provider.ProviderHandshakeRequest,
    checkConfig: provider.CheckRequest,
    diffConfig: provider.DiffRequest,
    configure: provider.ConfigureRequest,
    check: provider.CheckRequest,
    diff: provider.DiffRequest,
    read: provider.ReadRequest,
    update: provider.UpdateRequest,
    invoke: provider.InvokeRequest,
  };
  return new (types[method] ?? empty.Empty)();
}

/** The fields of a message that don't have their default values. */
function decode(message: object | undefined): Values {
  const getters = message as Record<string, (() => unknown) | undefined>;
  const fields = [...FIELDS, ...ABOUT_ITSELF].map((field) => {
    const value = getters[`get${field}`]?.call(message) as { toJavaScript?(): unknown } | undefined;
    return [field, value?.toJavaScript ? value.toJavaScript() : value] as const;
  });
  const isSet = (value: unknown) => value !== undefined && value !== false && value !== 0 && Object(value).length !== 0;
  return Object.fromEntries(fields.filter(([, value]) => isSet(value))) as Values;
}

function withUrl(values: Values, from: string, to: string): Values {
  return JSON.parse(JSON.stringify(values).replaceAll(from, to));
}

test.each(recordings.map((recording) => [recording.name, recording] as const))("replays %s", (name, recording) => {
  const replayed = replays.get(name);
  expect(replayed?.calls).toEqual(recording.calls);
  expect(replayed?.requests.sort()).toEqual([...recording.requests].sort());
});

test("has imports by command, by file and by option, and look-ups, as the engine sends them", () => {
  const of = (method: string) => recordings.map(({ calls }) => calls.filter((call) => call.method === method));
  expect(of("read").map((calls) => calls.length)).toEqual([1, 2, 1, 1, 0]);
  // An import passes no properties, unlike a refresh.
  for (const { request } of of("read").flat()) expect(Object.keys(request).sort()).toEqual(["Id", "Urn"]);
  expect(
    of("invoke")
      .flat()
      .map(({ request }) => request.Tok),
  ).toEqual(["openrouter:index:getCredits", "openrouter:index:getKey"]);
});
