import * as path from "node:path";
import type * as TypeScript from "typescript";

export type Compiler = typeof TypeScript;

/** A TypeScript version; "vendored" is the one that Pulumi falls back to. */
export type Version = "6" | "5" | "vendored";

export function compiler(version: Version): Compiler {
  const names: Record<Version, string> = {
    "6": "typescript",
    "5": "typescript-5",
    vendored: "@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js",
  };
  return require(names[version]) as Compiler;
}

/** A type-checked program. */
export interface Checked {
  program: TypeScript.Program;
  /** Each as `<file>:<line>: TS<code> <message>`. */
  errorsIn(file: string): string[];
  /** The declarations of this package in a folder of dist that the program imports. */
  declarations(below: RegExp): string[];
}

/** Type-checks files like `tsc` in their directory, with the options of a tsconfig.json. */
export function check(ts: Compiler, directory: string, json: object, files: readonly string[]): Checked {
  const { options, errors } = ts.convertCompilerOptionsFromJson({ noEmit: true, types: ["node"], ...json }, directory);
  if (errors.length > 0) throw new Error(errors.map((error) => format(ts, error)).join("\n"));
  const host: TypeScript.CompilerHost = { ...ts.createCompilerHost(options), getCurrentDirectory: () => directory };
  const program = ts.createProgram([...files], options, host);
  const errorsOf = (source: TypeScript.SourceFile | undefined) => {
    if (!source) return ["is not part of the program"];
    const all = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return all.map((error) => format(ts, error));
  };
  const names = program.getSourceFiles().map(({ fileName }) => fileName);
  const ours = names.filter((name) => /pulumi-openrouter\/dist\//.test(name));
  return {
    program,
    declarations: (below) => ours.filter((name) => below.test(name)),
    errorsIn: (file) => errorsOf(program.getSourceFile(file)),
  };
}

function format(ts: Compiler, { file, start = 0, code, messageText }: TypeScript.Diagnostic): string {
  const position = file ? `${path.basename(file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}` : "";
  return `${position}: TS${code} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}
