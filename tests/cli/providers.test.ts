/** `providers` on a simulated server. */
import { providersCommand } from "../../cli/providers/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const providers = (args: readonly string[] = [], place: Place = {}) =>
  run(providersCommand, args, { env: { OPENROUTER_BASE_URL: simulator().url }, ...place });

function respond(...data: object[]): void {
  simulator().faults.add({ path: "/providers", effect: "shape", body: { data } });
}

test("lists providers by name with slug, countries and privacy policy, and sends no key", async () => {
  const { out, err, code } = await providers([], { env: credentials(simulator()) });
  expect({ err, code }).toEqual({ err: "", code: 0 });
  const rows = out.trimEnd().split("\n");
  expect(rows[0]).toMatch(/^NAME +SLUG +HQ +DATACENTERS +PRIVACY POLICY$/);
  expect(rows).toContainEqual(
    expect.stringMatching(/^Azure +azure +US +US, IE, SE +https:\/\/azure.example\/privacy$/),
  );
  expect(rows).toContainEqual(expect.stringMatching(/^Amazon Bedrock +amazon-bedrock +unknown +unknown +unknown$/));
  const names = rows.slice(1).map((row) => row.split("  ")[0]);
  expect(names).toEqual([...names].sort((a, b) => (String(a).toLowerCase() < String(b).toLowerCase() ? -1 : 1)));
  expect(simulator().requests).toMatchObject([{ path: "/providers", authorization: "none" }]);
});

test("has the addresses of all policies in the JSON", async () => {
  respond({ name: "New", slug: "new", terms_of_service_url: "https://new.example/terms" });
  const { command, data } = JSON.parse((await providers(["--json"])).out);
  expect(command).toBe("providers");
  expect(data.providers).toEqual([
    {
      ...{ name: "New", slug: "new", headquarters: null, datacenters: null, privacyPolicyUrl: null },
      ...{ termsOfServiceUrl: "https://new.example/terms", statusPageUrl: null },
    },
  ]);
});

test.each([401, 403])("sends the management key after %i", async (status) => {
  const refuse = () => simulator().faults.add({ path: "/providers", effect: "status", status });
  refuse();
  expect((await providers([], { env: credentials(simulator()) })).code).toBe(0);
  expect(simulator().requests.map(({ authorization }) => authorization)).toEqual(["none", "management"]);
  refuse();
  expect((await providers()).err).toMatch(/^no OpenRouter management key/);
});

test("fits 80 columns, whatever the names are", async () => {
  respond({ name: "x".repeat(90), slug: "y".repeat(90), datacenters: Array(40).fill("US"), headquarters: "US" });
  const { out } = await providers([], { width: 80 });
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
});
