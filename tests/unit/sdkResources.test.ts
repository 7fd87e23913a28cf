import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../sdk";
import { installIn, known, mockedProgram, type Registered, removeProgram } from "./support/mockedPulumi";
import { failureOf, GUARDRAIL, HASH, OTHER_HASH } from "./support/samples";

let registered: Registered[];
let directory: string;

beforeAll(() => {
  ({ registered, directory } = mockedProgram());
  installIn(directory);
});
afterAll(() => removeProgram(directory));
beforeEach(() => {
  registered.length = 0;
});

/** What a resource asked the engine for. */
async function asked(resource: pulumi.CustomResource): Promise<Registered> {
  await known(resource.urn);
  const [first] = registered;
  if (!first) throw new Error("nothing was registered");
  return first;
}

let made = 0;
/** A hash of its own for each assignment, since two of one key are an error. */
const freshHash = () => (made++).toString(16).padStart(64, "0");

const MAKERS: [kind: string, make: (opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource][] = [
  ["InferenceKey", (opts) => new openrouter.InferenceKey("ci", {}, opts)],
  ["Guardrail", (opts) => new openrouter.Guardrail("ci", {}, opts)],
  [
    "GuardrailKeyAssignment",
    (opts) => new openrouter.GuardrailKeyAssignment("ci", { guardrailId: GUARDRAIL, keyHash: freshHash() }, opts),
  ],
  [
    "GuardrailMemberAssignment",
    (opts) => new openrouter.GuardrailMemberAssignment("ci", { guardrailId: GUARDRAIL, userId: "user_ada" }, opts),
  ],
];

test.each(MAKERS)("the type and the provider text of %s are those that stand in users' states", async (kind, make) => {
  const { type, inputs } = await asked(make());
  expect(type).toBe(`pulumi-nodejs:dynamic/openrouter:${kind}`);
  expect(inputs.__provider).toBe(`exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`);
});

test("the provider text of a key is, letter by letter", async () => {
  const { inputs } = await asked(new openrouter.InferenceKey("letters"));
  expect(inputs.__provider).toBe(
    'exports.handler = () => require("pulumi-openrouter/dynamic").provider("InferenceKey");',
  );
});

test("secret outputs of the user reach the engine", async () => {
  const key = new openrouter.InferenceKey("more", {}, { additionalSecretOutputs: ["label"] });
  expect((await asked(key)).secretOutputs).toEqual(["label"]);
});

/** Numbers of frames of the stack traces that are written meanwhile. */
function framesWritten(work: () => void): number[] {
  const frames: number[] = [];
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error, sites) => {
    frames.push(sites.length);
    return String(error);
  };
  work();
  Error.prepareStackTrace = prepareStackTrace;
  return frames;
}

test.each(MAKERS)("%s has one stack trace written, of where the program makes it", async (_kind, make) => {
  const { stackTraceLimit } = Error;
  const frames = framesWritten(() => make());
  expect(frames.filter((count) => count > 0)).toHaveLength(1);
  expect(frames.length).toBeGreaterThan(10);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

test.each(MAKERS)("a wrong option of %s is an error that tells where it is", async (_kind, make) => {
  const { stackTraceLimit } = Error;
  const wrong = () => make({ parent: "no resource" as unknown as pulumi.Resource });
  expect(wrong).toThrow("Resource parent is not a valid Resource: no resource");
  const { stack } = await failureOf((async () => wrong())());
  const [, first] = String(stack).split("\n");
  expect(first).toContain(__filename);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

test("hash and guardrailId are the very same object as id", () => {
  const key = new openrouter.InferenceKey("same");
  const guardrail = new openrouter.Guardrail("same");
  expect(key.hash).toBe(key.id);
  expect(guardrail.guardrailId).toBe(guardrail.id);
});

test.each([
  ["a key", () => new openrouter.InferenceKey("ci"), () => new openrouter.InferenceKey("ci", { name: "mine" })],
  ["a guardrail", () => new openrouter.Guardrail("ci"), () => new openrouter.Guardrail("ci", { name: "mine" })],
])("the name of %s is <project>/<stack>/<name> unless it is given", async (_title, plain, named) => {
  expect((await asked(plain())).inputs.name).toBe("shop/prod/ci");
  registered.length = 0;
  expect((await asked(named())).inputs.name).toBe("mine");
});

test("inputs reach the engine as they are, and what is left out does not", async () => {
  const args = { limit: 25, limitReset: "monthly" as const, disabled: true, keepers: { when: pulumi.output("may") } };
  const { inputs } = await asked(new openrouter.InferenceKey("all", args));
  expect(inputs).toEqual({
    name: "shop/prod/all",
    __defaultName: true,
    limit: 25,
    limitReset: "monthly",
    disabled: true,
    keepers: { when: "may" },
    __provider: expect.any(String),
  });
});

const INSTANT = "2097-01-01T00:00:00.000Z";
const DATE = new Date(INSTANT);
test.each<[string, pulumi.Input<string | Date>, string]>([
  ["a text", "2097-01-01T00:00:00Z", "2097-01-01T00:00:00Z"],
  ["a Date", DATE, INSTANT],
  ["a promise of a Date", Promise.resolve(DATE), INSTANT],
  ["a promise of a text", Promise.resolve(INSTANT), INSTANT],
  ["an output of a Date", pulumi.output("x").apply(() => DATE), INSTANT],
  ["an output of a text", pulumi.output(INSTANT), INSTANT],
])("%s is an expiry", async (_title, expiresAt, text) => {
  const { inputs } = await asked(new openrouter.InferenceKey("expiry", { expiresAt }));
  expect(inputs.expiresAt).toBe(text);
});

test("an invalid Date is refused in the program", () => {
  const make = () => new openrouter.InferenceKey("bad", { expiresAt: new Date("never") });
  expect(make).toThrow(pulumi.RunError);
  expect(make).toThrow(/expiresAt: must be a valid Date/);
});

test.each([
  ["in the past", "2020-01-01T00:00:00Z", 1],
  ["in the future", INSTANT, 0],
  ["left out", undefined, 0],
])("an expiry %s is a warning: %s, %i", async (_title, expiresAt, warnings) => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  const key = new openrouter.InferenceKey("warned", expiresAt === undefined ? {} : { expiresAt });
  await known(key.urn);
  expect(warn).toHaveBeenCalledTimes(warnings);
  if (warnings > 0) expect(warn).toHaveBeenCalledWith(expect.stringMatching(/expiresAt: is in the past/), key);
  warn.mockRestore();
});

test.each(MAKERS)("the import option of %s is refused with a sentence that names adopt", (kind, make) => {
  const importing = () => make({ import: HASH });
  expect(importing).toThrow(pulumi.RunError);
  expect(importing).toThrow(new RegExp(`^${kind} "ci": Pulumi can't import`));
  // An assignment has no `adopt`: assigning what is assigned already takes it over.
  if (kind === "InferenceKey" || kind === "Guardrail") expect(importing).toThrow(/`adopt`/);
  else expect(importing).not.toThrow(/`adopt`/);
  expect(registered).toEqual([]);
});

test.each([
  ["InferenceKey", () => openrouter.InferenceKey.get("live", HASH), HASH],
  ["Guardrail", () => openrouter.Guardrail.get("live", GUARDRAIL), GUARDRAIL],
  [
    "GuardrailKeyAssignment",
    () => openrouter.GuardrailKeyAssignment.get("live", `${GUARDRAIL}/${HASH}`),
    `${GUARDRAIL}/${HASH}`,
  ],
  [
    "GuardrailMemberAssignment",
    () => openrouter.GuardrailMemberAssignment.get("live", `${GUARDRAIL}/user_ada`),
    `${GUARDRAIL}/user_ada`,
  ],
])("get of %s reads by id and declares nothing", async (kind, get, id) => {
  const { type, inputs, id: read } = await asked(get());
  expect({ type, read, inputs }).toEqual({
    type: `pulumi-nodejs:dynamic/openrouter:${kind}`,
    read: id,
    inputs: { __provider: expect.any(String) },
  });
});

test("get of a key that is assigned in the program is no second assignment", async () => {
  new openrouter.GuardrailKeyAssignment("one", { guardrailId: GUARDRAIL, keyHash: OTHER_HASH });
  await asked(openrouter.GuardrailKeyAssignment.get("two", `${GUARDRAIL}/${OTHER_HASH}`));
});

test("an explicit account is a provider resource whose key is secret", async () => {
  const provider = new openrouter.Provider("emea", { managementKey: "own", baseUrl: "https://eu.example" });
  const secrets = jest.spyOn(pulumi, "secret");
  const { type, inputs } = await asked(provider);
  secrets.mockRestore();
  expect(type).toBe("pulumi:providers:pulumi-nodejs");
  expect(inputs).toMatchObject({ "openrouter:explicit": "true", "openrouter:baseUrl": "https://eu.example" });
  expect(JSON.stringify(inputs["openrouter:managementKey"])).toMatch(/1b47061264138c4ac30d75fd1eb44270.*own/);
});

test("an account by workload identity is a provider resource with a policy, and no key of the environment", async () => {
  const { inputs } = await asked(
    new openrouter.Provider("ci", {
      federationPolicyId: "fp_1",
      subjectTokenFile: "/var/run/token",
      subjectTokenAudience: "https://openrouter.ai",
    }),
  );
  expect(inputs).toMatchObject({
    "openrouter:explicit": "true",
    "openrouter:ownKey": "true",
    "openrouter:federationPolicyId": "fp_1",
    "openrouter:subjectTokenFile": "/var/run/token",
    "openrouter:subjectTokenAudience": "https://openrouter.ai",
  });
  expect(inputs["openrouter:managementKey"]).toBeUndefined();
});

test.each([
  ["an empty policy", { federationPolicyId: "" }, /federationPolicyId is declared and empty/],
  ["an empty key", { managementKey: "" }, /managementKey is declared and empty/],
  ["a key and a policy", { managementKey: "own", federationPolicyId: "fp_1" }, /both declared/],
])("a Provider with %s is an error at once", (_title, args, problem) => {
  expect(() => new openrouter.Provider("ci", args)).toThrow(problem);
});

test.each(["OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_FEDERATION_POLICY_ID"])(
  "a variable that is mapped to %s and not set is an error",
  (meaning) => {
    const mapped = () => new openrouter.Provider("ci", {}, { envVarMappings: { NOT_SET_ANYWHERE: meaning } });
    expect(mapped).toThrow(/NOT_SET_ANYWHERE is mapped to/);
  },
);
