/** Every message of the provider process and of the classes passes a gate. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk";
import { rejection } from "../../sdk/messages";
import { ungatedWrites } from "../support/ungatedWrites";
import { installIn, mockedProgram, removeProgram } from "./support/mockedPulumi";
import { KEY } from "./support/samples";

/** `pulumi.log`, and the errors that Pulumi prints. */
const MESSAGES = /^(log|\w*Error)$/;
/** These set the limit of stack traces, and print nothing. */
const HARMLESS = ["resource.ts: Error", "resource.ts: error"];

function found(room: string, more?: RegExp): string[] {
  const root = resolve(__dirname, "../..", room);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => {
    // The test engine stands for Pulumi's command, which prints.
    return name.endsWith(".ts") && !name.startsWith("testing");
  });
  return files.flatMap((name) => ungatedWrites(name, readFileSync(join(root, name), "utf8"), more));
}

test("prints in one gated place of the provider", () => {
  const port = "native/index.ts: stdout";
  expect(found("provider")).toEqual(["host/process.ts: console", port]);
});

test("shows messages to a program in one gated place of the classes", () => {
  const all = found("sdk", MESSAGES).filter((place) => !HARMLESS.includes(place));
  expect(all.filter((place) => !place.startsWith("messages.ts: "))).toEqual([]);
  expect(new Set(all)).toEqual(new Set(["messages.ts: RunError", "messages.ts: log"]));
});

test.each([
  "pulumi.log.warn(name)",
  'pulumi["log"].info(name)',
  "new RunError(name)",
  "new pulumi.InputPropertyError(x)",
])("detects %s", (code) => {
  expect(ungatedWrites("some.ts", code, MESSAGES)).toHaveLength(1);
});

describe("a value of the program", () => {
  let warn: jest.SpyInstance;
  let directory: string;

  beforeEach(() => {
    ({ directory } = mockedProgram());
    installIn(directory);
    warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  });
  afterEach(() => removeProgram(directory));

  const warningFor = async (allowedModels: openrouter.GuardrailArgs["allowedModels"]): Promise<string> => {
    new openrouter.Guardrail("safe", { allowedModels });
    await pulumi.runtime.disconnect();
    return String(warn.mock.calls[0]?.[0]);
  };

  test("is in an error on one line, without a key", () => {
    expect(rejection(`a ${KEY}\n::error::\u001b[2Jb`).message).toBe("a [secret] ::error::b");
  });

  test("is in a warning on one line, without a key", async () => {
    expect(await warningFor([`a ${KEY}\n::x`, `a ${KEY}\n::x`])).toBe(
      "allowedModels: contains a [secret] ::x more than once",
    );
  });

  test("is not in a warning when it is secret", async () => {
    expect(await warningFor(pulumi.secret(["acme/hidden", "acme/hidden"]))).toBe(
      "allowedModels: contains a model more than once",
    );
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
