/** What a program with the native provider gets from a look-up that fails, or that the engine can't make yet. */
import * as pulumi from "@pulumi/pulumi";
import { getKey, getKeys, getKeysOutput } from "../../sdk/native/index";
import { known, mockedProgram, removeProgram } from "./support/mockedPulumi";

let directory: string;
beforeAll(() => {
  ({ directory } = mockedProgram());
});
afterAll(() => removeProgram(directory));

test("fails with the provider's message alone, as with the dynamic provider", async () => {
  const message = 'look up an inference key with the name "ci": this account has none. Check the name.';
  jest
    .spyOn(pulumi.runtime, "invoke")
    .mockRejectedValue(new Error(`invocation of openrouter:index:getKey returned an error: ${message}`));
  await expect(getKey({ name: "ci" })).rejects.toMatchObject({ message, stack: "" });
});

describe("while a preview does not know the settings of the provider", () => {
  beforeEach(() => {
    jest.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(true);
    // The engine's answer for a provider that is not configured.
    jest.spyOn(pulumi.runtime, "invoke").mockResolvedValue({});
  });

  test("a promise fails with the next step", async () => {
    await expect(getKeys()).rejects.toThrow("getKeys: the settings of its provider are not known in a preview.");
  });

  test("an output is unknown", async () => {
    const { keys } = getKeysOutput();
    expect(await (keys as object as { isKnown: Promise<boolean> }).isKnown).toBe(false);
  });
});

test("returns what the engine returns", async () => {
  jest.spyOn(pulumi.runtime, "invoke").mockResolvedValue({ keys: [] });
  expect(await getKeys()).toEqual({ keys: [] });
  expect(await known(getKeysOutput())).toEqual({ keys: [] });
});
