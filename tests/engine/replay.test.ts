/**
 * The engine against Pulumi's own. 34 operations on one stack were recorded between `pulumi` 3.259.0 and a dynamic
 * provider (tests/recordings). Here the engine runs the same operations, a provider plays the recorded answers, and for
 * each resource the calls must be the recorded ones, request by request, and so must be the state that is left.
 *
 * What is not compared, and why:
 * - Handshake, GetPluginInfo, CheckConfig and DiffConfig: this engine does not make these calls. The dynamic provider
 *   answers UNIMPLEMENTED to all of them but GetPluginInfo, and its version is of no use here.
 * - The order between resources that do not depend on each other, and between the reads of a refresh: it is chance.
 *   That between a resource and what it depends on is compared.
 * - In an operation that fails, the calls for `g`: whether it comes before the failure is chance. `a`, which depends on the
 *   resource that fails, must have none.
 * - How often Cancel is sent, once to each process: in operation 11 `pulumi` started one more and gave it nothing to do.
 * - In the state: the order of `dependencies`, which is chance, and empty lists in `propertyDependencies`, which a refresh
 *   of `pulumi` leaves out.
 * - Random seeds, the ids of providers, addresses, times and ciphertexts.
 * - Operation 21 was recorded with a provider that claimed to accept secrets, which the real one never does. Its values
 *   are compared without their wrappers.
 * - Operation 23 was `refresh --run-program`. It is compared with a plain refresh, which makes the same calls.
 * - Operation 34 tried the `import` option. The one call and the failure are compared, not the message.
 */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Value } from "../../formats/values";
import { type LocalOptions, openLocalStack } from "../../testing/engine/localStack";
import type { Result, Stack } from "../../testing/engine/stack";
import { plain } from "../../testing/engine/values";
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

interface Played {
  calls: Call[];
  result: Result;
  resources: Array<Record<string, unknown>>;
}

// Each operation starts from the state of the one before. The first destroy cuts the recording into two such chains.
const cut = recordings.findIndex(({ command }) => command === "pulumi destroy") + 1;
const played = new Map([...playInOrder(recordings.slice(0, cut)), ...playInOrder(recordings.slice(cut))]);

function playInOrder(chain: Recording[]): Map<string, Promise<Played>> {
  const stateDir = mkdtempSync(path.join(tmpdir(), "replay-"));
  let last: Promise<unknown> = Promise.resolve();
  return new Map(
    chain.map((recording) => {
      const next = last.then(() => play(recording, stateDir));
      last = next.catch(() => undefined);
      return [recording.name, next];
    }),
  );
}

async function play(recording: Recording, stateDir: string): Promise<Played> {
  const calls: Call[] = [];
  const launch = scriptedProvider(recording.calls, calls);
  const options: LocalOptions = { projectDir, stack: "fix", stateDir, passphrase: "test", env: recording.env, launch };
  const stack = await openLocalStack(options);
  const result = await run(stack, recording);
  const { deployment } = await stack.exportState();
  return { calls, result, resources: deployment.resources ?? [] };
}

test.each(recordings.map((recording) => [recording.name, recording] as const))("%s", async (name, recording) => {
  const { calls, result, resources } = (await played.get(name)) as Played;
  expect({ ok: result.ok, output: result.output }).toEqual({ ok: recording.ok, output: expect.any(String) });
  expect(calls.at(-1)?.method).toBe("Cancel");
  expect(byResource(calls, recording.ok)).toEqual(byResource(recording.calls, recording.ok));
  for (const [dependent, dependency] of recording.ok ? DEPENDENCIES : []) {
    expect(order(calls, dependent, dependency)).toEqual(order(recording.calls, dependent, dependency));
  }
  expect(comparable(resources)).toEqual(comparable(recording.state));
});

function run(stack: Stack, { command, state }: Recording): Promise<Result> {
  if (command === "pulumi preview") return stack.preview();
  if (command === "pulumi up") return stack.up();
  if (command === "pulumi up --refresh") return stack.up({ refresh: true });
  if (command.startsWith("pulumi refresh")) return stack.refresh();
  if (command === "pulumi destroy") return stack.destroy();
  // The file that was imported holds what the recorded state holds.
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
    const shownId = method === "Configure" && id !== UNKNOWN ? "<id of the provider>" : id;
    const name = String(request.urn);
    grouped[name] = [...(grouped[name] ?? []), { method, id: shownId, ...fields }];
  }
  return grouped;
}

/** The calls for two resources in their order. In a refresh it is chance, but for what changes objects. */
function order(calls: Call[], ...urns: string[]): string[] {
  const isRefresh = calls.some(({ method, request }) => method === "Read" && request.urn !== undefined);
  const ordered = isRefresh ? ["Create", "Update", "Delete"] : ["Check", "Diff", "Create", "Update", "Delete"];
  return calls
    .filter(({ method, request }) => ordered.includes(method) && urns.includes(String(request.urn)))
    .map(({ method, request }) => `${method} ${request.urn}`);
}

/** A state without what can't be the same twice. Providers are named by their URN, secrets only marked. */
function comparable(resources: Array<Record<string, unknown>>): unknown[] {
  const text = JSON.stringify(resources)
    .replace(/(providers:pulumi-nodejs::default(::|","custom":true,"id":"))[0-9a-f-]{36}/g, "$1<id>")
    .replace(/"ciphertext":"[^"]*"/g, '"ciphertext":"<ciphertext>"');
  const parsed: Array<Record<string, unknown>> = JSON.parse(text);
  return parsed
    .map(({ created, modified, dependencies, propertyDependencies, ...rest }) => {
      const named = Object.entries((propertyDependencies ?? {}) as Record<string, string[]>);
      const used = Object.fromEntries(named.filter(([, urns]) => urns.length > 0));
      return { ...rest, dependencies: [...((dependencies as string[]) ?? [])].sort(), propertyDependencies: used };
    })
    .sort((a, b) =>
      String((a as Record<string, unknown>).urn).localeCompare(String((b as Record<string, unknown>).urn)),
    );
}
