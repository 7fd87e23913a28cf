import { guardrailKeyAssignment } from "../../provider/resources/guardrailKeyAssignment";
import { guardrailMemberAssignment } from "../../provider/resources/guardrailMemberAssignment";
import { GUARDRAIL, HASH, KEY, OTHER_GUARDRAIL, OTHER_HASH, UNKNOWN_VALUE } from "./support/samples";

const KEY_PAIR = { guardrailId: GUARDRAIL, keyHash: HASH };
const CAPITALS = "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA";
const MEMBER_PAIR = { guardrailId: GUARDRAIL, userId: "user_ada" };

test.each([
  KEY_PAIR,
  { guardrailId: UNKNOWN_VALUE, keyHash: HASH },
  { guardrailId: GUARDRAIL, keyHash: UNKNOWN_VALUE },
  { guardrailId: CAPITALS, keyHash: HASH },
])("accepts %j for a key, unchanged", (given) => {
  expect(guardrailKeyAssignment.check(given, {})).toEqual({ inputs: given, failures: [] });
});

test.each([MEMBER_PAIR, { guardrailId: UNKNOWN_VALUE, userId: UNKNOWN_VALUE }])(
  "accepts %j for a member, unchanged",
  (given) => {
    expect(guardrailMemberAssignment.check(given, {})).toEqual({ inputs: given, failures: [] });
  },
);

test("rejects a key instead of its hash, without printing the key", () => {
  const { failures } = guardrailKeyAssignment.check({ ...KEY_PAIR, keyHash: KEY }, {});
  expect(failures).toEqual([
    "keyHash: must be the hash of a key, not the key itself: pass the `id` of the InferenceKey",
  ]);
});

test.each([
  [{}, ["guardrailId: is required", "keyHash: is required"]],
  [{ guardrailId: null, keyHash: null }, ["guardrailId: is required", "keyHash: is required"]],
  [{ guardrailId: "safe", keyHash: 5 }, ["guardrailId: must be a UUID", "keyHash: must be the hash of a key"]],
  [
    { ...KEY_PAIR, keyHash: HASH.toUpperCase() },
    ["keyHash: must be the hash of a key, 64 hexadecimal digits: pass the `id` of the InferenceKey"],
  ],
  [{ ...KEY_PAIR, userId: "user_ada" }, ["userId: no such input"]],
])("rejects %j for a key, with all problems at once", (given, problems) => {
  expect(guardrailKeyAssignment.check(given, {}).failures).toEqual(problems);
});

test.each([
  [{}, ["guardrailId: is required", "userId: is required"]],
  [{ ...MEMBER_PAIR, userId: "" }, ["userId: must not be empty"]],
  [{ ...MEMBER_PAIR, keyHash: HASH }, ["keyHash: no such input"]],
])("rejects %j for a member, with all problems at once", (given, problems) => {
  expect(guardrailMemberAssignment.check(given, {}).failures).toEqual(problems);
});

test.each([
  ["nothing", {}, []],
  ["the guardrail", { guardrailId: OTHER_GUARDRAIL }, ["guardrailId"]],
  ["the key", { keyHash: OTHER_HASH }, ["keyHash"]],
  ["both", { guardrailId: OTHER_GUARDRAIL, keyHash: OTHER_HASH }, ["guardrailId", "keyHash"]],
  ["the guardrail to an unknown one", { guardrailId: UNKNOWN_VALUE }, ["guardrailId"]],
])(
  "replaces a key's assignment for exactly the changed inputs when the program changes %s",
  (_title, change, replaces) => {
    const olds = { ...KEY_PAIR, assignedBy: "user_owner" };
    expect(guardrailKeyAssignment.diff(olds, { ...KEY_PAIR, ...change })).toEqual({
      changed: replaces.length > 0,
      replaces,
    });
  },
);

test.each([
  ["nothing", {}, []],
  ["the guardrail", { guardrailId: OTHER_GUARDRAIL }, ["guardrailId"]],
  ["the member", { userId: "user_grace" }, ["userId"]],
])(
  "replaces a member's assignment for exactly the changed inputs when the program changes %s",
  (_title, change, replaces) => {
    expect(guardrailMemberAssignment.diff(MEMBER_PAIR, { ...MEMBER_PAIR, ...change })).toEqual({
      changed: replaces.length > 0,
      replaces,
    });
  },
);

test("finds no change when only the case of the guardrail id differs", () => {
  const capitals = { ...KEY_PAIR, guardrailId: CAPITALS };
  const small = { ...KEY_PAIR, guardrailId: CAPITALS.toLowerCase() };
  expect(guardrailKeyAssignment.diff(capitals, small)).toEqual({ changed: false, replaces: [] });
  expect(guardrailKeyAssignment.diff(small, capitals)).toEqual({ changed: false, replaces: [] });
});

test.each([
  ["a guardrail and an assignee", `${GUARDRAIL}/${HASH}`, `${GUARDRAIL}/user_ada`, true],
  ["nothing after the slash", `${GUARDRAIL}/`, `${GUARDRAIL}/`, false],
  ["only a guardrail", GUARDRAIL, GUARDRAIL, false],
  ["nothing before the slash", `/${HASH}`, "/user_ada", false],
  ["a name before the slash", `safe/${HASH}`, "safe/user_ada", false],
  ["a key instead of its hash", `${GUARDRAIL}/${KEY}`, `${GUARDRAIL}/${KEY}`, false],
])("decides whether an id with %s belongs to an assignment", (_title, keyId, memberId, isId) => {
  expect([guardrailKeyAssignment.isId(keyId), guardrailMemberAssignment.isId(memberId)]).toEqual([isId, isId]);
});

test("requires a hash in the id of a key's assignment, and accepts any user id in that of a member's", () => {
  expect(guardrailKeyAssignment.isId(`${GUARDRAIL}/user_ada`)).toBe(false);
  expect(guardrailKeyAssignment.isId(`${GUARDRAIL}/${HASH}\n`)).toBe(false);
  expect(guardrailMemberAssignment.isId(`${GUARDRAIL}/auth0/user`)).toBe(true);
});

test.each([
  ["both are known", KEY_PAIR, `${GUARDRAIL}/${HASH}`],
  ["the guardrail is missing", { keyHash: HASH }, ""],
  ["the key is missing", { guardrailId: GUARDRAIL }, ""],
  ["neither is known", {}, ""],
])("names an assignment by guardrail and key, or not at all, when %s", (_title, properties, name) => {
  expect(guardrailKeyAssignment.nameOf(properties)).toBe(name);
});
