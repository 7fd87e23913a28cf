/** plugin/schema.json, from which Pulumi generates the SDKs of other languages and the reference of YAML. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { nativeTypeOf, typeOf } from "../../formats/typeTokens";
import { KINDS, lifecycleOf } from "../../provider/resources";

interface Property {
  description: string;
  secret?: boolean;
  willReplaceOnChanges?: boolean;
}
interface Resource {
  description: string;
  aliases: { type: string }[];
  properties: Record<string, Property>;
  inputProperties: Record<string, Property>;
  requiredInputs: string[];
}
const text = readFileSync(resolve(__dirname, "../../plugin/schema.json"), "utf8");
const schema: {
  version: string;
  config: { variables: Record<string, Property> };
  provider: { inputProperties: Record<string, Property> };
  resources: Record<string, Resource>;
} = JSON.parse(text);

const namesWith = (properties: Record<string, Property>, mark: "secret" | "willReplaceOnChanges") =>
  Object.keys(properties).filter((name) => properties[name]?.[mark]);

function resource(kind: (typeof KINDS)[number]): Resource {
  const found = schema.resources[nativeTypeOf(kind)];
  if (!found) throw new Error(`the schema has no ${kind}`);
  return found;
}

test("has the kinds of the provider, and the version of the package", () => {
  expect(Object.keys(schema.resources).sort()).toEqual(KINDS.map(nativeTypeOf).sort());
  const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  expect(schema.version).toBe(version);
});

test.each(KINDS)(
  "%s: a stack moves from dynamic resources, and secrets and outputs are those of the provider",
  (kind) => {
    const { aliases, properties } = resource(kind);
    expect(aliases).toEqual([{ type: typeOf(kind) }]);
    expect(namesWith(properties, "secret")).toEqual(lifecycleOf(kind).secretOutputs);
    // What no input declares, the API chooses: a preview of a create shows it as unknown.
    const { inputProperties } = resource(kind);
    const undeclared = Object.keys(properties).filter((name) => !(name in inputProperties));
    expect(lifecycleOf(kind).computedOutputs).toEqual(expect.arrayContaining(undeclared));
    expect(Object.keys(properties)).toEqual(expect.arrayContaining([...lifecycleOf(kind).computedOutputs]));
  },
);

test("marks the management key as secret, in the configuration and in a Provider", () => {
  expect(namesWith(schema.config.variables, "secret")).toEqual(["managementKey"]);
  expect(namesWith(schema.provider.inputProperties, "secret")).toEqual(["managementKey"]);
});

test("names the inputs that replace a resource, and those that it needs", () => {
  const both = KINDS.map((kind) => {
    const { inputProperties, requiredInputs } = resource(kind);
    return [kind, namesWith(inputProperties, "willReplaceOnChanges").sort(), requiredInputs];
  });
  expect(both).toEqual([
    ["InferenceKey", ["creatorUserId", "expiresAt", "externalUser", "keepers"], []],
    ["Guardrail", ["workspaceId"], []],
    ["GuardrailAssignments", ["guardrailId"], ["guardrailId"]],
    ["GuardrailKeyAssignment", ["guardrailId", "keyHash"], ["guardrailId", "keyHash"]],
    ["GuardrailMemberAssignment", ["guardrailId", "userId"], ["guardrailId", "userId"]],
  ]);
});

test("describes everything for programs in all languages", () => {
  const descriptions = [...text.matchAll(/"description": "(.*)"/g)].map(([, description = ""]) => description);
  expect(descriptions.length).toBeGreaterThan(100);
  // Names of interfaces, code and types of TypeScript.
  expect(descriptions.filter((each) => /\w+Args\b|\bnew openrouter|=>|```/.test(each))).toEqual([]);
});
