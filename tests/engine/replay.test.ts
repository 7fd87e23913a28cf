/**
 * The local engine compared with Pulumi's. tests/recordings has 34 operations on one stack, recorded between `pulumi`
 * 3.259.0 and a dynamic provider. The local engine runs the same operations while a provider replays the recorded
 * responses. For each resource, the requests and the resulting state must equal the recorded ones.
 *
 * Not compared:
 * - Handshake, GetPluginInfo, CheckConfig and DiffConfig: the local engine does not make these calls. The dynamic
 *   provider implements only GetPluginInfo, and the engine does not need the version that it returns.
 * - The order between independent resources, and between the reads of a refresh: it varies. The order between a resource
 *   and its dependencies is compared.
 * - The calls for `g` in a failing operation: they may precede the failure or not. `a` depends on the failing resource
 *   and must have none.
 * - How often Cancel is sent, once per process: in operation 11 `pulumi` started an extra, idle process.
 * - In the state: the order of `dependencies`, which varies, and empty lists in `propertyDependencies`, which a refresh
 *   of `pulumi` omits.
 * - Random seeds, ids of providers, addresses, times and ciphertexts.
 * - Wrappers of secrets in operation 21, whose provider claimed to accept secrets. The real one never does.
 * - The option of operation 23, `refresh --run-program`: a plain refresh makes the same calls.
 * - The message of operation 34, which tried the `import` option. Its one call and its failure are compared.
 */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { plain, type Value } from "../../formats/values";
import { type LocalOptions, openLocalStack } from "../../testing/engine/localStack";
import type { Result, Stack } from "../../testing/engine/stack";
import { type Call, scriptedProvider } from "./scriptedProvider";

interface Recording {
  name: string;
  command: string;
  env: Record<string, string>;
  ok: boolean;
  calls: Call[];
  state: Array<Record<string, unknown>>;
}

const recordings: Recording[] = JSON.parse(readFileSync(path.join(__dirname, "../recordings/operations.json"), "utf8"));
const projectDir = path.join(__dirname, "programs/recorded");

interface Replay {
  calls: Call[];
  result: Result;
  resources: Array<Record<string, unknown>>;
}

// Each operation starts from the state of the previous one. The first destroy splits the recording into two such chains,
// which run at the same time.
const splitAt = recordings.findIndex(({ command }) => command === "pulumi destroy") + 1;
const replays = new Map([...replayInOrder(recordings.slice(0, splitAt)), ...replayInOrder(recordings.slice(splitAt))]);

function replayInOrder(chain: Recording[]): Map<string, Promise<Replay>> {
  const stateDir = mkdtempSync(path.join(tmpdir(), "replay-"));
  let last: Promise<unknown> = Promise.resolve();
  return new Map(
    chain.map((recording) => {
      const next = last.then(() => replay(recording, stateDir));
      last = next.catch(() => undefined);
      return [recording.name, next];
    }),
  );
}

async function replay(recording: Recording, stateDir: string): Promise<Replay> {
  const calls: Call[] = [];
  const launch = scriptedProvider(recording.calls, calls);
  const options: LocalOptions = { projectDir, stack: "fix", stateDir, passphrase: "test", env: recording.env, launch };
  const stack = await openLocalStack(options);
  const result = await run(stack, recording);
  const { deployment } = await stack.exportState();
  return { calls, result, resources: deployment.resources ?? [] };
}

test.each(recordings.map((recording) => [recording.name, recording] as const))(
  "replays %s",
  async (name, recording) => {
    const { calls, result, resources } = (await replays.get(name)) as Replay;
    expect({ ok: result.ok, output: result.output }).toEqual({ ok: recording.ok, output: expect.any(String) });
    expect(calls.at(-1)?.method).toBe("Cancel");
    expect(byResource(calls, recording.ok)).toEqual(byResource(recording.calls, recording.ok));
    for (const [dependent, dependency] of recording.ok ? DEPENDENCIES : []) {
      expect(order(calls, dependent, dependency)).toEqual(order(recording.calls, dependent, dependency));
    }
    expect(comparable(resources)).toEqual(comparable(recording.state));
  },
);

function run(stack: Stack, { command, state }: Recording): Promise<Result> {
  if (command === "pulumi preview") return stack.preview();
  if (command === "pulumi up") return stack.up();
  if (command === "pulumi up --refresh") return stack.up({ refresh: true });
  if (command.startsWith("pulumi refresh")) return stack.refresh();
  if (command === "pulumi destroy") return stack.destroy();
  // The imported file has the same content as the recorded state.
  const imported = state.filter((resource) => resource.urn === urn("InferenceKey", "ci"));
  return stack.importFile({ resources: imported.map((resource) => ({ ...resource, name: "ci" })) as never });
}

function urn(kind: string, name: string): string {
  return `urn:pulumi:fix::progjs::pulumi-nodejs:dynamic/openrouter:${kind}::${name}`;
}

const DEPENDENCIES = [
  [urn("GuardrailKeyAssignment", "a"), urn("InferenceKey", "ci")],
  [urn("GuardrailKeyAssignment", "a"), urn("Guardrail", "g")],
] as const;

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function byResource(calls: Call[], ok: boolean): Record<string, unknown[]> {
  const grouped: Record<string, unknown[]> = {};
  for (const { method, request } of calls) {
    if (method === "Cancel" || (!ok && request.urn === urn("Guardrail", "g"))) continue;
    const { id, ...fields } = plain(request as Value) as Record<string, Value>;
    const comparableId = method === "Configure" && id !== UNKNOWN ? "<id of the provider>" : id;
    const name = String(request.urn);
    grouped[name] = [...(grouped[name] ?? []), { method, id: comparableId, ...fields }];
  }
  return grouped;
}

/** The calls for two resources in order. In a refresh only the order of creates, updates and deletes is fixed. */
function order(calls: Call[], ...urns: string[]): string[] {
  const isRefresh = calls.some(({ method, request }) => method === "Read" && request.urn !== undefined);
  const ordered = isRefresh ? ["Create", "Update", "Delete"] : ["Check", "Diff", "Create", "Update", "Delete"];
  return calls
    .filter(({ method, request }) => ordered.includes(method) && urns.includes(String(request.urn)))
    .map(({ method, request }) => `${method} ${request.urn}`);
}

/** A state without values that differ from run to run: ids of providers, ciphertexts and times. */
function comparable(resources: Array<Record<string, unknown>>): unknown[] {
  const json = JSON.stringify(resources)
    .replace(/(providers:pulumi-nodejs::default(::|","custom":true,"id":"))[0-9a-f-]{36}/g, "$1<id>")
    .replace(/"ciphertext":"[^"]*"/g, '"ciphertext":"<ciphertext>"');
  const parsed: Array<Record<string, unknown>> = JSON.parse(json);
  return parsed
    .map(({ created, modified, dependencies, propertyDependencies, ...rest }) => {
      const byProperty = Object.entries((propertyDependencies ?? {}) as Record<string, string[]>);
      const used = Object.fromEntries(byProperty.filter(([, urns]) => urns.length > 0));
      return { ...rest, dependencies: [...((dependencies as string[]) ?? [])].sort(), propertyDependencies: used };
    })
    .sort((a, b) =>
      String((a as Record<string, unknown>).urn).localeCompare(String((b as Record<string, unknown>).urn)),
    );
}
