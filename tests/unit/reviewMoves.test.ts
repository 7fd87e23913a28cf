/** How a review follows an object to a new URN, and what it knows of an import from its id alone. */
import { withNewUrns } from "../../cli/review/aliases";
import { imported } from "../../cli/review/imports";
import type { Step } from "../../cli/review/preview";
import type { Resource } from "../../formats/deployment";
import { nativeTypeOf, typeOf } from "../../formats/typeTokens";
import { UNKNOWN } from "../../formats/values";
import { GUARDRAIL, HASH } from "./support/samples";

const urnOf = (type: string, name: string) => `urn:pulumi:dev::shop::${type}::${name}`;
const [OLD, NEW] = [typeOf("InferenceKey"), nativeTypeOf("InferenceKey")];
const stored = (urn: string, more: Partial<Resource> = {}): Resource => ({ urn, type: OLD, id: HASH, ...more });
const app = urnOf("my:index:App", "app");
/** A changed resource that refers to a URN. */
const user = (urn: string): Step => ({
  ...{ urn: app, effect: "update", differing: [] },
  ...{ old: stored(app), new: stored(app, { dependencies: [urn] }) },
});
const step = (urn: string, effect: Step["effect"], more: Partial<Step> = {}): Step => ({
  ...{ urn, effect, differing: [], old: undefined, new: undefined },
  ...more,
});
const urnsAfter = (steps: Step[], state: Resource[]) => withNewUrns({ steps, state }).state.map(({ urn }) => urn);

describe("an unchanged resource that moved to the other provider", () => {
  test.each([
    ["at the top", OLD, NEW],
    ["in a component", `my:index:Team$${OLD}`, `my:index:Team$${NEW}`],
  ])("gets the URN that the preview mentions: %s", (_title, former, now) => {
    const [before, after] = [urnOf(former, "ci"), urnOf(now, "ci")];
    expect(urnsAfter([user(after)], [stored(before)])).toEqual([after]);
  });

  test.each([
    ["when the preview creates the other one", (_before: string, after: string) => step(after, "create")],
    ["when the preview deletes it", (before: string) => step(before, "delete")],
  ])("keeps its URN %s", (_title, own) => {
    const [before, after] = [urnOf(OLD, "ci"), urnOf(NEW, "ci")];
    expect(urnsAfter([user(after), own(before, after)], [stored(before)])).toEqual([before]);
  });
});

test.each<[Step["effect"], boolean]>([
  ["update", true],
  ["ignore", false],
])("follows a renamed resource in a step with the effect %s: %s", (effect, isFollowed) => {
  const [before, after] = [urnOf(OLD, "ci"), urnOf(OLD, "renamed")];
  const steps = [step(after, effect, { old: stored(before), new: stored(after) })];
  expect(urnsAfter(steps, [stored(before)])).toEqual([isFollowed ? after : before]);
});

test.each([
  ["InferenceKey", HASH, { limit: UNKNOWN, limitReset: UNKNOWN, expiresAt: UNKNOWN }],
  ["Guardrail", GUARDRAIL, { limitUsd: UNKNOWN, resetInterval: UNKNOWN }],
  [
    "GuardrailAssignments",
    `${GUARDRAIL}/assignments`,
    { guardrailId: GUARDRAIL, keyHashes: UNKNOWN, userIds: UNKNOWN },
  ],
  ["GuardrailKeyAssignment", `${GUARDRAIL}/${HASH}`, { guardrailId: GUARDRAIL, keyHash: HASH }],
  ["GuardrailMemberAssignment", `${GUARDRAIL}/user_ada`, { guardrailId: GUARDRAIL, userId: "user_ada" }],
] as const)("knows of an imported %s what its id contains", (kind, importID, inputs) => {
  const resource = { urn: urnOf(nativeTypeOf(kind), "old"), type: nativeTypeOf(kind), importID };
  expect(imported(resource, undefined)).toEqual({ ...resource, id: importID, inputs });
});

test("takes the inputs of an import from the preview, else from the live object", () => {
  const resource = { urn: urnOf(NEW, "old"), type: NEW, importID: HASH };
  const found = stored(urnOf(OLD, "other"), { inputs: { limit: 5 } });
  expect(imported(resource, found).inputs).toEqual({ limit: 5 });
  expect(imported({ ...resource, inputs: { limit: 6 } }, found).inputs).toEqual({ limit: 6 });
});
