/** Which changes replace an object, which update it, and in which order a replacement creates and deletes. */
import {
  type Declaration,
  type DeclaredStack,
  errorsOf,
  type Outcome,
  openDeclaredStack,
  stepsOf,
  summary,
  touched,
  writes,
} from "./support/declaredStack";

const EXPIRY = "2099-01-01T00:00:00Z";

/** Resources that the changed program replaces, and the inputs because of which it does. */
const REPLACED: Record<string, string[]> = {
  "key-expiry": ["expiresAt"],
  "key-no-expiry": ["expiresAt"],
  "key-creator": ["creatorUserId"],
  "key-keepers": ["keepers"],
  "guardrail-workspace": ["workspaceId"],
  "assigned-elsewhere": ["guardrailId"],
  "assigned-other-key": ["keyHash"],
  "assigned-new-key": ["keyHash"],
  "member-elsewhere": ["guardrailId"],
  "member-other": ["userId"],
};
/** Resources that the changed program updates. */
const IN_PLACE = ["key-in-place", "guardrail-in-place"];

interface World {
  workspace: string;
  users: string[];
}

function addWorldTo({ simulator: { dashboard } }: DeclaredStack): World {
  const workspace = dashboard.addWorkspace({ name: "East", slug: "east" }).id;
  const users = ["ada", "bo", "cy", "di"].map((name) => {
    return dashboard.addMember({ email: `${name}@first.example` }, [workspace]).id;
  });
  return { workspace, users };
}

function program({ workspace, users }: World, { changed }: { changed: boolean }): Declaration {
  const pick = <Value>(first: Value, second: Value) => (changed ? second : first);
  const guarded = (guardrail: string, key: string) => ({
    kind: "GuardrailKeyAssignment" as const,
    args: { guardrailId: { idOf: guardrail }, keyHash: { idOf: key } },
  });
  const member = (guardrail: string, userId: string | undefined) => ({
    kind: "GuardrailMemberAssignment" as const,
    args: { guardrailId: { idOf: guardrail }, userId },
  });
  return {
    "key-expiry": { kind: "InferenceKey", args: { expiresAt: pick(EXPIRY, "2099-01-01T00:00:01Z") } },
    "key-no-expiry": { kind: "InferenceKey", args: pick({ expiresAt: EXPIRY }, {}) },
    "key-creator": { kind: "InferenceKey", args: pick({}, { creatorUserId: users[0] }) },
    "key-keepers": { kind: "InferenceKey", args: { keepers: { rotated: pick("1", "2") } } },
    "key-in-place": {
      kind: "InferenceKey",
      args: pick(
        { expiresAt: EXPIRY, workspaceId: workspace, creatorUserId: users[0], keepers: { by: "me" } },
        {
          // The same timestamp in another representation. Omitted are inputs that keep their current value.
          expiresAt: "2099-01-01T01:00:00.000+01:00",
          keepers: { by: "me" },
          name: "renamed",
          limit: 1,
          limitReset: "daily",
          includeByokInLimit: true,
          disabled: true,
        },
      ),
    },
    "guardrail-workspace": { kind: "Guardrail", args: pick({}, { workspaceId: workspace }) },
    "guardrail-in-place": {
      kind: "Guardrail",
      args: pick(
        { workspaceId: workspace },
        { name: "renamed", limitUsd: 1, resetInterval: "daily", enforceZdr: true },
      ),
    },
    one: { kind: "Guardrail" },
    two: { kind: "Guardrail" },
    "key-moved": { kind: "InferenceKey" },
    "key-old": { kind: "InferenceKey" },
    "key-new": { kind: "InferenceKey" },
    "assigned-elsewhere": guarded(pick("one", "two"), "key-moved"),
    "assigned-other-key": guarded("one", pick("key-old", "key-new")),
    "assigned-new-key": guarded("one", "key-keepers"),
    "member-elsewhere": member(pick("one", "two"), users[1]),
    "member-other": member("one", pick(users[2], users[3])),
  };
}

async function idsIn(s: DeclaredStack): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(await s.resources()).map(([name, { id }]) => [name, id]));
}

test("replaces exactly the resources whose immutable inputs changed, and creates before it deletes", async () => {
  const s = await openDeclaredStack();
  const world = addWorldTo(s);
  expect(errorsOf(await s.up(program(world, { changed: false })))).toBe("");
  const before = await idsIn(s);

  const planned = await s.preview(program(world, { changed: true }));
  const replaceSteps = planned.steps.filter(({ op }) => op === "replace");
  const reasons = Object.fromEntries(replaceSteps.map(({ name, replaceKeys }) => [name, replaceKeys]));
  expect({ reasons, touched: touched(planned) }).toEqual({
    reasons: REPLACED,
    touched: [...Object.keys(REPLACED), ...IN_PLACE].sort(),
  });

  const unguarded = watchGuardrailsOf(s, { key: before["key-moved"], user: world.users[1] });
  const up = await s.up();
  s.simulator.onRequest = undefined;
  const after = await idsIn(s);

  expect({ errors: errorsOf(up), touched: touched(up) }).toEqual({ errors: "", touched: touched(planned) });
  const steps = stepsOf(up);
  for (const name of Object.keys(REPLACED)) {
    expect({ name, steps: steps[name], hasNewId: after[name] !== before[name] }).toEqual({
      name,
      steps: ["replace", "delete-replaced"],
      hasNewId: true,
    });
  }
  for (const name of IN_PLACE) {
    expect({ name, steps: steps[name], id: after[name] }).toEqual({ name, steps: ["update"], id: before[name] });
  }

  // Each new key is created before the old one is deleted, and has its own value.
  for (const name of ["key-expiry", "key-keepers"]) {
    expectInOrder(up, [createOf(name), `DELETE /keys/${before[name]}`]);
  }
  const values = Object.values(await s.stack.outputs({ showSecrets: true }));
  expect(new Set(values).size).toBe(values.length);

  // A key or member that moves to another guardrail always has one.
  const moved = s.simulator.account.keyAssignments.find(({ key_hash }) => key_hash === before["key-moved"]);
  expect({ guardrail: moved?.guardrail_id, unguarded }).toEqual({ guardrail: before.two, unguarded: [] });

  // The new key is assigned before the old one is removed from the guardrail and then deleted.
  const [oldKey, newKey] = [before["key-keepers"], after["key-keepers"]];
  expectInOrder(up, [assignmentOf(newKey), assignmentOf(oldKey), `DELETE /keys/${oldKey}`]);
});

type CallPattern = string | ((call: Outcome["calls"][number]) => boolean);

const mentions = (body: unknown, value: string | undefined) => JSON.stringify(body)?.includes(String(value)) ?? false;
const createOf =
  (name: string): CallPattern =>
  ({ path, body }) =>
    path === "/keys" && mentions(body, name);
/** A call that adds a key to a guardrail or removes it. */
const assignmentOf =
  (hash: string | undefined): CallPattern =>
  ({ body }) =>
    mentions(body, hash);

/** Expects the first call of each pattern, in this order. */
function expectInOrder({ calls }: Outcome, patterns: CallPattern[]): void {
  const positions = patterns.map((pattern) =>
    calls.findIndex((call) => (typeof pattern === "string" ? summary([call])[0] === pattern : pattern(call))),
  );
  const expected = [...positions].sort((a, b) => a - b);
  expect({ calls: summary(calls), positions, isMissing: positions.includes(-1) }).toEqual({
    calls: summary(calls),
    positions: expected,
    isMissing: false,
  });
}

/** A list that grows with every request at which the key or the user has no guardrail. */
function watchGuardrailsOf({ simulator }: DeclaredStack, of: { key?: string | undefined; user?: string | undefined }) {
  const unguarded: string[] = [];
  simulator.onRequest = (point, { method, path }) => {
    const { keyAssignments, memberAssignments } = simulator.account;
    const hasKey = keyAssignments.some(({ key_hash }) => key_hash === of.key);
    const hasUser = memberAssignments.some(({ user_id }) => user_id === of.user);
    if (!hasKey || !hasUser) unguarded.push(`${point}: ${method} ${path}`);
  };
  return unguarded;
}

test("keeps a pair assigned when its assignment is renamed in the program", async () => {
  const s = await openDeclaredStack();
  const user = s.simulator.dashboard.addMember({ email: "ada@first.example" }).id;
  const base: Declaration = { safe: { kind: "Guardrail" }, ci: { kind: "InferenceKey" } };
  const guardrailId = { idOf: "safe" };
  const keyPair = { kind: "GuardrailKeyAssignment", args: { guardrailId, keyHash: { idOf: "ci" } } } as const;
  const memberPair = { kind: "GuardrailMemberAssignment", args: { guardrailId, userId: user } } as const;
  expect(errorsOf(await s.up({ ...base, "key-pair": keyPair, "member-pair": memberPair }))).toBe("");
  const pairs = () => {
    const { keyAssignments, memberAssignments } = s.simulator.account;
    return [
      ...keyAssignments.map((row) => `${row.guardrail_id} ${row.key_hash}`),
      ...memberAssignments.map((row) => `${row.guardrail_id} ${row.user_id}`),
    ].sort();
  };
  const before = pairs();

  const renamed = await s.up({ ...base, "key-renamed": keyPair, "member-renamed": memberPair });

  expect(stepsOf(renamed)).toMatchObject({
    "key-renamed": ["create"],
    "key-pair": ["delete"],
    "member-renamed": ["create"],
    "member-pair": ["delete"],
  });
  const removals = writes(renamed.calls).filter((call) => call.endsWith("/remove"));
  expect({ removals, pairs: pairs() }).toEqual({ removals: [], pairs: before });
});
