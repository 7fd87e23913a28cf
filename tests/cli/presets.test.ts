/** `presets` on a simulated account. */
import { presetsCommand } from "../../cli/presets/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const presets = (args: readonly string[] = [], place: Place = {}) =>
  run(presetsCommand, args, { env: credentials(simulator()), ...place });

test("lists all presets, those that were updated last first", async () => {
  const { dashboard } = simulator();
  dashboard.addPreset({ name: "Support", slug: "support", updated_at: new Date("2026-01-02") });
  dashboard.addPreset({ name: "Code", slug: "code", status: "archived", updated_at: new Date("2026-03-04") });
  const { out, code } = await presets();
  expect({ out, code }).toEqual({
    code: 0,
    out: [
      "SLUG     NAME     STATUS    UPDATED",
      "code     Code     archived  2026-03-04",
      "support  Support  active    2026-01-02",
      "",
    ].join("\n"),
  });
  const { command, data } = JSON.parse((await presets(["--json"])).out);
  expect(command).toBe("presets");
  expect(data.presets.map(({ slug }: { slug: string }) => slug)).toEqual(["code", "support"]);
});

test("shows the parameters and the prompt of one, with the names of a request", async () => {
  const config = { model: "openai/gpt-4o-mini", max_tokens: 800, provider: { only: ["azure"] } };
  simulator().dashboard.addPreset({ name: "Support", slug: "support", config, system_prompt: "Be kind.\nBe short." });
  const { out, code } = await presets(["show", "support"]);
  expect(code).toBe(0);
  expect(out).toContain("prompt       Be kind. Be short.\n");
  expect(out).toMatch(
    /\nPARAMETER +VALUE\nmodel +openai\/gpt-4o-mini\nmax_tokens +800\nprovider +\{"only":\["azure"\]\}\n$/,
  );
  const { data } = JSON.parse((await presets(["show", "support", "--json"])).out);
  expect(data).toMatchObject({ slug: "support", designatedVersion: { config, systemPrompt: "Be kind.\nBe short." } });
});

test("says that there are none, that one has no parameters, and that a slug is unknown", async () => {
  expect((await presets()).out).toBe("No presets.\n");
  simulator().dashboard.addPreset({ name: "Empty", slug: "empty" });
  expect((await presets(["show", "empty"])).out).toMatch(/\nprompt +none\n\nNo parameters.\n$/);
  const { err, code } = await presets(["show", "../keys"]);
  expect({ err, code }).toEqual({
    err: 'no preset of this account has the slug "../keys"; `pulumi-openrouter presets` lists them\n',
    code: 2,
  });
  expect(simulator().requests.at(-1)?.path).not.toBe("/keys");
});

test("prints no credential and no control character", async () => {
  const secret = `sk-or-v1-${"a".repeat(64)}`;
  const config = { "\u001b[31m": secret };
  simulator().dashboard.addPreset({ name: `\u001b]0;${secret}`, slug: "odd", config, system_prompt: secret });
  for (const args of [[], ["show", "odd"], ["show", "odd", "--json"]]) {
    const { out } = await presets(args, { width: 80 });
    expect(out).not.toContain(secret);
    expect(out).not.toContain("\u001b");
  }
});
