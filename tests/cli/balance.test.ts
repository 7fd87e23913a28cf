/** `balance` on a simulated account with $100 of credits. */
import { balanceCommand } from "../../cli/balance/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

function balance(...args: string[]) {
  return run(balanceCommand, args, { env: credentials(simulator()) });
}

function spend(usd: number): void {
  const { key } = simulator().dashboard.createKey({ name: "ci" });
  simulator().dashboard.useKey(key.hash, usd);
}

test("shows credits bought, used and left, as a table and as JSON", async () => {
  spend(12.5);
  const { out, err, code } = await balance();
  expect(out).toBe("BOUGHT  USED    LEFT\n$100    $12.50  $87.50\n");
  expect({ err, code }).toEqual({ err: "", code: 0 });
  expect(JSON.parse((await balance("--json")).out).data).toEqual({ bought: 100, used: 12.5, left: 87.5 });
});

test.each([
  ["20", 0],
  ["50", 0],
  ["50.01", 1],
])("with $50 left and --alert-below %s, exits with %i", async (line, code) => {
  spend(50);
  const result = await balance("--alert-below", line);
  expect(result.code).toBe(code);
  expect(result.err).toBe(
    code === 0
      ? ""
      : "$50 of credits left, which is below $50.01. Buy more at https://openrouter.ai/settings/credits.\n",
  );
});

test("is not misled by binary arithmetic: 100 minus 99.7 is 0.3", async () => {
  spend(99.7);
  expect((await balance("--alert-below", "0.3")).code).toBe(0);
});

test("alerts at a negative balance with --alert-below 0", async () => {
  spend(103);
  expect(await balance("--alert-below", "0")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^-\$3 of credits/),
  });
});

test.each(["ten", "-5", "", "1e9"])("exits with 2 and sends no request on --alert-below %j", async (line) => {
  expect(await balance(`--alert-below=${line}`)).toMatchObject({ code: 2, out: "" });
  expect(simulator().requests).toEqual([]);
});

test("exits with 2, not 1, when the balance can't be read", async () => {
  simulator().dashboard.revokeManagementKey(simulator().managementKey);
  const { out, err, code } = await balance("--alert-below", "5");
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toMatch(/^read the credits: [^\n]+\n$/);
});
