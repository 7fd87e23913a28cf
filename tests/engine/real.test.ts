/**
 * The engine side by side with Pulumi's own CLI, where `pulumi` is on PATH: one program after the other on both, and after
 * each the provider must have done the same and the states must be the same. Skipped where there is no CLI.
 */
import { hasPulumi } from "../../testing/engine/openStack";
import { openPulumiStack } from "../../testing/engine/pulumiStack";
import type { Result } from "../../testing/engine/stack";
import { begun, type Entry, openScenario, type Scenario, thing } from "./generic";

const ifReal = hasPulumi() ? describe : describe.skip;

const others = [thing("d", { options: { dependsOn: ["a"] } }), thing("p", { secrets: { note: "x" } })];
const replaceFirst = { options: { deleteBeforeReplace: true } };
const programs: Array<[string, Entry[]]> = [
  ["create", [thing("a", { props: { zz: 1 } }), thing("b", { refs: { uses: "a" } }), ...others]],
  [
    "a replacement does not heed ignoreChanges",
    [
      thing("a", { props: { name: "a2", zz: 2 }, options: { ignoreChanges: ["zz"] } }),
      thing("b", { refs: { uses: "a" } }),
      ...others,
    ],
  ],
  ["becoming secret is a change", [thing("a", { props: { name: "a2" }, secrets: { zz: "2" } }), ...others]],
  [
    "deleted with another",
    [thing("a", { props: { name: "a2" } }), thing("w", { options: { deletedWith: "a" } }), ...others],
  ],
  ["both replaced", [thing("a", { props: { name: "a5" } }), thing("w", { props: { name: "w2" } }), ...others]],
  ["delete before replace", [thing("a", { ...replaceFirst, props: { name: "a3" } }), ...others]],
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
  ["half done", [thing("a"), thing("x", { props: { partial: true } }), ...others]],
  ["healed", [thing("a"), thing("x"), ...others]],
  ["delete, then fail to create", [thing("a", { ...replaceFirst, props: { name: "a4", fail: "create" } }), ...others]],
  ["create after all", [thing("a", { ...replaceFirst, props: { name: "a4" } }), ...others]],
];

ifReal("local and real engine", () => {
  let local: Scenario;
  let real: Scenario;
  beforeAll(async () => {
    const config = { "generic:greeting": "hello", "generic:password": { secret: "hush" } };
    local = await openScenario({ config });
    real = await openScenario({ config }, openPulumiStack);
  });

  const compare = async (act: (scenario: Scenario) => Promise<Result>, hasOutputs = true) => {
    const [ours, theirs] = await Promise.all([act(local), act(real)]);
    expect({ ok: ours.ok, output: ours.output }).toEqual({ ok: theirs.ok, output: expect.any(String) });
    if (ours.ok) expect(ours.summary).toEqual(theirs.summary);
    if (hasOutputs) expect(ours.outputs).toEqual(theirs.outputs);
    const [did, expected] = [local.done(), real.done()];
    for (const op of ["create", "update", "delete"]) expect(begun(did, op).sort()).toEqual(begun(expected, op).sort());
    expect(await comparable(local)).toEqual(await comparable(real));
  };

  test.each(programs)("%s", (_, program) => compare((scenario) => scenario.up(program)));
  test("preview", () => compare((scenario) => scenario.preview(others), false));
  test("refresh", () => compare((scenario) => scenario.stack.refresh()));

  test("the CLI takes over a state and sees nothing to do", async () => {
    const [, program] = programs.at(-1) as [string, Entry[]];
    await real.stack.importState(await local.stack.exportState());
    const result = await real.preview(program, { env: local.options.env ?? {} });
    expect(result.ok).toBe(true);
    expect(result.summary).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  });

  test("destroy", async () => {
    const theirs = await real.stack.destroy({ env: local.options.env ?? {} });
    expect(theirs.ok).toBe(true);
    // It was replaced together with the resource that it was to be deleted with.
    expect(local.objects()).toEqual([expect.stringMatching(/^w-/)]);
  });
});

/** The state without times, ciphertexts, made-up ids, and the empty lists that a refresh of the CLI leaves out. */
async function comparable({ stack }: Scenario): Promise<unknown[]> {
  const { deployment } = await stack.exportState();
  const text = JSON.stringify(deployment.resources ?? [])
    .replace(/"ciphertext":"[^"]*"/g, '"ciphertext":""')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "<uuid>")
    .replace(/"[^"]*":\[\],?/g, "")
    .replace(/,\}/g, "}")
    .replace(/"propertyDependencies":\{\},?/g, "")
    .replace(/-\d+"/g, '-<count>"');
  const resources: Array<Record<string, unknown>> = JSON.parse(text);
  return resources
    .map(({ created, modified, sourcePosition, stackTrace, ...rest }) => rest)
    .sort((a, b) => String((a as { urn: string }).urn).localeCompare(String((b as { urn: string }).urn)));
}
