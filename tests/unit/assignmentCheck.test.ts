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
])("a key assignment takes %j, and it stays as declared", (given) => {
  expect(guardrailKeyAssignment.check(given, {})).toEqual({ inputs: given, failures: [] });
});

test.each([MEMBER_PAIR, { guardrailId: UNKNOWN_VALUE, userId: UNKNOWN_VALUE }])(
  "a member assignment takes %j",
  (given) => {
    expect(guardrailMemberAssignment.check(given, {})).toEqual({ inputs: given, failures: [] });
  },
);

test("a raw key in place of its hash is refused and not repeated", () => {
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
])("a key assignment refuses %j with all problems at once", (given, problems) => {
  expect(guardrailKeyAssignment.check(given, {}).failures).toEqual(problems);
});

test.each([
  [{}, ["guardrailId: is required", "userId: is required"]],
  [{ ...MEMBER_PAIR, userId: "" }, ["userId: must not be empty"]],
  [{ ...MEMBER_PAIR, keyHash: HASH }, ["keyHash: no such input"]],
])("a member assignment refuses %j with all problems at once", (given, problems) => {
  expect(guardrailMemberAssignment.check(given, {}).failures).toEqual(problems);
});

test.each([
  ["nothing", {}, []],
  ["the guardrail", { guardrailId: OTHER_GUARDRAIL }, ["guardrailId"]],
  ["the key", { keyHash: OTHER_HASH }, ["keyHash"]],
  ["both", { guardrailId: OTHER_GUARDRAIL, keyHash: OTHER_HASH }, ["guardrailId", "keyHash"]],
  ["the guardrail to one not known yet", { guardrailId: UNKNOWN_VALUE }, ["guardrailId"]],
])("changing %s of a key assignment replaces for exactly that", (_title, change, replaces) => {
  const olds = { ...KEY_PAIR, assignedBy: "user_owner" };
  expect(guardrailKeyAssignment.diff(olds, { ...KEY_PAIR, ...change })).toEqual({
    changed: replaces.length > 0,
    replaces,
  });
});

test.each([
  ["nothing", {}, []],
  ["the guardrail", { guardrailId: OTHER_GUARDRAIL }, ["guardrailId"]],
  ["the member", { userId: "user_grace" }, ["userId"]],
])("changing %s of a member assignment replaces for exactly that", (_title, change, replaces) => {
  expect(guardrailMemberAssignment.diff(MEMBER_PAIR, { ...MEMBER_PAIR, ...change })).toEqual({
    changed: replaces.length > 0,
    replaces,
  });
});

test("a guardrail id in capitals is the same guardrail, in either place", () => {
  const [capitals, small] = [CAPITALS, CAPITALS.toLowerCase()].map((guardrailId) => ({ ...KEY_PAIR, guardrailId }));
  if (!capitals || !small) throw new Error("two pairs");
  expect(guardrailKeyAssignment.diff(capitals, small)).toEqual({ changed: false, replaces: [] });
  expect(guardrailKeyAssignment.diff(small, capitals)).toEqual({ changed: false, replaces: [] });
});

test.each([
  ["a pair", `${GUARDRAIL}/${HASH}`, `${GUARDRAIL}/user_ada`, true],
  ["nothing after the slash", `${GUARDRAIL}/`, `${GUARDRAIL}/`, false],
  ["a guardrail alone", GUARDRAIL, GUARDRAIL, false],
  ["nothing before the slash", `/${HASH}`, "/user_ada", false],
  ["no UUID before the slash", `safe/${HASH}`, "safe/user_ada", false],
  ["a key in place of its hash", `${GUARDRAIL}/${KEY}`, `${GUARDRAIL}/${KEY}`, false],
])("an id of %s is or is not one of an assignment", (_title, ofKey, ofMember, isOne) => {
  expect([guardrailKeyAssignment.isId(ofKey), guardrailMemberAssignment.isId(ofMember)]).toEqual([isOne, isOne]);
});

test("an id of a key assignment needs a hash, one of a member any text", () => {
  expect(guardrailKeyAssignment.isId(`${GUARDRAIL}/user_ada`)).toBe(false);
  expect(guardrailKeyAssignment.isId(`${GUARDRAIL}/${HASH}\n`)).toBe(false);
  expect(guardrailMemberAssignment.isId(`${GUARDRAIL}/auth0/user`)).toBe(true);
});

test.each([
  ["both sides are known", KEY_PAIR, `${GUARDRAIL}/${HASH}`],
  ["the guardrail is missing", { keyHash: HASH }, ""],
  ["the key is missing", { guardrailId: GUARDRAIL }, ""],
  ["nothing is known", {}, ""],
])("it is called by its pair when %s", (_title, properties, name) => {
  expect(guardrailKeyAssignment.nameOf(properties)).toBe(name);
});
