/** Runs `adopt` on a simulated account, and reads the program that it writes. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adoptCommand } from "../../../cli/adopt/command";
import type { Kind } from "../../../formats/typeTokens";
import { compiler } from "../../package/support/compiler";
import { credentials, eachTestOnASimulator } from "./account";
import { type Run, run } from "./terminal";

/** A resource of the program. */
interface Declared {
  kind: string;
  name: string;
  args: Record<string, unknown>;
}

const KINDS: readonly Kind[] = [
  ...(["InferenceKey", "Guardrail", "GuardrailAssignments"] as const),
  ...(["GuardrailKeyAssignment", "GuardrailMemberAssignment"] as const),
];

let folder: string;

/** A fresh account and an empty folder for each test of the file. */
export function eachTestAdopts() {
  const simulator = eachTestOnASimulator();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-adopt-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const adopt = (...args: string[]): Promise<Run> => adoptWith("", ...args);
  /** With standard input. */
  const adoptWith = (input: string, ...args: string[]): Promise<Run> =>
    run(adoptCommand, ["--out", inFolder("index.ts"), ...args], { env: credentials(simulator()), input });
  return { simulator, adopt, adoptWith };
}

export function inFolder(name: string): string {
  return join(folder, name);
}

export function programSource(): string {
  return readFileSync(inFolder("index.ts"), "utf8");
}

/** Runs the program with classes that only remember their arguments. */
export function declared(): Declared[] {
  const ts = compiler("6");
  const { outputText } = ts.transpileModule(programSource(), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const all: Declared[] = [];
  const classes = KINDS.map((kind) => {
    const remember = function (this: { id: string }, name: string, args: Declared["args"]) {
      this.id = `the id of ${kind} ${name}`;
      all.push({ kind, name, args });
    };
    return [kind, remember];
  });
  new Function("require", "exports", outputText)(() => Object.fromEntries(classes), {});
  return all;
}

/** The arguments of each set of assignments, by its name. */
export function declaredSets(): Record<string, Declared["args"]> {
  const sets = declared().filter(({ kind }) => kind === "GuardrailAssignments");
  return Object.fromEntries(sets.map(({ name, args }) => [name, args]));
}

/** The input `name` of each resource of a kind. */
export function declaredNames(kind: string): unknown[] {
  return declared()
    .filter((each) => each.kind === kind)
    .map(({ args }) => args.name);
}
