import { InvalidSettingError, MissingCredentialError } from "../../provider/errors";
import { isLoopback } from "../../provider/loopback";
import { Secret } from "../../provider/secret";
import { configuration, PUBLIC_BASE_URL, resolveSettings } from "../../provider/settings";

const OWN = "https://own.example/api/v1";
const ENV = "https://env.example/api/v1";

type Configured = { explicit?: boolean; managementKey?: string; federationPolicyId?: string; baseUrl?: string };
function resolved({ explicit = false, managementKey, ...rest }: Configured, environment: NodeJS.ProcessEnv) {
  const settings = resolveSettings(
    {
      explicit,
      ownKey: explicit && (managementKey !== undefined || rest.federationPolicyId !== undefined),
      deleteOrphans: false,
      ...(managementKey ? { managementKey: new Secret(managementKey) } : {}),
      ...rest,
    },
    environment,
  );
  return [settings.credential.secrets()[0]?.reveal(), settings.baseUrl, settings.source];
}

const key = { OPENROUTER_MANAGEMENT_KEY: "env" };
const older = { OPENROUTER_PROVISIONING_KEY: "older" };
const oldest = { OPENROUTER_MGMT_KEY: "oldest" };
const url = { OPENROUTER_BASE_URL: ENV };

const policy = { OPENROUTER_FEDERATION_POLICY_ID: "fp_env" };

const PRECEDENCE: [string, Configured, NodeJS.ProcessEnv, (string | undefined)[]][] = [
  ["the environment alone", {}, key, ["env", PUBLIC_BASE_URL, "environment"]],
  [
    "the first name before the older ones",
    {},
    { ...oldest, ...older, ...key },
    ["env", PUBLIC_BASE_URL, "environment"],
  ],
  ["the older names in their order", {}, { ...oldest, ...older }, ["older", PUBLIC_BASE_URL, "environment"]],
  ["the oldest name", {}, oldest, ["oldest", PUBLIC_BASE_URL, "environment"]],
  [
    "an empty variable is none",
    {},
    { OPENROUTER_MANAGEMENT_KEY: "", ...older, OPENROUTER_BASE_URL: "" },
    ["older", PUBLIC_BASE_URL, "environment"],
  ],
  [
    "the environment before the stack configuration",
    { managementKey: "config", baseUrl: OWN },
    { ...key, ...url },
    ["env", ENV, "environment"],
  ],
  ["the stack configuration alone", { managementKey: "config", baseUrl: OWN }, {}, ["config", OWN, "config"]],
  ["the key of one and the URL of the other", { managementKey: "config" }, url, ["config", ENV, "config"]],
  [
    "an explicit Provider with a key takes neither key nor URL from the environment",
    { explicit: true, managementKey: "own" },
    { ...key, ...url },
    ["own", PUBLIC_BASE_URL, "provider"],
  ],
  [
    "an explicit Provider with key and URL",
    { explicit: true, managementKey: "own", baseUrl: OWN },
    { ...key, ...url },
    ["own", OWN, "provider"],
  ],
  [
    "the mapped variables when an explicit Provider has no key",
    { explicit: true },
    { ...key, ...url },
    ["env", ENV, "environment"],
  ],
  [
    "the Provider's URL before the mapped one",
    { explicit: true, baseUrl: OWN },
    { ...key, ...url },
    ["env", OWN, "environment"],
  ],
  [
    "a key with white space around it",
    {},
    { OPENROUTER_MGMT_KEY: " \n", OPENROUTER_PROVISIONING_KEY: "\tolder\r\n" },
    ["older", PUBLIC_BASE_URL, "environment"],
  ],
  ["a policy in the environment", {}, { ...policy, ...url }, [undefined, ENV, "federation"]],
  [
    "a policy in the environment before a key in the stack configuration",
    { managementKey: "config" },
    policy,
    [undefined, PUBLIC_BASE_URL, "federation"],
  ],
  [
    "a key in the environment before a policy in the stack configuration",
    { federationPolicyId: "fp_config", baseUrl: OWN },
    key,
    ["env", OWN, "environment"],
  ],
  [
    "the policy of an explicit Provider and nothing from the environment",
    { explicit: true, federationPolicyId: "fp_own" },
    { ...key, ...policy, ...url },
    [undefined, PUBLIC_BASE_URL, "federation"],
  ],
];

test.each(PRECEDENCE)("uses %s", (_title, configured, environment, expected) => {
  expect(resolved(configured, environment)).toEqual(expected);
});

test.each([
  ["the environment", {}, { ...older, ...policy }, /OPENROUTER_PROVISIONING_KEY.*OPENROUTER_FEDERATION_POLICY_ID/],
  ["the configuration", { managementKey: "config", federationPolicyId: "fp" }, {}, /openrouter:managementKey/],
  [
    "a Provider",
    { explicit: true, managementKey: "own", federationPolicyId: "fp" },
    {},
    /the Provider's managementKey/,
  ],
] as const)("rejects a key together with a policy in %s", (_title, configured, environment, named) => {
  expect(() => resolved(configured, environment)).toThrow(InvalidSettingError);
  expect(() => resolved(configured, environment)).toThrow(named);
});

test.each(["sk-or-v1-pasted", "fp 1", "fp\n1", "fp_é"])("rejects %j as a policy id without showing it", (text) => {
  for (const use of [
    () => resolved({}, { OPENROUTER_FEDERATION_POLICY_ID: text }),
    () => resolved({ federationPolicyId: text }, {}),
  ]) {
    expect(use).toThrow(/ederation.?policy.?id is not an id/i);
    expect(use).not.toThrow(text);
  }
});

test("rejects an empty key of a Provider whatever the environment has", () => {
  for (const managementKey of [undefined, ""]) {
    const configured = configuration((name) =>
      name === "openrouter:managementKey" ? managementKey : /explicit|ownKey/.test(name) ? "true" : undefined,
    );
    expect(() => resolveSettings(configured, { ...key, ...policy })).toThrow(
      /managementKey or federationPolicyId is empty/,
    );
  }
});

test("lists every source when the key is missing", () => {
  const sources = /OPENROUTER_MANAGEMENT_KEY, OPENROUTER_PROVISIONING_KEY, OPENROUTER_MGMT_KEY/;
  for (const explicit of [true, false]) {
    expect(() => resolved({ explicit }, url)).toThrow(MissingCredentialError);
    expect(() => resolved({ explicit }, url)).toThrow(sources);
  }
  expect(() => resolved({}, {})).toThrow(/openrouter:managementKey.*https:\/\/openrouter\.ai\/settings/s);
  expect(() => resolved({ explicit: true }, {})).toThrow(/the Provider's mapped OPENROUTER_MANAGEMENT_KEY/);
});

test.each([
  ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"],
  ["https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1"],
  ["https://openrouter.ai/api/v1//", "https://openrouter.ai/api/v1"],
  ["https://EU.openrouter.ai:443/api/v1", "https://eu.openrouter.ai/api/v1"],
  ["https://proxy.example", "https://proxy.example"],
  ["http://localhost:4010/api/v1", "http://localhost:4010/api/v1"],
  ["http://127.0.0.1:4010", "http://127.0.0.1:4010"],
  ["http://127.8.9.10:4010", "http://127.8.9.10:4010"],
  ["http://[::1]:4010/v1/", "http://[::1]:4010/v1"],
])("normalizes the base URL %s to %s", (text, used) => {
  expect(resolved({}, { ...key, OPENROUTER_BASE_URL: text })[1]).toBe(used);
});

test.each([
  ["http://openrouter.ai/api/v1", /plain HTTP/],
  ["http://127.0.0.1.example.com", /plain HTTP/],
  ["http://localhost.example.com", /plain HTTP/],
  ["http://0.0.0.0:4010", /plain HTTP/],
  ["ftp://openrouter.ai", /is not a URL/],
  ["file:///etc/passwd", /is not a URL/],
  ["openrouter.ai/api/v1", /is not a URL/],
  ["https://sk-or-v1-abc@openrouter.ai", /more than scheme, host, port and path/],
  ["https://:sk-or-v1-abc@openrouter.ai", /more than scheme, host, port and path/],
  ["https://user:sk-or-v1-abc@openrouter.ai", /more than scheme, host, port and path/],
  ["https://openrouter.ai/?key=sk-or-v1-abc", /more than scheme, host, port and path/],
  ["https://openrouter.ai/#sk-or-v1-abc", /more than scheme, host, port and path/],
])("rejects the base URL %s without showing it", (text, problem) => {
  const use = () => resolved({}, { ...key, OPENROUTER_BASE_URL: text });
  expect(use).toThrow(InvalidSettingError);
  expect(use).toThrow(problem);
  expect(use).not.toThrow(/sk-or-v1-abc/);
});

const INVALID_IN_HEADER = [
  "a\nb",
  "a\rb",
  "a\u0000b",
  "a\u001b[31mb",
  "a\u007fb",
  "caf\u00e9",
  "\u201cquoted\u201d",
  "a\u2028b",
];
const SOURCES: [string, (key: string) => [Configured, NodeJS.ProcessEnv], RegExp][] = [
  ["OPENROUTER_MANAGEMENT_KEY", (text) => [{}, { OPENROUTER_MANAGEMENT_KEY: text }], /OPENROUTER_MANAGEMENT_KEY/],
  ["an older variable", (text) => [{}, { OPENROUTER_MGMT_KEY: text }], /OPENROUTER_MGMT_KEY/],
  ["the configuration", (text) => [{ managementKey: text }, {}], /stack configuration openrouter:managementKey/],
  ["a Provider", (text) => [{ explicit: true, managementKey: text }, key], /the Provider's managementKey/],
];

describe.each(SOURCES)("a key in %s that no HTTP header can contain", (_title, given, named) => {
  test.each(INVALID_IN_HEADER)("is an error with the source and without the key: %j", (text) => {
    const use = () => resolved(...given(text));
    expect(use).toThrow(InvalidSettingError);
    expect(use).toThrow(named);
    expect(use).not.toThrow(text);
  });
});

test("reads the configuration that Pulumi passes, with the key as a secret", () => {
  const values: Record<string, string> = {
    "openrouter:explicit": "true",
    "openrouter:ownKey": "true",
    "openrouter:deleteOrphans": "true",
    "openrouter:managementKey": "own\n",
    "openrouter:federationPolicyId": " fp_1",
    "openrouter:subjectTokenFile": "/var/run/token",
    "openrouter:subjectTokenAudience": "https://openrouter.ai",
    "openrouter:baseUrl": OWN,
  };
  const configured = configuration((name) => values[name]);
  expect(configured).toEqual({
    explicit: true,
    ownKey: true,
    deleteOrphans: true,
    managementKey: expect.any(Secret),
    federationPolicyId: "fp_1",
    subjectTokenFile: "/var/run/token",
    subjectTokenAudience: "https://openrouter.ai",
    baseUrl: OWN,
  });
  expect(configured.managementKey?.reveal()).toBe("own");
  expect(JSON.stringify(configured)).not.toContain('"own"');
  expect(configuration(() => undefined)).toEqual({ explicit: false, ownKey: false, deleteOrphans: false });
});

test.each([
  ["http://localhost", true],
  ["http://127.0.0.1", true],
  ["http://[::1]", true],
  ["http://127.0.0.1.nip.io", false],
  ["http://10.0.0.1", false],
  // Only http and https read a host as numbers.
  ["git://evil.127.0.0.1", false],
])("decides whether %s is loopback: %s", (text, loopback) => {
  expect(isLoopback(new URL(text))).toBe(loopback);
});
