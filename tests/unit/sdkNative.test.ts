/** What the classes register with the engine in a program that imports `pulumi-openrouter/native`. */
import type * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk/native/index";
import { known, mockedProgram, type Registered, removeProgram } from "./support/mockedPulumi";
import { HASH } from "./support/samples";

let registered: Registered[];
let directory: string;
// The package is not installed in the program's directory: an installed plugin needs no node_modules.
beforeAll(() => {
  ({ registered, directory } = mockedProgram());
});
afterAll(() => removeProgram(directory));
beforeEach(() => {
  registered.length = 0;
});

async function registrationOf(resource: pulumi.Resource): Promise<Registered | undefined> {
  await known(resource.urn);
  return registered[0];
}

test("registers a resource of the plugin, without the code of the dynamic provider", async () => {
  const key = await registrationOf(new openrouter.InferenceKey("ci", { limit: 5 }));
  expect(key).toMatchObject({
    type: "openrouter:index:InferenceKey",
    inputs: { name: "shop/prod/ci", __defaultName: true, limit: 5 },
  });
  expect(key?.inputs).not.toHaveProperty("__provider");
});

test("accepts the option `import`", async () => {
  const imported = new openrouter.InferenceKey("old", { name: "old" }, { import: HASH });
  expect((await registrationOf(imported))?.type).toBe("openrouter:index:InferenceKey");
});

test("registers a Provider of the plugin, with plain names and a secret key", async () => {
  const args = { managementKey: "own", baseUrl: "https://eu.example", deleteOrphans: true };
  const provider = await registrationOf(new openrouter.Provider("emea", args));
  expect(provider?.type).toBe("pulumi:providers:openrouter");
  const { managementKey, ...inputs } = provider?.inputs ?? {};
  expect(JSON.stringify(managementKey)).toMatch(/1b47061264138c4ac30d75fd1eb44270.*own/);
  expect(inputs).toEqual({ baseUrl: "https://eu.example", deleteOrphans: "true" });
});
