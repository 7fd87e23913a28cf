/**
 * Every input set, changed and cleared, alone and together with every other: after one `up` the API shows what is
 * declared, and the next one finds nothing to do and asks the API nothing.
 */
import type { LoggedRequest } from "../../testing/index";
import {
  type Course,
  type Fields,
  GUARDRAIL_SETTINGS,
  givenIn,
  guardrailNone,
  KEY_SETTINGS,
  keyNone,
  PHASES,
  replacingGuardrailSettings,
  replacingKeySettings,
  type Settings,
  shown,
  storedIn,
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

let s: DeclaredStack;
let subjects: Subject[];
/** Of these only inputs change that are written in place. */
let inPlace: Subject[];
let member: string;

beforeAll(async () => {
  s = await openDeclaredStack({ switches: { otherAccountsObject: 403, timestamps: "milliseconds" } });
  const { dashboard } = s.simulator;
  const workspaces = ["east", "west"].map((slug) => dashboard.addWorkspace({ name: slug, slug }).id);
  const members = ["ada", "bo"].map((each) => dashboard.addMember({ email: `${each}@first.example` }, workspaces).id);
  member = members[0] as string;
  const replacingKey = replacingKeySettings(members);
  const replacingGuardrail = replacingGuardrailSettings(workspaces);
  inPlace = [
    ...subjectsOf("InferenceKey", "key", KEY_SETTINGS, {}),
    ...subjectsOf("Guardrail", "guardrail", GUARDRAIL_SETTINGS, {}),
  ];
  subjects = [
    ...inPlace,
    ...subjectsOf("InferenceKey", "other-key", KEY_SETTINGS, replacingKey),
    ...subjectsOf("Guardrail", "other-guardrail", GUARDRAIL_SETTINGS, replacingGuardrail),
  ];
});
afterAll(() => s.close());

/** A resource for each row of courses. With inputs that replace it there is one for each of their pairs with any input. */
function subjectsOf(kind: Subject["kind"], prefix: string, written: Settings, replacing: Settings): Subject[] {
  const none = kind === "InferenceKey" ? keyNone : guardrailNone;
  const settings = { ...written, ...replacing };
  const rows = allPairs<Course>(Object.keys(settings), ["rise", "turn", "fall"], Object.keys(replacing));
  return rows.map((row, index) => {
    const name = `${prefix}-${index}`;
    return {
      name,
      kind,
      given: (phase) => named(name, givenIn(settings, row, phase)),
      stored: (phase) => ({ ...none(s.simulator, name), ...named(name, storedIn(settings, row, phase)) }),
    };
  });
}

/** No two guardrails of a workspace may have one name. */
function named(subject: string, fields: Fields): Fields {
  return "name" in fields ? { ...fields, name: `${fields.name} ${subject}` } : fields;
}

/** All subjects, and assignments of keys and of a member to the first guardrail of each phase. */
function declaration(phase: number): Declaration {
  const made = subjects.map(({ name, kind, given }): [string, Declared] => [name, { kind, args: given(phase) }]);
  const guardrailId = { idOf: `guardrail-${phase}` };
  const assigned = ["key-0", "key-1"].map((key): [string, Declared] => [
    `assigned-${key}`,
    { kind: "GuardrailKeyAssignment", args: { guardrailId, keyHash: { idOf: key } } },
  ]);
  return {
    ...Object.fromEntries([...made, ...assigned]),
    "assigned-member": { kind: "GuardrailMemberAssignment", args: { guardrailId, userId: member } },
  };
}

const PHASE_TITLES = ["made with their first inputs", "with inputs set, changed and cleared", "and changed once more"];

describe.each(PHASES)("phase %i", (phase) => {
  let first: Outcome;
  let second: Outcome;
  let state: Record<string, StateResource>;
  beforeAll(async () => {
    first = await s.up(declaration(phase));
    second = await s.up();
    state = await s.resources();
  });

  test(`keys, guardrails and assignments ${PHASE_TITLES[phase]} are brought about by one up`, () => {
    expect(errorsOf(first)).toBe("");
    expect(first.ok).toBe(true);
  });

  test("the API shows every input that is declared, and none for every other", () => {
    const { keys, guardrails, default_workspace_id } = s.simulator.account;
    for (const { name, kind, stored } of subjects) {
      const id = state[name]?.id;
      const row = kind === "InferenceKey" ? keys.find((k) => k.hash === id) : guardrails.find((g) => g.id === id);
      const expected = stored(phase);
      // A workspace and a creator that are declared no longer are the present ones, whichever they are.
      const isOpen = phase > 0 && name.startsWith("other");
      if (isOpen && expected.workspace_id === default_workspace_id) delete expected.workspace_id;
      if (isOpen && expected.creator_user_id === s.simulator.account.owner_user_id) delete expected.creator_user_id;
      expect({ name, ...shown(row, expected) }).toEqual({ name, ...expected });
    }
  });

  test("every pair is assigned", () => {
    const guardrail = state[`guardrail-${phase}`]?.id;
    const pairs = s.simulator.account.keyAssignments.map(({ guardrail_id, key_hash }) => [guardrail_id, key_hash]);
    for (const key of ["key-0", "key-1"]) expect(pairs).toContainEqual([guardrail, state[key]?.id]);
    expect(s.simulator.account.memberAssignments).toMatchObject([{ guardrail_id: guardrail, user_id: member }]);
  });

  test("a second up has no changes and makes no API call", () => {
    expect(second.ok).toBe(true);
    expect(touched(second)).toEqual([]);
    expect(second.calls).toEqual([]);
  });

  test("the deprecated field for zero data retention is never sent", () => {
    for (const { body } of first.calls) expect(body ?? {}).not.toHaveProperty("enforce_zdr");
  });

  if (phase === 0) return;

  test("exactly what changed is updated, in place where the API can", () => {
    const changed = inPlace.filter((subject) => changedFields(subject, phase).length > 0).map(({ name }) => name);
    const ours = new Set(inPlace.map(({ name }) => name));
    expect(touched(first).filter((name) => ours.has(name))).toEqual(changed.sort());
    const replaced = first.steps.filter(({ op }) => op === "replace").map(({ name }) => name);
    expect(replaced.filter((name) => ours.has(name))).toEqual([]);
  });

  test("a PATCH holds the changed fields and nothing else, null for those that are cleared", () => {
    for (const subject of inPlace) {
      const names = changedFields(subject, phase);
      const bodies = patchesOf(first.calls, state[subject.name]?.id);
      const told = bodies.map((body) => ({
        name: subject.name,
        fields: Object.keys(body).sort(),
        nulls: nullsIn(body),
      }));
      const nulls = names.filter((name) => subject.stored(phase)[name] === null);
      expect(told).toEqual(names.length === 0 ? [] : [{ name: subject.name, fields: names, nulls }]);
    }
  });
});

/** Fields in the API's names, sorted. The two halves of a budget travel together. */
function changedFields({ stored }: Subject, phase: number): string[] {
  const [before, after] = [stored(phase - 1), stored(phase)];
  const differing = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const budget = ["limit_usd", "reset_interval"];
  const whole = differing.some((name) => budget.includes(name)) ? [...differing, ...budget] : differing;
  return [...new Set(whole)].sort();
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
