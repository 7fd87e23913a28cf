/** Adopting an account of odd objects: the command, the first and second `up`, a rotation, and a destroy. */
import { readFileSync, writeFileSync } from "node:fs";
import { kindIn } from "../../formats/typeTokens";
import type { Simulator, Switches } from "../../testing/index";
import { fillOddly, type OddAccount, UNDECLARABLE } from "../cli/support/oddAccount";
import { type AdoptedProject, adoptInProject, expectNoChanges } from "./support/adoptedProject";
import { effectsOf, errorsOf, type Outcome } from "./support/declaredStack";

/** Other representations of defaults, timestamps and unset fields that the API may return. */
const OTHER_REPRESENTATIONS = {
  unsetBooleans: "false",
  emptyContentFilters: "null",
  nullGuardrailFields: "omitted",
  scanScopeDefault: "filled",
  timestamps: "microseconds",
} as const;

type Mode = keyof typeof MODES;

const MODES = { adopt: [], import: ["--import", "import.json"], native: ["--native", "--import", "import.json"] };

interface Options {
  fill?: (simulator: Simulator) => OddAccount;
  filter?: string[];
}

interface Project extends AdoptedProject {
  odd: OddAccount;
  /** Runs the step that brings the objects into the state. */
  adopt(): Promise<Outcome>;
}

/** A Pulumi project with the program that the command has written for the account. */
async function openProject(
  mode: Mode,
  switches: Partial<Switches>,
  { fill = fillOddly, filter = [] }: Options = {},
): Promise<Project> {
  const { filled: odd, ...project } = await adoptInProject({ switches, fill, args: [...filter, ...MODES[mode]] });
  return { ...project, odd, adopt: mode === "adopt" ? () => project.up() : project.import };
}

/** The number of resources that manage all objects of an account: a set for each guardrail with assignments. */
function resourcesFor({ keys, guardrails, keyAssignments, memberAssignments }: Simulator["account"]): number {
  const assigned = new Set([...keyAssignments, ...memberAssignments].map(({ guardrail_id }) => guardrail_id));
  return keys.length + guardrails.length + assigned.size;
}

test.each([
  ["adopt", "create", OTHER_REPRESENTATIONS],
  ["import", "import", {}],
  ["native", "import", OTHER_REPRESENTATIONS],
] as const)("manages a whole account when it is brought in by %s", async (mode, step, switches) => {
  const project = await openProject(mode, switches);
  const { account } = project.simulator;
  const { guarded, full, workspaceId } = project.odd;

  // Everything that a program can declare is in the stack, and nothing was written to the account.
  const before = structuredClone(account);
  const adopted = await project.adopt();
  expect({ errors: errorsOf(adopted), writes: effectsOf(adopted).writes }).toEqual({ errors: "", writes: [] });
  expect(account).toEqual(before);
  const ours = adopted.steps.filter(({ type }) => kindIn(type) !== undefined);
  expect({ resources: new Set(ours.map(({ urn }) => urn)).size, steps: new Set(ours.map(({ op }) => op)) }).toEqual({
    resources: resourcesFor(before) - Object.keys(UNDECLARABLE).length,
    steps: new Set([step]),
  });

  await expectNoChanges(project);

  // A rotation as the comments of the program describe it: a new value, the same settings and guardrail.
  const rotatedProgram = readFileSync(project.program, "utf8")
    .replace(`  adopt: "${guarded}",\n`, "")
    .replace("  limit: 0.000001,\n", '  limit: 0.000001,\n  keepers: { rotated: "1" },\n');
  writeFileSync(project.program, `${rotatedProgram}\nexport const secret = fullKey.key;\n`);
  const rotated = await project.up();
  const keySteps = rotated.steps.filter(({ type, op }) => type.endsWith(":InferenceKey") && op !== "same");
  expect({ errors: errorsOf(rotated), steps: keySteps.map(({ name, op }) => `${op} ${name}`) }).toEqual({
    errors: "",
    steps: ["replace full", "delete-replaced full"],
  });
  const fullKeys = account.keys.filter(({ name }) => name === "full");
  expect(fullKeys).toMatchObject([{ limit: 0.000001, limit_reset: "weekly", workspace_id: workspaceId }]);
  expect(account.keyAssignments).toContainEqual(
    expect.objectContaining({ guardrail_id: full, key_hash: fullKeys[0]?.hash }),
  );
  expect((await project.stack.outputs({ showSecrets: true })).secret).toMatch(/^sk-or-/);

  // Destroy deletes everything but the objects outside the stack and the default guardrail, which can't be deleted.
  expect(errorsOf(await project.stack.destroy())).toBe("");
  expect(account.keys.map(({ name }) => name)).toEqual(Object.keys(UNDECLARABLE));
  expect(account.guardrails.map(({ name }) => name)).toEqual([expect.stringMatching(/^Workspace .* Default$/)]);
});

test.each(["adopt", "import", "native"] as const)(
  "keeps the assignments of unmanaged keys when a part of an account is brought in by %s",
  async (mode) => {
    const project = await openProject(mode, {}, { filter: ["--name", "full"], fill: withUnmanagedKeysUnder("full") });
    const before = assignmentsIn(project.simulator);

    expect(errorsOf(await project.adopt())).toBe("");

    await expectNoChanges(project);
    expect(assignmentsIn(project.simulator)).toEqual(before);
    expect(readFileSync(project.program, "utf8")).toMatch(/^ {2}exclusive: false,$/m);
  },
);

/** The odd account, with every second assigned key moved to the named guardrail. */
function withUnmanagedKeysUnder(name: string) {
  return (simulator: Simulator): OddAccount => {
    const odd = fillOddly(simulator);
    const { guardrails, keyAssignments } = simulator.account;
    const id = guardrails.find((guardrail) => guardrail.name === name)?.id ?? "";
    const keys = keyAssignments.map(({ key_hash }) => key_hash).filter((_, at) => at % 2 === 0);
    simulator.dashboard.assign(id, { keys });
    return odd;
  };
}

function assignmentsIn({ account }: Simulator): string[] {
  const keys = account.keyAssignments.map(({ guardrail_id, key_hash }) => `${guardrail_id} ${key_hash}`);
  const members = account.memberAssignments.map(({ guardrail_id, user_id }) => `${guardrail_id} ${user_id}`);
  return [...keys, ...members].sort();
}
