import { provider } from "../../provider/dynamic";
import * as resources from "../../provider/resources";
import { failureOf } from "./support/samples";

afterEach(() => jest.restoreAllMocks());

const KINDS = [
  "InferenceKey",
  "Guardrail",
  "GuardrailAssignments",
  "GuardrailKeyAssignment",
  "GuardrailMemberAssignment",
];

test("has exactly the kinds that are in users' states", () => {
  expect(resources.KINDS).toEqual(KINDS);
});

test.each(KINDS)("returns one provider per process for the kind %s, with every method that Pulumi calls", (kind) => {
  expect(provider(kind)).toBe(provider(kind));
  expect(Object.keys(provider(kind)).sort()).toEqual(
    ["check", "configure", "create", "delete", "diff", "read", "update"].sort(),
  );
});

test.each(["Workspace", "toString", "__proto__", ""])(
  "rejects the kind %j, which this release does not know",
  (kind) => {
    expect(() => provider(kind)).toThrow(/does not know the kind\. Upgrade pulumi-openrouter/);
  },
);

test("checks and compares without a credential, and says in the first request where it looked for one", async () => {
  const key = provider("InferenceKey");
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("OPENROUTER_"));
  jest.replaceProperty(process, "env", Object.fromEntries(others));
  await key.configure({ config: { get: () => undefined } });
  expect(await key.check({}, { name: "ci", __provider: "text" })).toEqual({ inputs: { name: "ci" }, failures: [] });
  expect(await key.diff("id", { name: "ci", key: "", __origin: { version: 1 } }, { name: "ci" })).toEqual({
    changes: false,
  });
  expect((await failureOf(key.create({ name: "ci" }))).message).toMatch(
    /no management key in OPENROUTER_MANAGEMENT_KEY/,
  );
});
