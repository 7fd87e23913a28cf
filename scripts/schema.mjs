// Writes plugin/schema.json, the native provider's types for all languages, from the classes and doc comments of sdk/: `npm run docs`.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { declared, docOf, exported, isProperty, lookUps } from "./publicTypes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The release names the GitHub repository that has its archives, as OWNER/NAME. */
const [folder = path.join(root, "plugin"), repository] = process.argv.slice(2);
const { name, version, license, keywords } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
/** @typedef {import("typescript").PropertySignature | import("typescript").PropertyDeclaration} Property */

const TOKEN = "openrouter:index:";
/** Doc comments of inputs say it. */
const REPLACES = /\*\*(a|any) change replaces/i;
/** Outputs of the classes that are another name for the id. */
const ALIASES_OF_ID = ["InferenceKey.hash", "Guardrail.guardrailId"];

const kinds = [...exported.keys()].filter((kind) => exported.has(`${kind}Args`) && kind !== "Provider");
/** @type {Map<string, object>} */
const types = new Map();

const resources = Object.fromEntries(kinds.map((kind) => [TOKEN + kind, resource(kind)]));
const functions = Object.fromEntries(lookUps.map((each) => [TOKEN + each.name?.text, lookUp(each)]));
const configuration = properties(membersOf("ProviderArgs"), ["managementKey"]);
const schema = {
  name: "openrouter",
  displayName: "OpenRouter",
  version,
  description: "OpenRouter inference keys, guardrails and their assignments",
  keywords: [...keywords, "category/infrastructure", "kind/native"],
  license,
  publisher: name,
  ...(repository ? { pluginDownloadURL: `github://api.github.com/${repository}` } : {}),
  config: { variables: configuration.properties },
  provider: { description: textOf(declared("Provider")), inputProperties: configuration.properties },
  types: Object.fromEntries(types),
  resources,
  functions,
  language: {
    nodejs: { packageName: "pulumi-openrouter/native" },
    python: { packageName: "pulumi_openrouter", respectSchemaVersion: true, pyproject: { enabled: true } },
    go: { importBasePath: "pulumi-openrouter/sdk/go/openrouter", respectSchemaVersion: true },
  },
};
writeFileSync(path.join(folder, "schema.json"), `${JSON.stringify(schema, null, 2)}\n`);

/** @param {string} kind */
function resource(kind) {
  const inputs = properties(membersOf(`${kind}Args`));
  const outputs = properties(membersOf(kind), kind === "InferenceKey" ? ["key"] : []);
  return {
    description: textOf(declared(kind)),
    properties: mapValues(outputs.properties, (spec, name) =>
      // The doc comment of the output only refers to that of the input.
      spec.description.startsWith("See ") ? { ...spec, description: inputs.properties[name]?.description } : spec,
    ),
    required: outputs.required,
    inputProperties: mapValues(inputs.properties, (spec) =>
      REPLACES.test(spec.description) ? { ...spec, willReplaceOnChanges: true } : spec,
    ),
    // The name has a default.
    requiredInputs: outputs.required.filter((name) => name !== "name" && name in inputs.properties),
    // A stack that used the dynamic provider keeps its objects.
    aliases: [{ type: `pulumi-nodejs:dynamic/openrouter:${kind}` }],
  };
}

/** The doc comment without its example, which is in TypeScript. @param {import("typescript").Node} node */
function textOf(node) {
  return docOf(node).replaceAll(/\n*```ts\n.*?\n```/gs, "");
}

/**
 * @template Value
 * @param {Record<string, Value>} record
 * @param {(value: Value, name: string) => object} change
 */
function mapValues(record, change) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

/** @param {import("typescript").FunctionDeclaration} declaration */
function lookUp(declaration) {
  const { parameters, type } = declaration;
  const args = parameters.map((parameter) => parameter.type?.getText() ?? "").find((name) => exported.has(name));
  const [result] = type && ts.isTypeReferenceNode(type) ? (type.typeArguments ?? []) : [];
  return {
    description: docOf(declaration),
    ...(args ? { inputs: { type: "object", ...properties(membersOf(args)) } } : {}),
    outputs: { type: "object", ...properties(membersOf(result?.getText() ?? "")) },
  };
}

/** The inputs of an interface, or the outputs of a class. Resources as inputs are for TypeScript only. @param {string} name */
function membersOf(name) {
  const members = [...declared(name).members].filter((member) => isProperty(member));
  const isAlias = (/** @type {Property} */ member) => ALIASES_OF_ID.includes(`${name}.${member.name.getText()}`);
  return members.filter((member) => !isAlias(member) && !kinds.includes(member.type?.getText() ?? ""));
}

/** @param {Property[]} members @param {readonly string[]} secrets */
function properties(members, secrets = []) {
  const specs = members.map((member) => {
    const name = member.name.getText();
    const secret = secrets.includes(name) ? { secret: true } : {};
    return [name, { ...spec(member.type), description: docOf(member), ...secret }];
  });
  const required = members.filter(
    (member) => !member.questionToken && !/\bundefined\b/.test(member.type?.getText() ?? ""),
  );
  return { properties: Object.fromEntries(specs), required: required.map((member) => member.name.getText()) };
}

/** The type without `Input`, `Output` and `undefined`. @param {import("typescript").TypeNode | undefined} node @returns {object} */
function spec(node) {
  if (!node) throw new Error("schema: a property without a type");
  if (ts.isUnionTypeNode(node)) return spec(node.types.find((each) => each.kind !== ts.SyntaxKind.UndefinedKeyword));
  if (ts.isLiteralTypeNode(node) || node.kind === ts.SyntaxKind.StringKeyword) return { type: "string" };
  if (node.kind === ts.SyntaxKind.NumberKeyword) return { type: "number" };
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return { type: "boolean" };
  if (ts.isArrayTypeNode(node)) return { type: "array", items: spec(node.elementType) };
  if (!ts.isTypeReferenceNode(node)) throw new Error(`schema: no form for the type ${node.getText()}`);
  const [first, second] = node.typeArguments ?? [];
  const name = node.typeName.getText();
  if (name === "pulumi.Input" || name === "pulumi.Output") return spec(first);
  if (name === "Record") return { type: "object", additionalProperties: spec(second) };
  return { $ref: `#/types/${typeToken(name)}` };
}

/** Notes the object type, which inputs and outputs share. @param {string} name */
function typeToken(name) {
  const own = name.replace(/Result$/, "");
  types.set(TOKEN + own, { type: "object", description: docOf(declared(own)), ...properties(membersOf(own)) });
  return TOKEN + own;
}
