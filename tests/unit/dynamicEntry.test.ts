import { provider } from "../../provider/dynamic";
import { lifecycles } from "../../provider/resources";
import { failureOf } from "./support/samples";

const KINDS = [
  "InferenceKey",
  "Guardrail",
  "GuardrailAssignments",
  "GuardrailKeyAssignment",
  "GuardrailMemberAssignment",
];

test("the kinds that stand in users' states are these", () => {
  expect(Object.keys(lifecycles)).toEqual(KINDS);
});

test.each(KINDS)("%s has one provider for the life of the process, with every method that Pulumi calls", (kind) => {
  expect(provider(kind)).toBe(provider(kind));
  expect(Object.keys(provider(kind)).sort()).toEqual(
    ["check", "configure", "create", "delete", "diff", "read", "update"].sort(),
  );
});

test.each(["Workspace", "toString", "__proto__", ""])("the kind %j of a newer release is refused", (kind) => {
  expect(() => provider(kind)).toThrow(/does not know the kind\. Upgrade pulumi-openrouter/);
});

test("without a credential check and diff work, and the first call says where it looked", async () => {
  const key = provider("InferenceKey");
  const environment = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith("OPENROUTER_")) delete process.env[name];
  await key.configure({ config: { get: () => undefined } });
  expect(await key.check({}, { name: "ci", __provider: "text" })).toEqual({ inputs: { name: "ci" }, failures: [] });
  expect(await key.diff("id", { name: "ci", key: "", __v: 1 }, { name: "ci" })).toEqual({ changes: false });
  expect((await failureOf(key.create({ name: "ci" }))).message).toMatch(
    /no management key in OPENROUTER_MANAGEMENT_KEY/,
  );
  process.env = environment;
});
