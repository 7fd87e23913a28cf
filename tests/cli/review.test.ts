/** `review` as it is used: files, gates, exit codes and the forms of the report. */
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { reviewCommand } from "../../cli/review/command";
import { assigned, guardrail, key, previewOf, stateOf } from "./support/previews";
import { file } from "./support/states";
import { type Place, run } from "./support/terminal";

const NOW = Date.parse("2026-11-21T00:00:00Z");
const recorded = (name: string) => join(__dirname, `../recordings/review/${name}.json`);

function review(args: readonly string[], place?: Place) {
  return run((terminal) => reviewCommand(terminal, () => NOW), args, place);
}

const budgets = [recorded("budgets-change"), "--state", recorded("budgets-state")];
const shop = [recorded("shop-change"), "--state", recorded("shop-state")];

async function json(args: readonly string[]) {
  return JSON.parse((await review([...args, "--format", "json"])).out).data;
}

const month = (usd: number) => ({ usd, per: "month" });

describe("recorded previews", () => {
  test("a change of every kind, with the state: totals over the stack", async () => {
    const { scope, keys, totals, callouts } = await json(budgets);
    const figures = keys.map(({ key, change, atMost }: Record<string, { before: unknown; after: unknown }>) => {
      return [key, change, atMost?.before, atMost?.after];
    });
    expect(figures).toEqual([
      ["batch", "changed", month(200), "unlimited"],
      ["web", "replaced", month(240), month(1240)],
      ["paused", "changed", month(0), month(465)],
      ["new-service", "new", month(0), month(360)],
      ["ci", "changed", month(25), month(100)],
      ["old-intern", "deleted", month(60), month(0)],
    ]);
    expect({ scope, totals }).toMatchObject({
      scope: "stack",
      totals: {
        month: { keys: 5, before: 325, after: 2165, difference: 1840 },
        once: { keys: 0 },
        becomeUnlimited: ["batch"],
      },
    });
    expect(callouts.map(({ kind }: { kind: string }) => kind)).toEqual([
      ...["delete", "replace", "no-limit", "raised", "raised", "widened", "zdr-off", "moved", "no-expiry", "no-expiry"],
    ]);
  });

  test("one of this package's own provider: components, members, secrets, unknowns, consumers and an alias", async () => {
    const { keys, members, unknownValues, totals } = await json(shop);
    const of = (name: string) => keys.find(({ key }: { key: string }) => key === name);
    expect(of("team-a › bot (team-a | bot)")).toMatchObject({ atMost: { before: month(40), after: month(80) } });
    expect(of("labs")).toMatchObject({
      guardrail: { after: "labs" },
      atMost: { after: month(31) },
      heldBy: { after: "labs" },
    });
    expect(of("hidden")).toMatchObject({ atMost: { after: "secret" } });
    expect(of("checkout")).toMatchObject({ change: "replaced", consumers: ["AppSecret app"] });
    expect(of("search")).toMatchObject({ change: "affected", atMost: { before: month(620), after: month(930) } });
    expect(of("renamed") ?? of("named")).toBeUndefined();
    expect(members).toMatchObject([{ atMost: { before: month(620), after: month(930) } }]);
    expect({ unknownValues, totals }).toMatchObject({ unknownValues: 1, totals: { unknownAfter: ["hidden"] } });
  });

  test("it is the same with --show-sames, which needs no state, and with --show-replacement-steps", async () => {
    const { out } = await review(shop);
    expect((await review([recorded("shop-change-with-sames")])).out).toBe(out);
    const withSteps = recorded("shop-change-with-replacement-steps");
    expect((await review([withSteps, "--state", recorded("shop-state")])).out).toBe(out);
  });

  test("after a refresh, before is what the account has", async () => {
    const { keys } = await json([recorded("shop-change-after-refresh"), "--state", recorded("shop-state")]);
    const of = (name: string) => keys.find(({ key }: { key: string }) => key === name);
    expect(of("web")).toMatchObject({ atMost: { before: month(3000), after: month(1550) } });
    expect(of("calm")).toMatchObject({ change: "new", atMost: { before: month(0), after: month(5) } });
  });

  test("the first preview needs no state; one that changes nothing says so", async () => {
    expect(await json([recorded("budgets-first")])).toMatchObject({
      scope: "stack",
      totals: { month: { before: 0, after: 525 } },
    });
    expect((await review([recorded("budgets-same")])).out).toContain("No key, guardrail or assignment changes.");
  });

  test("without the state it says that it is about changed resources only", async () => {
    const { out, code } = await review([recorded("budgets-change")]);
    expect(out).toContain("Changed resources only");
    expect(code).toBe(0);
  });
});

describe("gates", () => {
  const month = (limit: number) => ({ limit, limitReset: "monthly" });
  const before = { a: key(month(100)), g: guardrail(), "a-g": assigned("g", "a") };
  const raised = { ...before, a: key(month(150)) };
  const files = (from = before, to: Parameters<typeof previewOf>[1] = raised) => {
    return [file(previewOf(from, to)), "--state", file(stateOf(from))];
  };

  test("each is off by default", async () => {
    expect(await review(budgets)).toMatchObject({ code: 0, err: "" });
  });

  test.each([
    ["--max-increase", "50", 0],
    ["--max-increase", "49.99", 1],
    ["--max-total", "150", 0],
    ["--max-total", "149", 1],
    ["--require", "limit,reset,guardrail", 0],
    ["--require", "expiry", 1],
    ["--forbid", "delete,replace,unlimited,zdr-off", 0],
  ])("%s %s of a raise from 100 to 150 exits with %d", async (option, value, expected) => {
    const { code, err } = await review([...files(), option, value]);
    expect(code).toBe(expected);
    expect(err).toMatch(expected === 0 ? /^$/ : new RegExp(`^Gate "${option} [^\n]+: refused, [^\n]+\n$`));
  });

  test.each([
    ["delete", { g: guardrail() }],
    ["replace", { ...before, a: key(month(100), { rotation: 2 }) }],
    ["unlimited", { ...before, a: key() }],
  ])("--forbid %s", async (prohibition, after) => {
    const { code, err } = await review([...files(before, after), "--forbid", prohibition]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`--forbid ${prohibition}": refused`) });
  });

  test("--forbid zdr-off, whether a guardrail or a key of it loses it", async () => {
    for (const args of [budgets, shop]) expect((await review([...args, "--forbid", "zdr-off"])).code).toBe(1);
  });

  test("what is unlimited or not known passes no sum", async () => {
    const unknown = { ...before, a: key({ limit: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }) };
    for (const after of [{ ...before, a: key() }, unknown]) {
      for (const gate of ["--max-total", "--max-increase"]) {
        const { code, err } = await review([...files(before, after), gate, "1000000"]);
        expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/: "a"\n$/) });
      }
    }
  });

  test("a key of elsewhere that is assigned a guardrail of this stack is in no sum", async () => {
    const theirs = {
      kind: "GuardrailKeyAssignment",
      inputs: { guardrailId: { of: "g" }, keyHash: "f".repeat(64) },
    } as const;
    const args = files(before, { ...before, theirs });
    expect((await json(args)).keys).toMatchObject([{ key: "ffffffffffff of elsewhere" }]);
    expect((await review([...args, "--max-increase", "0", "--max-total", "100"])).code).toBe(0);
  });

  test("a key that was unlimited and stays so is no increase, but no total", async () => {
    const from = { ...before, free: key() };
    const args = files(from, { ...from, free: key({ expiresAt: "2099-01-01T00:00:00Z" }) });
    expect((await review([...args, "--max-increase", "0"])).code).toBe(0);
    expect((await review([...args, "--max-total", "900"])).code).toBe(1);
  });

  test("what the change leaves alone does not hold it up", async () => {
    const from = { ...before, bare: key(), "bare-g": assigned("g", "bare"), other: key() };
    const budget = guardrail({ limitUsd: 5, resetInterval: "daily" });
    const args = files(from, { ...from, a: key(month(101)), g: budget });
    expect((await json(args)).keys).toMatchObject([{ key: "bare", change: "affected" }, { key: "a" }]);
    expect((await review([...args, "--require", "limit,reset,guardrail"])).code).toBe(0);
  });

  test.each([
    ["--max-increase", "9999"],
    ["--max-total", "9999"],
    ["--require", "guardrail"],
  ])("%s can't be decided without the state: exit code 2, with the reason", async (option, value) => {
    const { code, err } = await review([file(previewOf(before, raised)), option, value]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("needs the state of the whole stack") });
  });

  test("that a key loses zero data retention by moving can't be decided without the state either", async () => {
    const both = { ...before, h: guardrail() };
    const preview = file(previewOf(both, { ...both, "a-g": assigned("h", "a") }));
    expect((await review([preview, "--forbid", "zdr-off"])).code).toBe(2);
  });

  test("a gate that refuses outweighs one that can't be decided", async () => {
    const { code, err } = await review([recorded("budgets-change"), "--max-total", "1", "--forbid", "delete"]);
    expect(code).toBe(1);
    expect(err.trim().split("\n")).toHaveLength(2);
  });

  test("they stand in the report too", async () => {
    const { out } = await review([...files(), "--max-total", "149", "--forbid", "delete"]);
    expect(out).toContain("- `--max-total 149`: refused, keys may spend $150 in one month");
    expect(out).toContain("Passed: `--forbid delete`.");
  });
});

describe("openrouter-review.yaml", () => {
  const folder = (text: string) => {
    const made = mkdtempSync(join(tmpdir(), "pulumi-openrouter-gates-"));
    writeFileSync(join(made, "openrouter-review.yaml"), text);
    return made;
  };

  test("is read from the directory, and an option takes its place", async () => {
    const cwd = ["--cwd", folder("max-total: 1\nforbid: delete, replace\nrequire: [limit]\n")];
    const { code, err } = await review([...budgets, ...cwd]);
    expect(code).toBe(1);
    expect(err.match(/--[a-z-]+ \S+(?=")/g)).toEqual([
      "--max-total 1",
      "--require limit",
      "--forbid delete",
      "--forbid replace",
    ]);
    const chosen = await review([...shop, ...cwd, "--max-total", "2", "--require", "reset", "--forbid", "unlimited"]);
    expect(chosen.err.match(/--[a-z-]+ \S+(?=")/g)).toEqual(["--max-total 2", "--require reset"]);
  });

  test("sets the factor from which a raise is named", async () => {
    const { out } = await review([...budgets, "--cwd", folder("factor: 5")]);
    expect(out).not.toContain("limit raised, $25 a month → $100 a month");
    expect(out).toContain("limit raised, $40 a week → $40 a day");
  });

  test.each([
    ["max-totl: 1", /Unrecognized key: "max-totl"/],
    ["max-total: lots", /max-total: /],
    ["require: [money]", /require\.0: /],
    ["a: b: c", /is not YAML/],
  ])("%j is refused by its name, exit code 2", async (text, said) => {
    const { out, err, code } = await review([...budgets, "--cwd", folder(text)]);
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toMatch(/openrouter-review\.yaml/);
    expect(err).toMatch(said);
  });

  test("one that can't be read is not the same as none, exit code 2", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "pulumi-openrouter-gates-"));
    mkdirSync(join(cwd, "openrouter-review.yaml"));
    const { err, code } = await review([...budgets, "--cwd", cwd]);
    expect({ err, code }).toEqual({ err: `read ${join(cwd, "openrouter-review.yaml")}: EISDIR\n`, code: 2 });
  });

  test("--config names a file, which has to be there", async () => {
    const { err, code } = await review([...budgets, "--config", "/nowhere.yaml"]);
    expect({ err, code }).toEqual({ err: "read /nowhere.yaml: no such file\n", code: 2 });
  });
});

describe("bad input is exit code 2 and one line", () => {
  const steps = { steps: [{ op: "same", urn: "urn:pulumi:prod::b::t::n" }], changeSummary: { same: 1 } };

  test.each([
    ["nothing", "", "it is empty"],
    ["text", "Previewing update (prod):", "it is not JSON"],
    ["a list", "[]", "it has no steps"],
    ["a stack export", stateOf({}), "it is a stack export, which goes with --state"],
    ["an update plan", '{"manifest":{},"resourcePlans":{}}', "it is an update plan"],
    ["events", '{"sequence":0,"preludeEvent":{}}\n{"sequence":1}', "the stream of events"],
    ["another version", JSON.stringify({ version: 2, ...steps }), "is a preview of version 2 of the format"],
    ["another form", JSON.stringify({ steps: [{ op: 5 }] }), "in another form than is known here: steps.0.op"],
    ["another operation", JSON.stringify({ steps: [{ op: "melt", urn: "u" }] }), 'has a step "melt"'],
    ["a doubtful one", JSON.stringify({ ...steps, maybeCorrupt: true }), "may be corrupt"],
  ])("%s in place of a preview", async (_what, input, said) => {
    const { out, err, code } = await review(["-"], { input });
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toMatch(/^standard input [^\n]+\n$/);
    expect(err).toContain(said);
  });

  test("a limit that is no number is not taken for none", async () => {
    const { err, code } = await review(["-"], { input: previewOf({}, { a: key({ limit: "ten" }) }) });
    expect({ err, code }).toEqual({ err: expect.stringContaining('"a" has a limit that is not a number'), code: 2 });
  });

  test.each([
    [["--state", recorded("shop-state")], "is of the stack shop/prod, and the preview of budgets/prod"],
    [["--state", file(stateOf({}))], "the state is not the one that the preview was made from"],
    [["--state", recorded("budgets-change")], "is not a stack export"],
  ])("a state that does not go with the preview: %j", async (args, said) => {
    const { err, code } = await review([recorded("budgets-change"), ...args]);
    expect({ err, code }).toEqual({ err: expect.stringContaining(said), code: 2 });
  });

  test.each([
    [[], "give either the file"],
    [["x.json", "--stack", "prod"], "give either the file"],
    [["/nowhere.json"], "read /nowhere.json: no such file"],
    [["-", "--state", "-"], "only one of preview and state"],
    [["x", "--require", "money"], "It takes limit, reset, expiry, guardrail."],
    [["x", "--max-total", "-1"], "Too small"],
    [["x", "--max-total", ""], "invalid"],
    [["x", "--format", "pdf"], "Allowed choices are markdown, text, html, json"],
  ])("wrong usage: %j", async (args, said) => {
    const { err, code } = await review(args);
    expect({ err, code }).toEqual({ err: expect.stringContaining(said), code: 2 });
  });
});

describe("--stack", () => {
  /** An environment whose `pulumi` runs this. */
  function withPulumi(code: string): NodeJS.ProcessEnv {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-fake-"));
    const script = join(folder, "pulumi");
    writeFileSync(script, `#!${process.execPath}\nconst args = process.argv.slice(2);\n${code}\n`);
    chmodSync(script, 0o755);
    return { PATH: [folder, dirname(process.execPath)].join(delimiter) };
  }
  const reading = (name: string) => `require("node:fs").readFileSync(${JSON.stringify(recorded(name))}, "utf8")`;

  test("runs the preview and the export itself", async () => {
    const env = withPulumi(
      `console.log(args[0] === "preview" ? ${reading("budgets-change")} : ${reading("budgets-state")});`,
    );
    expect((await review(["--stack", "prod"], { env })).out).toBe((await review(budgets)).out);
  });

  test("says what the errors of a preview that fails are", async () => {
    const env = withPulumi(`process.stdout.write(${reading("shop-failed")}); process.exitCode = 255;`);
    const { err, code } = await review(["--stack", "prod"], { env });
    expect({ err, code }).toEqual({ err: expect.stringContaining("limitUsd: must not be negative"), code: 2 });
  });

  test("says why a preview could not begin, and what to do without a `pulumi`", async () => {
    const env = withPulumi("console.error(\"error: no stack named 'prod' found\"); process.exitCode = 6;");
    const { err, code } = await review(["--stack", "prod"], { env });
    expect({ err, code }).toEqual({ err: expect.stringContaining("no stack named 'prod' found"), code: 2 });
    const none = await review(["--stack", "prod"], { env: { PATH: "" } });
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringContaining("pass a file made by `pulumi preview --json`"),
    });
  });
});

test("no secret is printed, wherever the preview or the state holds one", async () => {
  const secret = "sk-or-v1-0123456789abcdef0123456789abcdef";
  const wrapped = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"hunter2"' };
  const inputs = { name: secret, expiresAt: secret, keepers: { a: secret, b: wrapped }, limit: 5, limitReset: secret };
  const filters = {
    contentFilters: [{ pattern: `${secret} ${"x".repeat(100)}`, action: "block" }],
    description: secret,
  };
  const before = { a: key({ limit: wrapped }) };
  const after = { [secret]: key(inputs), g: guardrail({ ...filters, allowedModels: [secret, wrapped] }) };
  const state = JSON.parse(stateOf(before));
  for (const resource of state.deployment.resources) resource.outputs = { key: secret, other: "hunter2" };
  const preview = JSON.parse(previewOf(before, after));
  preview.config = { "openrouter:managementKey": "hunter2" };
  preview.diagnostics = [{ severity: "warning", message: `warning: ${secret}\n` }];
  const args = [file(JSON.stringify(preview)), "--state", file(JSON.stringify(state)), "--require", "limit,guardrail"];
  for (const format of ["markdown", "text", "html", "json"]) {
    const { out, err } = await review([...args, "--format", format]);
    expect(out).toContain("[secret]");
    expect(`${out}${err}`).not.toMatch(/hunter2|cdef/);
  }
});

test("an error of Pulumi's is repeated without the secret in it", async () => {
  const diagnostics = [{ severity: "error", message: "error: bad sk-or-v1-0123456789abcdef\n" }];
  const { err } = await review(["-"], { input: JSON.stringify({ steps: [], diagnostics }) });
  expect(err).toContain("bad [secret]");
});

test("what Pulumi warns of is passed on", async () => {
  const preview = JSON.parse(previewOf({}, { a: key() }));
  preview.diagnostics = [{ severity: "warning", message: "warning: expiresAt is in the past\n" }];
  const { out } = await review(["-"], { input: JSON.stringify(preview) });
  expect(out).toContain("Pulumi warns: `expiresAt is in the past`");
});
