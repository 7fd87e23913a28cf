/**
 * The local engine next to Pulumi's CLI, where `pulumi` is on PATH: both run the same programs, and after each one the
 * provider must have done the same and the states must be equal. Skipped without the CLI.
 */
import { hasPulumi } from "../../testing/engine/openStack";
import { openPulumiStack } from "../../testing/engine/pulumiStack";
import type { Result } from "../../testing/engine/stack";
import { type Entry, openScenario, type Scenario, startedIn, thing } from "./generic";

const testWithCli = hasPulumi() ? test : test.skip;

const others = [thing("d", { options: { dependsOn: ["a"] } }), thing("p", { secrets: { note: "x" } })];
const deleteFirst = { options: { deleteBeforeReplace: true } };
const programs: Array<[step: string, Entry[]]> = [
  ["create", [thing("a", { props: { zz: 1 } }), thing("b", { refs: { uses: "a" } }), ...others]],
  [
    "replace in spite of ignoreChanges",
    [
      thing("a", { props: { name: "a2", zz: 2 }, options: { ignoreChanges: ["zz"] } }),
      thing("b", { refs: { uses: "a" } }),
      ...others,
    ],
  ],
  ["make an input secret", [thing("a", { props: { name: "a2" }, secrets: { zz: "2" } }), ...others]],
  [
    "delete with another resource",
    [thing("a", { props: { name: "a2" } }), thing("w", { options: { deletedWith: "a" } }), ...others],
  ],
  ["replace both", [thing("a", { props: { name: "a5" } }), thing("w", { props: { name: "w2" } }), ...others]],
  ["delete before replace", [thing("a", { ...deleteFirst, props: { name: "a3" } }), ...others]],
  ["add", [{ kind: "Component", name: "g1" }, thing("a"), thing("x", { options: { parent: "g1" } }), ...others]],
  [
    "rename a component",
    [
      { kind: "Component", name: "g2", options: { aliases: [{ name: "g1" }] } },
      thing("a"),
      thing("x", { options: { parent: "g2" } }),
      ...others,
    ],
  ],
  ["create partially", [thing("a"), thing("x", { props: { partial: true } }), ...others]],
  ["finish the create", [thing("a"), thing("x"), ...others]],
  ["delete, then fail to create", [thing("a", { ...deleteFirst, props: { name: "a4", fail: "create" } }), ...others]],
  ["create in the next up", [thing("a", { ...deleteFirst, props: { name: "a4" } }), ...others]],
];

interface Engines {
  local: Scenario;
  cli: Scenario;
}

testWithCli("does the same as the CLI, step by step, and writes a state that the CLI can use", async () => {
  const config = { "generic:greeting": "hello", "generic:password": { secret: "hush" } };
  const local = await openScenario({ config });
  const cli = await openScenario({ config }, openPulumiStack);
  const engines = { local, cli };

  for (const [step, program] of programs) await expectSame(engines, step, (scenario) => scenario.up(program));
  await expectSame(engines, "preview", (scenario) => scenario.preview(others), { withOutputs: false });
  await expectSame(engines, "refresh", (scenario) => scenario.stack.refresh());

  // The CLI has nothing to do with the imported state.
  const [, lastProgram] = programs.at(-1) as [string, Entry[]];
  await cli.stack.importState(await local.stack.exportState());
  const env = local.options.env ?? {};
  const { ok, summary } = await cli.preview(lastProgram, { env });
  expect({ ok, summary }).toMatchObject({ ok: true, summary: { create: 0, update: 0, replace: 0, delete: 0 } });

  // The CLI deletes everything but the object that was replaced together with its owner.
  expect((await cli.stack.destroy({ env })).ok).toBe(true);
  expect(local.objects()).toEqual([expect.stringMatching(/^w-/)]);
});

async function expectSame(
  { local, cli }: Engines,
  step: string,
  operate: (scenario: Scenario) => Promise<Result>,
  { withOutputs = true } = {},
): Promise<void> {
  const [ours, theirs] = await Promise.all([operate(local), operate(cli)]);
  expect({ step, ok: ours.ok, output: ours.output }).toEqual({ step, ok: theirs.ok, output: expect.any(String) });
  if (ours.ok) expect({ step, summary: ours.summary }).toEqual({ step, summary: theirs.summary });
  if (withOutputs) expect({ step, outputs: ours.outputs }).toEqual({ step, outputs: theirs.outputs });
  const [ourOperations, theirOperations] = [operationsOf(local), operationsOf(cli)];
  expect({ step, operations: ourOperations }).toEqual({ step, operations: theirOperations });
  expect({ step, state: await comparable(local) }).toEqual({ step, state: await comparable(cli) });
}

/** Names of the objects that the provider has created, updated and deleted since the last call. */
function operationsOf(scenario: Scenario): Record<string, string[]> {
  const events = scenario.newEvents();
  return Object.fromEntries(["create", "update", "delete"].map((op) => [op, startedIn(events, op).sort()]));
}

/** The state without times, ciphertexts, random ids, and the empty lists that a refresh of the CLI omits. */
async function comparable({ stack }: Scenario): Promise<unknown[]> {
  const { deployment } = await stack.exportState();
  const json = JSON.stringify(deployment.resources ?? [])
    .replace(/"ciphertext":"[^"]*"/g, '"ciphertext":""')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "<uuid>")
    .replace(/"[^"]*":\[\],?/g, "")
    .replace(/,\}/g, "}")
    .replace(/"propertyDependencies":\{\},?/g, "")
    .replace(/-\d+"/g, '-<count>"');
  const resources: Array<Record<string, unknown>> = JSON.parse(json);
  return resources
    .map(({ created, modified, sourcePosition, stackTrace, ...rest }) => rest)
    .sort((a, b) => String((a as { urn: string }).urn).localeCompare(String((b as { urn: string }).urn)));
}
