/**
 * Every input set, changed and cleared, separately and together with every other: after one `up` the API shows what is
 * declared, and the next one changes nothing and makes no call.
 */
import type { LoggedRequest } from "../../testing/index";
import {
  type Course,
  type Fields,
  GUARDRAIL_SETTINGS,
  givenIn,
  KEY_SETTINGS,
  PHASES,
  replacingGuardrailSettings,
  replacingKeySettings,
  type Settings,
  shown,
  storedIn,
  unsetGuardrail,
  unsetKey,
} from "./support/courses";
import {
  type Declaration,
  type Declared,
  type DeclaredStack,
  errorsOf,
  type Outcome,
  openDeclaredStack,
  type StateResource,
  touched,
} from "./support/declaredStack";
import { allPairs } from "./support/pairs";

/** A resource through all phases. */
interface Subject {
  name: string;
  kind: "InferenceKey" | "Guardrail";
  given(phase: number): Fields;
  stored(phase: number): Fields;
}

interface Program {
  subjects: Subject[];
  /** Subjects whose changes are all written in place. */
  inPlace: Subject[];
  member: string;
}

type State = Record<string, StateResource>;

/** Subjects whose settings cover all pairs of inputs, in an account with two workspaces and two members. */
function programFor(s: DeclaredStack): Program {
  const { dashboard } = s.simulator;
  const workspaces = ["east", "west"].map((slug) => dashboard.addWorkspace({ name: slug, slug }).id);
  const members = ["ada", "bo"].map((each) => dashboard.addMember({ email: `${each}@first.example` }, workspaces).id);
  const inPlace = [
    ...subjectsOf(s, "InferenceKey", "key", KEY_SETTINGS, {}),
    ...subjectsOf(s, "Guardrail", "guardrail", GUARDRAIL_SETTINGS, {}),
  ];
  const replaced = [
    ...subjectsOf(s, "InferenceKey", "other-key", KEY_SETTINGS, replacingKeySettings(members)),
    ...subjectsOf(s, "Guardrail", "other-guardrail", GUARDRAIL_SETTINGS, replacingGuardrailSettings(workspaces)),
  ];
  return { inPlace, subjects: [...inPlace, ...replaced], member: members[0] as string };
}

/** One subject per row of courses. With `replacing`, only pairs with an input that replaces the object are covered. */
function subjectsOf(
  { simulator }: DeclaredStack,
  kind: Subject["kind"],
  prefix: string,
  written: Settings,
  replacing: Settings,
): Subject[] {
  const unset = kind === "InferenceKey" ? unsetKey : unsetGuardrail;
  const settings = { ...written, ...replacing };
  const rows = allPairs<Course>(Object.keys(settings), ["rise", "turn", "fall"], Object.keys(replacing));
  return rows.map((row, index) => {
    const name = `${prefix}-${index}`;
    return {
      name,
      kind,
      given: (phase) => withUniqueName(name, givenIn(settings, row, phase)),
      stored: (phase) => ({ ...unset(simulator, name), ...withUniqueName(name, storedIn(settings, row, phase)) }),
    };
  });
}

/** A workspace can't have two guardrails of the same name. */
function withUniqueName(subject: string, fields: Fields): Fields {
  return "name" in fields ? { ...fields, name: `${fields.name} ${subject}` } : fields;
}

/** All subjects, and the first guardrail of each phase assigned to two keys and a member. */
function declarationOf({ subjects, member }: Program, phase: number): Declaration {
  const declared = subjects.map(({ name, kind, given }): [string, Declared] => [name, { kind, args: given(phase) }]);
  const guardrailId = { idOf: `guardrail-${phase}` };
  const assigned = ["key-0", "key-1"].map((key): [string, Declared] => [
    `assigned-${key}`,
    { kind: "GuardrailKeyAssignment", args: { guardrailId, keyHash: { idOf: key } } },
  ]);
  return {
    ...Object.fromEntries([...declared, ...assigned]),
    "assigned-member": { kind: "GuardrailMemberAssignment", args: { guardrailId, userId: member } },
  };
}

test("shows every declared input after one up, and changes nothing in the next", async () => {
  const s = await openDeclaredStack({ switches: { otherAccountsObject: 403, timestamps: "milliseconds" } });
  const program = programFor(s);
  for (const phase of PHASES) {
    const first = await s.up(declarationOf(program, phase));
    const second = await s.up();
    const state = await s.resources();

    expect({ phase, errors: errorsOf(first), ok: first.ok }).toEqual({ phase, errors: "", ok: true });
    expectDeclaredSettings(s, program, state, phase);
    expectAssignments(s, program, state, phase);
    expect({ phase, nextUp: { ok: second.ok, touched: touched(second), calls: second.calls } }).toEqual({
      phase,
      nextUp: { ok: true, touched: [], calls: [] },
    });
    // OpenRouter has deprecated this field in favor of one per vendor.
    const withDeprecatedField = first.calls.filter(({ body }) => Object.hasOwn(body ?? {}, "enforce_zdr"));
    expect({ phase, withDeprecatedField }).toEqual({ phase, withDeprecatedField: [] });
    if (phase > 0) expectOnlyChangesWritten(first, program, state, phase);
  }
});

/** The API shows every declared setting, and no value for the others. */
function expectDeclaredSettings(s: DeclaredStack, { subjects }: Program, state: State, phase: number): void {
  const { keys, guardrails, default_workspace_id, owner_user_id } = s.simulator.account;
  for (const { name, kind, stored } of subjects) {
    const id = state[name]?.id;
    const row = kind === "InferenceKey" ? keys.find((k) => k.hash === id) : guardrails.find((g) => g.id === id);
    const expected = stored(phase);
    // Once a program no longer declares the workspace or the creator, the object keeps the one it has.
    const keepsCurrent = phase > 0 && name.startsWith("other");
    if (keepsCurrent && expected.workspace_id === default_workspace_id) delete expected.workspace_id;
    if (keepsCurrent && expected.creator_user_id === owner_user_id) delete expected.creator_user_id;
    expect({ phase, name, ...shown(row, expected) }).toEqual({ phase, name, ...expected });
  }
}

function expectAssignments({ simulator }: DeclaredStack, { member }: Program, state: State, phase: number): void {
  const guardrail = state[`guardrail-${phase}`]?.id;
  const pairs = simulator.account.keyAssignments.map(({ guardrail_id, key_hash }) => [guardrail_id, key_hash]);
  const declared = ["key-0", "key-1"].map((key) => [guardrail, state[key]?.id]);
  expect({ phase, pairs }).toEqual({ phase, pairs: expect.arrayContaining(declared) });
  expect(simulator.account.memberAssignments).toMatchObject([{ guardrail_id: guardrail, user_id: member }]);
}

/** Exactly the changed objects are updated in place, each by a PATCH of exactly its changed fields. */
function expectOnlyChangesWritten(up: Outcome, { inPlace }: Program, state: State, phase: number): void {
  const names = new Set(inPlace.map(({ name }) => name));
  const changed = inPlace.filter((subject) => changedFields(subject, phase).length > 0).map(({ name }) => name);
  const replaced = up.steps.filter(({ name, op }) => op === "replace" && names.has(name));
  expect({ phase, touched: touched(up).filter((name) => names.has(name)), replaced }).toEqual({
    phase,
    touched: changed.sort(),
    replaced: [],
  });
  for (const subject of inPlace) {
    const { name } = subject;
    const fields = changedFields(subject, phase);
    const cleared = fields.filter((field) => subject.stored(phase)[field] === null);
    const patches = patchesOf(up.calls, state[name]?.id).map((body) => ({
      fields: Object.keys(body).sort(),
      cleared: nullsIn(body),
    }));
    expect({ phase, name, patches }).toEqual({
      phase,
      name,
      patches: fields.length === 0 ? [] : [{ fields, cleared }],
    });
  }
}

/** Changed fields in the API's names, sorted. Both fields of a budget are always sent together. */
function changedFields({ stored }: Subject, phase: number): string[] {
  const [before, after] = [stored(phase - 1), stored(phase)];
  const differing = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const budget = ["limit_usd", "reset_interval"];
  const sent = differing.some((name) => budget.includes(name)) ? [...differing, ...budget] : differing;
  return [...new Set(sent)].sort();
}

function patchesOf(calls: readonly LoggedRequest[], id: string | undefined): Fields[] {
  const patches = calls.filter(({ method, path }) => method === "PATCH" && path.endsWith(`/${id}`));
  return patches.map(({ body }) => body as Fields);
}

function nullsIn(body: Fields): string[] {
  return Object.keys(body)
    .filter((name) => body[name] === null)
    .sort();
}
