import { execFileSync } from "node:child_process";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk";
import { installIn, mockedProgram, removeProgram } from "./support/mockedPulumi";

let directory: string;
let result: { errors: Record<string, string[]>; registered: string[] };

beforeAll(() => {
  ({ directory } = mockedProgram());
});
afterAll(() => removeProgram(directory));

test("names the package to install when a program can't resolve the package", () => {
  const make = () => new openrouter.InferenceKey("ci");
  expect(make).toThrow(pulumi.RunError);
  expect(make).toThrow(
    /^InferenceKey "ci": the package pulumi-openrouter is not installed in .*Run npm install pulumi-openrouter there/,
  );
});

describe("a program that fails inside an output", () => {
  beforeAll(() => {
    installIn(directory);
    const support = path.join(__dirname, "support");
    const hook = path.join(support, "typescript.cjs");
    const program = path.join(support, "failingPrograms.ts");
    result = JSON.parse(execFileSync(process.execPath, ["-r", hook, program], { cwd: directory, encoding: "utf8" }));
  });

  test.each([
    ["NaN as a limit", /limit: must be a finite number$/],
    ["NaN as an output", /limit: must be a finite number$/],
    ["NaN as a promise", /limit: must be a finite number$/],
    ["Infinity as a budget", /limitUsd: must be a finite number$/],
    ["an invalid Date as an output", /expiresAt: must be a valid Date$/],
    ["a look-up with a secret argument", /with the name \[secret\]: this account has none\.$/],
  ])("ends with a RunError, which Pulumi prints, for %s", (program, expected) => {
    const messages = result.errors[program] ?? [];
    expect(messages).not.toEqual([]);
    for (const each of messages) {
      expect(each).toMatch(/^RunError: /);
      expect(each).toMatch(expected);
    }
  });

  test("ends with the names of both resources when two assign one key", () => {
    const messages = result.errors["two assignments of one key"] ?? [];
    expect(messages).not.toEqual([]);
    for (const each of messages) {
      expect(each).toMatch(/^RunError: .*GuardrailKeyAssignment "first" and "second" assign the same key\./);
    }
  });

  test("registers nothing of it, but every valid resource", () => {
    expect(result.errors["two assignments of two keys"]).toEqual([]);
    expect(result.registered.sort()).toEqual(["first", "fourth", "third"]);
  });
});
