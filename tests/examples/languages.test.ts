/** The examples in YAML and Python have only types, inputs, outputs and functions of plugin/schema.json. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const root = resolve(__dirname, "../..");
const examples = join(root, "examples");

interface Spec {
  type?: string;
  items?: Spec;
}
interface Inputs {
  properties: Record<string, Spec>;
  required: readonly string[];
}
interface Schema {
  resources: Record<
    string,
    { inputProperties: Inputs["properties"]; requiredInputs: string[]; properties: Record<string, Spec> }
  >;
  functions: Record<string, { inputs?: Inputs; outputs: Inputs }>;
}
const schema: Schema = JSON.parse(readFileSync(join(root, "plugin/schema.json"), "utf8"));

/** A resource or a function of the schema. */
interface Member {
  inputs: Inputs;
  outputs: readonly string[];
}

function member(type: string): Member | undefined {
  const token = type.replace(/^openrouter:(?=\w+$)/, "openrouter:index:");
  const [resource, call] = [schema.resources[token], schema.functions[token]];
  if (resource) {
    const inputs = { properties: resource.inputProperties, required: resource.requiredInputs };
    return { inputs, outputs: ["id", ...Object.keys(resource.properties)] };
  }
  const { inputs = { properties: {}, required: [] }, outputs } = call ?? {};
  return outputs && { inputs, outputs: Object.keys(outputs.properties) };
}

/** What is wrong with the use of a resource or a function. */
function problems(type: string, given: Record<string, unknown>): string[] {
  const found = member(type);
  if (!found) return [`${type}: not in the schema`];
  const { properties, required } = found.inputs;
  return [
    ...required.filter((name) => !(name in given)).map((name) => `${type}.${name}: missing`),
    ...Object.entries(given)
      .filter(([name, value]) => !properties[name] || !fits(properties[name], value))
      .map(([name]) => `${type}.${name}: not an input of this type`),
  ];
}

/** An output of another resource is checked by its name. */
function fits({ type, items }: Spec, value: unknown): boolean {
  if (typeof value === "string" && value.startsWith("$")) return true;
  if (type === "array") return Array.isArray(value) && items !== undefined && value.every((item) => fits(items, item));
  return typeof value === type;
}

interface YamlProgram {
  variables: Record<string, { "fn::invoke": { function: string; arguments: Record<string, unknown> } }>;
  resources: Record<string, { type: string; properties: Record<string, unknown> }>;
}

function yamlProblems(text: string): string[] {
  const { variables, resources }: YamlProgram = parse(text);
  const invokes = Object.entries(variables).map(([name, value]) => [name, value["fn::invoke"]] as const);
  const types = new Map([
    ...invokes.map(([name, invoke]) => [name, invoke.function] as const),
    ...Object.entries(resources).map(([name, { type }]) => [name, type] as const),
  ]);
  const references = [...text.matchAll(/\$\{([\w-]+)\.(\w+)\}/g)];
  return [
    ...invokes.flatMap(([, invoke]) => problems(invoke.function, invoke.arguments)),
    ...Object.values(resources).flatMap(({ type, properties }) => problems(type, properties)),
    ...references
      .filter(([, name = "", output = ""]) => !member(types.get(name) ?? "")?.outputs.includes(output))
      .map(([, name, output]) => `${name}.${output}: no such output`),
  ];
}

describe("the YAML example", () => {
  const text = readFileSync(join(examples, "yaml/Pulumi.yaml"), "utf8");

  test("has only what the schema has", () => {
    expect(text.match(/openrouter:\w+$/gm)).toHaveLength(4);
    expect(yamlProblems(text)).toEqual([]);
  });

  test.each([
    ["openrouter:InferenceKey", "openrouter:ApiKey", "openrouter:ApiKey: not in the schema"],
    ["openrouter:getWorkspace", "openrouter:findWorkspace", "openrouter:findWorkspace: not in the schema"],
    ["limitReset:", "limit_reset:", "openrouter:InferenceKey.limit_reset: not an input of this type"],
    ["limit: 25", "limit: a lot", "openrouter:InferenceKey.limit: not an input of this type"],
    ["slug: default", "id: default", "openrouter:getWorkspace.id: not an input of this type"],
    ["{ci.key}", "{ci.secret}", "ci.secret: no such output"],
  ])("would show a wrong %s", (right, wrong, problem) => {
    expect(yamlProblems(text.replace(right, wrong))).toContain(problem);
  });
});

/** The calls of the module `openrouter` in a Python program: name and arguments, `$` for one that is not a literal. */
const CALLS = `
import ast, json, sys

def value(node):
    if isinstance(node, ast.List):
        return [value(item) for item in node.elts]
    return node.value if isinstance(node, ast.Constant) else "$"

calls = [
    [node.func.attr, {keyword.arg: value(keyword.value) for keyword in node.keywords}]
    for node in ast.walk(ast.parse(sys.stdin.read()))
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("openrouter.")
]
print(json.dumps(calls))
`;

function pythonProblems(program: string): string[] {
  const { stdout, stderr } = spawnSync("python3", ["-c", CALLS], { input: program, encoding: "utf8" });
  if (stderr !== "") throw new Error(stderr);
  const calls: [string, Record<string, unknown>][] = JSON.parse(stdout);
  return calls.flatMap(([name, given]) => {
    const inputs = Object.entries(given).map(([input, value]) => [camelCase(input), value]);
    return problems(`openrouter:${camelCase(name)}`, Object.fromEntries(inputs));
  });
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const withPython = spawnSync("python3", ["--version"]).status === 0 ? describe : describe.skip;

withPython("the Python example", () => {
  const text = readFileSync(join(examples, "python/__main__.py"), "utf8");

  test("has only what the schema has", () => {
    expect(text.match(/openrouter\.\w+\(/g)).toHaveLength(4);
    expect(pythonProblems(text)).toEqual([]);
  });

  test.each([
    ["InferenceKey(", "ApiKey(", "openrouter:ApiKey: not in the schema"],
    ["limit_usd=", "limit=", "openrouter:Guardrail.limit: not an input of this type"],
    ["limit=25", 'limit="25"', "openrouter:InferenceKey.limit: not an input of this type"],
  ])("would show a wrong %s", (right, wrong, problem) => {
    expect(pythonProblems(text.replace(right, wrong))).toContain(problem);
  });
});
