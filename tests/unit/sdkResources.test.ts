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

/** What a resource registered with the engine. */
async function registrationOf(resource: pulumi.CustomResource): Promise<Registered> {
  await known(resource.urn);
  const [first] = registered;
  if (!first) throw new Error("nothing was registered");
  return first;
}

let hashes = 0;
/** A new hash for each assignment, because two assignments of one key are an error. */
const freshHash = () => (hashes++).toString(16).padStart(64, "0");

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

test.each(MAKERS)("registers %s with the type and the __provider that every state contains", async (kind, make) => {
  const { type, inputs } = await registrationOf(make());
  expect(type).toBe(`pulumi-nodejs:dynamic/openrouter:${kind}`);
  expect(inputs.__provider).toBe(`exports.handler = () => require("pulumi-openrouter/dynamic").provider("${kind}");`);
});

test("registers a key with exactly this __provider", async () => {
  const { inputs } = await registrationOf(new openrouter.InferenceKey("letters"));
  expect(inputs.__provider).toBe(
    'exports.handler = () => require("pulumi-openrouter/dynamic").provider("InferenceKey");',
  );
});

test("passes additionalSecretOutputs of the user to the engine", async () => {
  const key = new openrouter.InferenceKey("more", {}, { additionalSecretOutputs: ["label"] });
  expect((await registrationOf(key)).secretOutputs).toEqual(["label"]);
});

/** The number of frames of each stack trace that is recorded. */
function recordedFrames(work: () => void): number[] {
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

test.each(MAKERS)("records one stack trace for %s, of its place in the program", async (_kind, make) => {
  const { stackTraceLimit } = Error;
  const resources: pulumi.CustomResource[] = [];
  const frames = recordedFrames(() => resources.push(make()));
  expect(frames.filter((count) => count > 0)).toHaveLength(1);
  expect(frames.length).toBeGreaterThan(10);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  await Promise.all(resources.map(({ urn }) => known(urn)));
});

test.each(MAKERS)("shows the place in the program when an option of %s is wrong", async (_kind, make) => {
  const { stackTraceLimit } = Error;
  const wrong = () => make({ parent: "no resource" as unknown as pulumi.Resource });
  expect(wrong).toThrow("Resource parent is not a valid Resource: no resource");
  const { stack } = await failureOf((async () => wrong())());
  const [, first] = String(stack).split("\n");
  expect(first).toContain(__filename);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

test("returns the same object as id, hash and guardrailId", async () => {
  const key = new openrouter.InferenceKey("same");
  const guardrail = new openrouter.Guardrail("same");
  await Promise.all([key, guardrail].map(({ urn }) => known(urn)));
  expect(key.hash).toBe(key.id);
  expect(guardrail.guardrailId).toBe(guardrail.id);
});

test.each([
  ["a key", () => new openrouter.InferenceKey("ci"), () => new openrouter.InferenceKey("ci", { name: "mine" })],
  ["a guardrail", () => new openrouter.Guardrail("ci"), () => new openrouter.Guardrail("ci", { name: "mine" })],
])("names %s <project>/<stack>/<name> unless a name is declared", async (_title, plain, named) => {
  expect((await registrationOf(plain())).inputs.name).toBe("shop/prod/ci");
  registered.length = 0;
  expect((await registrationOf(named())).inputs.name).toBe("mine");
});

test("passes only the declared inputs, unchanged", async () => {
  const args = { limit: 25, limitReset: "monthly" as const, disabled: true, keepers: { when: pulumi.output("may") } };
  const { inputs } = await registrationOf(new openrouter.InferenceKey("all", args));
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

const TIMESTAMP = "2097-01-01T00:00:00.000Z";
const DATE = new Date(TIMESTAMP);
test.each<[string, pulumi.Input<string | Date>, string]>([
  ["a string", "2097-01-01T00:00:00Z", "2097-01-01T00:00:00Z"],
  ["a Date", DATE, TIMESTAMP],
  ["a promise of a Date", Promise.resolve(DATE), TIMESTAMP],
  ["a promise of a string", Promise.resolve(TIMESTAMP), TIMESTAMP],
  ["an output of a Date", pulumi.output("x").apply(() => DATE), TIMESTAMP],
  ["an output of a string", pulumi.output(TIMESTAMP), TIMESTAMP],
])("accepts %s as an expiry", async (_title, expiresAt, timestamp) => {
  const { inputs } = await registrationOf(new openrouter.InferenceKey("expiry", { expiresAt }));
  expect(inputs.expiresAt).toBe(timestamp);
});

test("rejects an invalid Date in the program", () => {
  const make = () => new openrouter.InferenceKey("bad", { expiresAt: new Date("never") });
  expect(make).toThrow(pulumi.RunError);
  expect(make).toThrow(/expiresAt: must be a valid Date/);
});

test.each([
  ["in the past", "2020-01-01T00:00:00Z", 1],
  ["in the future", TIMESTAMP, 0],
  ["omitted", undefined, 0],
])("warns only about a past expiry: %s, %s, %i", async (_title, expiresAt, warnings) => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  const key = new openrouter.InferenceKey("warned", expiresAt === undefined ? {} : { expiresAt });
  await known(key.urn);
  expect(warn).toHaveBeenCalledTimes(warnings);
  if (warnings > 0) expect(warn).toHaveBeenCalledWith(expect.stringMatching(/expiresAt: is in the past/), key);
  warn.mockRestore();
});

test.each(MAKERS)("rejects the import option of %s and points to adopt where it exists", (kind, make) => {
  const importing = () => make({ import: HASH });
  expect(importing).toThrow(pulumi.RunError);
  expect(importing).toThrow(new RegExp(`^${kind} "ci": Pulumi can't import`));
  // An assignment has no `adopt`: declaring an existing one adopts it.
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
])("reads by id and declares no input in %s.get", async (kind, get, id) => {
  const { type, inputs, id: read } = await registrationOf(get());
  expect({ type, read, inputs }).toEqual({
    type: `pulumi-nodejs:dynamic/openrouter:${kind}`,
    read: id,
    inputs: { __provider: expect.any(String) },
  });
});

test("does not count a get as a second assignment", async () => {
  new openrouter.GuardrailKeyAssignment("one", { guardrailId: GUARDRAIL, keyHash: OTHER_HASH });
  await registrationOf(openrouter.GuardrailKeyAssignment.get("two", `${GUARDRAIL}/${OTHER_HASH}`));
});

test("registers a Provider with a secret key", async () => {
  const provider = new openrouter.Provider("emea", { managementKey: "own", baseUrl: "https://eu.example" });
  const secrets = jest.spyOn(pulumi, "secret");
  const { type, inputs } = await registrationOf(provider);
  secrets.mockRestore();
  expect(type).toBe("pulumi:providers:pulumi-nodejs");
  expect(inputs).toMatchObject({ "openrouter:explicit": "true", "openrouter:baseUrl": "https://eu.example" });
  expect(JSON.stringify(inputs["openrouter:managementKey"])).toMatch(/1b47061264138c4ac30d75fd1eb44270.*own/);
});

test("registers a Provider with a policy and no key of the environment", async () => {
  const { inputs } = await registrationOf(
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
  ["an empty policy", { federationPolicyId: "" }, /federationPolicyId is declared but empty/],
  ["an empty key", { managementKey: "" }, /managementKey is declared but empty/],
  ["a key and a policy", { managementKey: "own", federationPolicyId: "fp_1" }, /both declared/],
])("rejects a Provider with %s at once", (_title, args, problem) => {
  expect(() => new openrouter.Provider("ci", args)).toThrow(problem);
});

test.each(["OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_FEDERATION_POLICY_ID"])(
  "rejects a mapping to %s of a variable that is not set",
  (target) => {
    const mapped = () => new openrouter.Provider("ci", {}, { envVarMappings: { NOT_SET_ANYWHERE: target } });
    expect(mapped).toThrow(/NOT_SET_ANYWHERE is mapped to/);
  },
);
