import * as fs from "node:fs";
import * as path from "node:path";
import { anyTypes, anyWords } from "./support/anyTypes";
import { type Checked, check, compiler, type Version } from "./support/compiler";
import { npmLayout, pnpmLayout } from "./support/layouts";
import { filesOf, pack, temporaryFolder } from "./support/pack";
import { copyProgram, runProgram } from "./support/run";

const temporary = temporaryFolder();
let npm: string;
let pnpm: string;

beforeAll(() => {
  const packed = pack(temporary);
  npm = npmLayout(packed, path.join(temporary, "npm"));
  const direct = ["@pulumi/pulumi", "@types/node", "openrouter-team", "pulumi-openrouter"];
  pnpm = pnpmLayout(packed, path.join(temporary, "pnpm"))("program", direct);
});

afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }));

/** The compiler options of Pulumi's templates. */
const template = { strict: true, target: "ES2020", noFallthroughCasesInSwitch: true, noImplicitReturns: true };
const nodenext = { ...template, module: "nodenext", moduleResolution: "nodenext" };
const bundler = { ...template, module: "esnext", moduleResolution: "bundler" };
const strictest = {
  ...{ ...nodenext, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true },
  ...{ noPropertyAccessFromIndexSignature: true, isolatedModules: true, verbatimModuleSyntax: true },
};
/** The options that Pulumi's run.js passes to its vendored compiler without a tsconfig.json. */
const fallback = { target: "ES2020", module: "commonjs", moduleResolution: "node", sourceMap: true };

type Setup = [what: string, version: Version, options: object, extension: "ts" | "cts" | "mts"];
const setups: Setup[] = [
  ["TypeScript 6, nodenext, ES module", "6", strictest, "mts"],
  ["TypeScript 6, nodenext, CommonJS", "6", nodenext, "cts"],
  ["TypeScript 6, bundler", "6", bundler, "ts"],
  ["TypeScript 5, nodenext, ES module", "5", nodenext, "mts"],
  ["TypeScript 5, bundler", "5", bundler, "ts"],
  ["TypeScript 3.8.3, Pulumi's fallback", "vendored", fallback, "ts"],
  ["TypeScript 3.8.3, Pulumi's fallback, strict", "vendored", { ...fallback, strict: true }, "ts"],
];

/** Statements that a compiler must reject, and the error code. */
const mistakes: [mistake: string, statement: string, error: string][] = [
  ["a limit that is a string", 'new openrouter.InferenceKey("a", { limit: "5" });', "TS2322"],
  ["an unknown interval", 'new openrouter.InferenceKey("a", { limitReset: "yearly" });', "TS2322"],
  ["an expiry that is a number", 'new openrouter.InferenceKey("a", { expiresAt: 5 });', "TS2322"],
  ["an unknown input", 'new openrouter.InferenceKey("a", { limits: 5 });', "TS2345|TS2561"],
  ["a keeper that is an object", 'new openrouter.InferenceKey("a", { keepers: { a: {} } });', "TS2322"],
  ["an output of a different type", 'new openrouter.InferenceKey("a", { limit: safe.id });', "TS2322"],
  ["a list that is a string", 'new openrouter.Guardrail("a", { allowedModels: "openai/gpt-4o" });', "TS2322"],
  ["an unknown action", 'new openrouter.Guardrail("a", { contentFilters: [{ pattern: "", action: "x" }] });', "TS2322"],
  ["a missing key", 'new openrouter.GuardrailKeyAssignment("a", { guardrailId: "" });', "TS2345"],
  ["a missing member", 'new openrouter.GuardrailMemberAssignment("a", { guardrailId: "" });', "TS2345"],
  ["no inputs for an assignment", 'new openrouter.GuardrailKeyAssignment("a");', "TS2554"],
  ["a management key that is a number", 'new openrouter.Provider("a", { managementKey: 5 });', "TS2322"],
  ["get without an id", 'openrouter.Guardrail.get("a");', "TS2554"],
  ["an output used as a value", "export const text: string = safe.name;", "TS2322"],
  ["an output used as a different type", "export const output: pulumi.Output<number> = safe.name;", "TS2322"],
  ["a change of an output", "safe.name = pulumi.output(5);", "TS2540"],
  ["the base class", "export type Base = openrouter.DynamicResource;", "TS2694"],
];

const head = [
  'import * as pulumi from "@pulumi/pulumi";',
  'import * as openrouter from "pulumi-openrouter";',
  'export const safe = new openrouter.Guardrail("safe", { name: pulumi.output("safe") });',
].join("\n");

const components = `
import { Team } from "openrouter-team";
import * as openrouter from "pulumi-openrouter";
const team = new Team("search", { limit: 10, models: ["openai/gpt-4o-mini"] });
export const key: openrouter.InferenceKey = team.key;
new openrouter.GuardrailMemberAssignment("ada", { guardrailId: team.guardrail.id, userId: "user_ada" });
`;

/** The declarations of each entry. */
const entries: [entry: string, below: RegExp][] = [
  ["pulumi-openrouter", /dist\/sdk\/\w+\.d\.ts$/],
  ["pulumi-openrouter/dynamic", /dist\/provider\//],
  ["pulumi-openrouter/testing", /dist\/testing\//],
];

describe.each(setups)("%s", (_, version, options, extension) => {
  let checked: Checked;
  let folder: string;
  const file = (name: string) => path.join(folder, `${name}.${extension}`);

  beforeAll(() => {
    // One setup in the strict layout is enough: TypeScript follows links like Node.
    folder = options === strictest ? pnpm : npm;
    copyProgram("everything.ts", folder, `everything.${extension}`);
    const sources: Record<string, string> = { components, "mistake-none": head };
    for (const [entry] of entries) sources[path.basename(entry)] = `import * as all from "${entry}"; export { all };`;
    for (const [index, [, statement]] of mistakes.entries()) sources[`mistake-${index}`] = `${head}\n${statement}\n`;
    for (const [name, text] of Object.entries(sources)) fs.writeFileSync(file(name), text);
    checked = check(compiler(version), folder, options, ["everything", ...Object.keys(sources)].map(file));
  });

  it("accepts a program with all resources, inputs and outputs", () => {
    expect(checked.errorsIn(file("everything"))).toEqual([]);
    expect(checked.errorsIn(file("mistake-none"))).toEqual([]);
  });

  it("accepts a program with a component library", () => {
    expect(checked.errorsIn(file("components"))).toEqual([]);
  });

  it.each(entries)("finds no error in the declarations of %s, without skipLibCheck", (entry, below) => {
    expect(checked.errorsIn(file(path.basename(entry)))).toEqual([]);
    expect(checked.declarations(below)).not.toEqual([]);
    expect(checked.declarations(below).flatMap(checked.errorsIn)).toEqual([]);
  });

  it.each(mistakes.map(([mistake, , error], index) => ({ mistake, error, index })))("rejects $mistake", (row) => {
    const errors = checked.errorsIn(file(`mistake-${row.index}`));
    expect(errors.map((error) => /:(\d+): TS/.exec(error)?.[1])).toEqual(["4"]);
    expect(errors[0]).toMatch(new RegExp(row.error));
  });
});

it("compiles and runs a program without its own TypeScript through Pulumi's fallback", () => {
  copyProgram("everything.ts", npm);
  const registered = runProgram(npm, "fallback.cjs");
  expect(registered.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/openrouter:"))).toHaveLength(11);
});

describe("the published declarations", () => {
  it("contain no any", () => {
    const dist = path.join(npm, "node_modules", "pulumi-openrouter", "dist");
    const declarations = filesOf(dist).filter((name) => name.endsWith(".d.ts"));
    const words = (name: string) => anyWords(compiler("6"), name, fs.readFileSync(path.join(dist, name), "utf8"));
    expect(declarations.flatMap(words)).toEqual([]);
  });

  it.each(entries)("of %s have no type that resolves to any", (entry) => {
    const file = path.join(pnpm, "entry.cts");
    fs.writeFileSync(file, `export * from "${entry}";`);
    const { program } = check(compiler("6"), pnpm, nodenext, [file]);
    const source = program.getSourceFile(file);
    if (!source) throw new Error("the entry is not part of the program");
    const { exports, found } = anyTypes(compiler("6"), program, source);
    expect(exports).not.toEqual([]);
    expect(found).toEqual([]);
  });
});
