/** What programs with the native provider register: aliases, with which they change the provider, and explicit providers. */
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk/native";
import { known, mockedProgram, type Registered, removeProgram } from "./support/mockedPulumi";

const FORMER = "pulumi-nodejs:dynamic/openrouter:InferenceKey";
const OWN = "openrouter:index:InferenceKey";
const urnOf = (type: string) => `urn:pulumi:prod::shop::shop:Team$${type}::old`;

let registered: Registered[];
let directory: string;

beforeAll(() => {
  ({ registered, directory } = mockedProgram());
});
afterAll(() => removeProgram(directory));

/** @param declared Aliases in the program. */
async function aliasesWith(declared?: pulumi.CustomResourceOptions["aliases"]): Promise<unknown[]> {
  registered.length = 0;
  await known(new openrouter.InferenceKey("ci", {}, declared ? { aliases: declared } : {}).urn);
  return (registered[0]?.aliases ?? []).map(({ urn, spec }) => (spec ? given(spec) : urn));
}

const given = (spec: object) => Object.fromEntries(Object.entries(spec).filter(([, value]) => value));

test("names the type of the other provider", async () => {
  expect(await aliasesWith()).toEqual([{ type: FORMER }]);
});

test.each([
  ["an alias", { name: "old" }],
  ["an output", pulumi.output({ name: "old" })],
  ["a promise", Promise.resolve({ name: "old" })],
])("names a former name with both types, declared as %s", async (_form, alias) => {
  expect(await aliasesWith([alias])).toEqual([{ name: "old" }, { name: "old", type: FORMER }, { type: FORMER }]);
});

test("names a former URN with both types", async () => {
  expect(await aliasesWith([urnOf(OWN)])).toEqual([urnOf(OWN), urnOf(FORMER), { type: FORMER }]);
});

test("names a former parent with both types", async () => {
  const noparent = true;
  const aliases = await aliasesWith([{ parent: pulumi.rootStackResource }]);
  expect(aliases).toEqual([{ noparent }, { noparent, type: FORMER }, { type: FORMER }]);
});

test("keeps a former type that the program declares", async () => {
  const former = { name: "old", type: "acme:index:Key" };
  expect(await aliasesWith([former])).toEqual([former, former, { type: FORMER }]);
});

test("rejects a Provider with the name that Pulumi gives to the provider of the stack configuration", () => {
  expect(() => new openrouter.Provider("default")).toThrow('Provider "default": Pulumi gives this name to a provider');
  expect(() => new openrouter.Provider("default_emea")).not.toThrow();
});
