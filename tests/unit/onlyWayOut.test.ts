/** Nothing goes around the gates: what the provider process prints, and what the classes tell a program. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk";
import { rejection } from "../../sdk/texts";
import { waysRound } from "../support/waysRound";
import { installIn, mockedProgram, removeProgram } from "./support/mockedPulumi";
import { KEY } from "./support/samples";

/** `pulumi.log`, and the errors whose text Pulumi prints. */
const TELLS_A_PROGRAM = /^(log|\w*Error)$/;
/** Sets where stack traces begin, and writes none. */
const HARMLESS = ["dynamicResource.ts: Error", "dynamicResource.ts: error"];

function found(room: string, more?: RegExp): string[] {
  const root = resolve(__dirname, "../..", room);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => {
    // The test engine stands for Pulumi's command, which prints.
    return name.endsWith(".ts") && !name.startsWith("testing");
  });
  return files.flatMap((name) => waysRound(name, readFileSync(join(root, name), "utf8"), more));
}

test("the provider prints in one place, which gates", () => {
  expect(found("provider")).toEqual(["dynamic/process.ts: console"]);
});

test("the classes tell a program something in one place, which gates", () => {
  const all = found("sdk", TELLS_A_PROGRAM).filter((place) => !HARMLESS.includes(place));
  expect(all.filter((place) => !place.startsWith("texts.ts: "))).toEqual([]);
  expect(new Set(all)).toEqual(new Set(["texts.ts: RunError", "texts.ts: log"]));
});

test.each([
  "pulumi.log.warn(name)",
  'pulumi["log"].info(name)',
  "new RunError(name)",
  "new pulumi.InputPropertyError(x)",
])("%s is seen", (code) => {
  expect(waysRound("some.ts", code, TELLS_A_PROGRAM)).toHaveLength(1);
});

describe("what a program passes", () => {
  let warn: jest.SpyInstance;
  let directory: string;

  beforeEach(() => {
    ({ directory } = mockedProgram());
    installIn(directory);
    warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  });
  afterEach(() => removeProgram(directory));

  const saidOf = async (allowedModels: openrouter.GuardrailArgs["allowedModels"]): Promise<string> => {
    new openrouter.Guardrail("safe", { allowedModels });
    await pulumi.runtime.disconnect();
    return String(warn.mock.calls[0]?.[0]);
  };

  test("is in a refusal without a key and on one line", () => {
    expect(rejection(`a ${KEY}\n::error::\u001b[2Jb`).message).toBe("a [secret] ::error::b");
  });

  test("is in a warning without a key and on one line", async () => {
    expect(await saidOf([`a ${KEY}\n::x`, `a ${KEY}\n::x`])).toBe("allowedModels names a [secret] ::x more than once");
  });

  test("is in no warning if it is secret", async () => {
    expect(await saidOf(pulumi.secret(["acme/hidden", "acme/hidden"]))).toBe(
      "allowedModels names a model more than once",
    );
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
