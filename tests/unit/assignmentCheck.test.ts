import { guardrailKeyAssignment } from "../../provider/resources/guardrailKeyAssignment";
import { guardrailMemberAssignment } from "../../provider/resources/guardrailMemberAssignment";
import { GUARDRAIL, HASH, KEY, OTHER_GUARDRAIL, OTHER_HASH, UNKNOWN_VALUE } from "./support/samples";

const KEY_PAIR = { guardrailId: GUARDRAIL, keyHash: HASH };
const MEMBER_PAIR = { guardrailId: GUARDRAIL, userId: "user_ada" };

test.each([
  KEY_PAIR,
  { guardrailId: UNKNOWN_VALUE, keyHash: HASH },
  { guardrailId: GUARDRAIL, keyHash: UNKNOWN_VALUE },
])("a key assignment takes %j, and checking twice is checking once", (given) => {
  const once = guardrailKeyAssignment.check(given);
  expect(once).toEqual({ inputs: given, failures: [] });
  expect(guardrailKeyAssignment.check({ ...once.inputs })).toEqual(once);
});

test.each([MEMBER_PAIR, { guardrailId: UNKNOWN_VALUE, userId: UNKNOWN_VALUE }])(
  "a member assignment takes %j",
  (given) => {
    expect(guardrailMemberAssignment.check(given)).toEqual({ inputs: given, failures: [] });
  },
);

test("a raw key in place of its hash is refused and not repeated", () => {
  const { failures } = guardrailKeyAssignment.check({ ...KEY_PAIR, keyHash: KEY });
  expect(failures).toEqual(["keyHash: is a key, and its hash is wanted: pass the `id` of the InferenceKey"]);
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
  expect(guardrailKeyAssignment.check(given).failures).toEqual(problems);
});

test.each([
  [{}, ["guardrailId: is required", "userId: is required"]],
  [{ ...MEMBER_PAIR, userId: "" }, ["userId: must not be empty"]],
  [{ ...MEMBER_PAIR, keyHash: HASH }, ["keyHash: no such input"]],
])("a member assignment refuses %j with all problems at once", (given, problems) => {
  expect(guardrailMemberAssignment.check(given).failures).toEqual(problems);
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
