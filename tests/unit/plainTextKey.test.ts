/** A management key that stands in plain text in the stack configuration. */
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk";
import { installIn, mockedProgram, removeProgram } from "./support/mockedPulumi";

const KEY = "openrouter:managementKey";
const VALUE = "sk-or-v1-in-plain-text";

let warn: jest.SpyInstance;
let directory: string;

beforeEach(() => {
  ({ directory } = mockedProgram());
  installIn(directory);
  warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
});
afterEach(() => {
  pulumi.runtime.setAllConfig({});
  removeProgram(directory);
});

/** A run of a program with two resources, told from others by its stack. */
function run(): void {
  const stack = {} as ReturnType<typeof pulumi.runtime.getStackResource>;
  jest.spyOn(pulumi.runtime, "getStackResource").mockReturnValue(stack);
  new openrouter.InferenceKey("one");
  new openrouter.Guardrail("two");
}

test("gets one warning in each run of a program, which says what to do and not what the key is", () => {
  pulumi.runtime.setAllConfig({ [KEY]: VALUE });
  run();
  run();
  const messages = warn.mock.calls.map(([message]) => message);
  expect(messages).toHaveLength(2);
  for (const message of messages) {
    expect(message).toMatch(/plain text.*pulumi config set --secret openrouter:managementKey/s);
    expect(message).not.toContain(VALUE);
  }
});

test("gets none when it is a secret, or when there is none", () => {
  run();
  pulumi.runtime.setAllConfig({ [KEY]: "" });
  run();
  pulumi.runtime.setAllConfig({ [KEY]: VALUE }, [KEY]);
  run();
  expect(warn).not.toHaveBeenCalled();
});
