import { execFileSync } from "node:child_process";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk";
import { installIn, mockedProgram, removeProgram } from "./support/mockedPulumi";

let directory: string;
let failed: { refusals: Record<string, string[]>; registered: string[] };

beforeAll(() => {
  ({ directory } = mockedProgram());
});
afterAll(() => removeProgram(directory));

test("a program that can't resolve the package is told what to install", () => {
  const make = () => new openrouter.InferenceKey("ci");
  expect(make).toThrow(pulumi.RunError);
  expect(make).toThrow(
    /^InferenceKey "ci": the package pulumi-openrouter is not installed in .*Run npm install pulumi-openrouter there/,
  );
});

describe("what fails inside an output ends the program with a RunError, which Pulumi prints at once", () => {
  beforeAll(() => {
    installIn(directory);
    const support = path.join(__dirname, "support");
    const hook = path.join(support, "typescript.cjs");
    const program = path.join(support, "failingPrograms.ts");
    failed = JSON.parse(execFileSync(process.execPath, ["-r", hook, program], { cwd: directory, encoding: "utf8" }));
  });

  test.each([
    ["NaN as a limit", /limit: must be a finite number$/],
    ["NaN as an output", /limit: must be a finite number$/],
    ["NaN as a promise", /limit: must be a finite number$/],
    ["Infinity as a budget", /limitUsd: must be a finite number$/],
    ["an invalid Date as an output", /expiresAt: must be a valid Date$/],
  ])("%s", (program, refusal) => {
    const said = failed.refusals[program] ?? [];
    expect(said).not.toEqual([]);
    for (const each of said) {
      expect(each).toMatch(/^RunError: /);
      expect(each).toMatch(refusal);
    }
  });

  test("two assignments of one key, with the names of both", () => {
    const said = failed.refusals["two assignments of one key"] ?? [];
    expect(said).not.toEqual([]);
    for (const each of said) {
      expect(each).toMatch(/^RunError: .*GuardrailKeyAssignment "first" and "second" assign the same key\./);
    }
  });

  test("and nothing of it reaches the engine, while what is well does", () => {
    expect(failed.refusals["two assignments of two keys"]).toEqual([]);
    expect(failed.registered.sort()).toEqual(["first", "fourth", "third"]);
  });
});
