import * as path from "node:path";
import type * as TypeScript from "typescript";

export type Compiler = typeof TypeScript;

/** What a user's own TypeScript is called when it is installed; "vendored" is the one that Pulumi falls back to. */
export type Version = "6" | "5" | "vendored";

export function compiler(version: Version): Compiler {
  const names: Record<Version, string> = {
    "6": "typescript",
    "5": "typescript-5",
    vendored: "@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js",
  };
  return require(names[version]) as Compiler;
}

/** A program in the directory of a user, and the errors that its compiler has for one file. */
export interface Checked {
  program: TypeScript.Program;
  /** Each as `<file>:<line>: TS<code> <message>`. */
  errorsIn(file: string): string[];
  /** The declarations of our package below a folder of dist that the program led to. */
  declarations(below: RegExp): string[];
}

/** Checks files as `tsc` in their directory would, with options written as in tsconfig.json. */
export function check(ts: Compiler, directory: string, json: object, files: readonly string[]): Checked {
  const { options, errors } = ts.convertCompilerOptionsFromJson({ noEmit: true, types: ["node"], ...json }, directory);
  if (errors.length > 0) throw new Error(errors.map((error) => textOf(ts, error)).join("\n"));
  const host: TypeScript.CompilerHost = { ...ts.createCompilerHost(options), getCurrentDirectory: () => directory };
  const program = ts.createProgram([...files], options, host);
  const errorsOf = (source: TypeScript.SourceFile | undefined) => {
    if (!source) return ["is not part of the program"];
    const all = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return all.map((error) => textOf(ts, error));
  };
  const names = program.getSourceFiles().map(({ fileName }) => fileName);
  const ours = names.filter((name) => /pulumi-openrouter\/dist\//.test(name));
  return {
    program,
    declarations: (below) => ours.filter((name) => below.test(name)),
    errorsIn: (file) => errorsOf(program.getSourceFile(file)),
  };
}

function textOf(ts: Compiler, { file, start = 0, code, messageText }: TypeScript.Diagnostic): string {
  const place = file ? `${path.basename(file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}` : "";
  return `${place}: TS${code} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}
