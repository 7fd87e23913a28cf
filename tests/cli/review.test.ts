/** `review` with files, with standard input and with `--stack`. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { guardrail, key, previewOf, stateOf } from "./support/previews";
import { BUDGETS, figuresOf, recorded, reportOf, runReview, SHOP } from "./support/reviews";
import { file } from "./support/states";

const month = (usd: number) => ({ usd, per: "month" });

describe("a recorded preview", () => {
  test("shows a change of every kind, with totals over the stack", async () => {
    const found = await reportOf(BUDGETS);
    expect(figuresOf(found)).toEqual({
      batch: ["changed", 200, "unlimited"],
      web: ["replaced", 240, 1240],
      paused: ["changed", 0, 465],
      "new-service": ["new", 0, 360],
      ci: ["changed", 25, 100],
      "old-intern": ["deleted", 60, 0],
    });
    expect(found).toMatchObject({
      scope: "stack",
      totals: {
        month: { keys: 5, before: 325, after: 2165, difference: 1840 },
        once: { keys: 0 },
        becomeUnlimited: ["batch"],
      },
    });
    expect(found.callouts.map(({ kind }) => kind)).toEqual([
      ...["delete", "replace", "no-limit", "raised", "raised", "widened", "zdr-off", "moved", "no-expiry", "no-expiry"],
    ]);
    expect((await runReview(BUDGETS)).out).toContain(
      "**1 key becomes unlimited (`batch`). The other 5 keys: at most $325 → $2,165 a month (+$1,840).**",
    );
  });

  test("shows components, members, secrets, unknown values, consumers and an alias", async () => {
    const { keys, members, unknownValues, totals } = await reportOf(SHOP);
    const of = (name: string) => keys.find(({ key }) => key === name);
    expect(of("team-a › bot (team-a | bot)")).toMatchObject({ atMost: { before: month(40), after: month(80) } });
    expect(of("labs")).toMatchObject({
      guardrail: { after: "labs" },
      atMost: { after: month(31) },
      cappedBy: { before: null, after: "labs" },
    });
    expect(of("hidden")).toMatchObject({ atMost: { after: "secret" } });
    expect(of("checkout")).toMatchObject({ change: "replaced", consumers: ["AppSecret app"] });
    expect(of("search")).toMatchObject({ change: "affected", atMost: { before: month(620), after: month(930) } });
    expect(of("renamed") ?? of("named")).toBeUndefined();
    expect(members).toMatchObject([{ atMost: { before: month(620), after: month(930) } }]);
    expect({ unknownValues, totals }).toMatchObject({ unknownValues: 1, totals: { unknownAfter: ["hidden"] } });
  });

  test("gives the same report with --show-sames and no state, and with --show-replacement-steps", async () => {
    const { out } = await runReview(SHOP);
    const withSteps = [recorded("shop-change-with-replacement-steps"), "--state", recorded("shop-state")];
    expect((await runReview([recorded("shop-change-with-sames")])).out).toBe(out);
    expect((await runReview(withSteps)).out).toBe(out);
  });

  test("compares with the account when it is from --refresh", async () => {
    const found = await reportOf([recorded("shop-change-after-refresh"), "--state", recorded("shop-state")]);
    expect(figuresOf(found)).toMatchObject({ web: ["changed", 3000, 1550], calm: ["new", 0, 5] });
  });

  test("needs no state when it is the first preview of a stack", async () => {
    expect(await reportOf([recorded("budgets-first")])).toMatchObject({
      scope: "stack",
      totals: { month: { before: 0, after: 525 } },
    });
  });

  test("says that nothing changes when nothing changes", async () => {
    const { out } = await runReview([recorded("budgets-same")]);
    expect(out).toContain("No key, guardrail or assignment changes.");
  });

  test("says that it covers changed resources only when it has no state", async () => {
    const { out, code } = await runReview([recorded("budgets-change")]);
    expect(out).toContain("Covers changed resources only, because no state was given.");
    expect(code).toBe(0);
  });
});

test("prints JSON in the envelope of all commands", async () => {
  const { out } = await runReview([...BUDGETS, "--format", "json"]);
  const envelope = { tool: "pulumi-openrouter", command: "review", schemaVersion: 1, data: { stack: "budgets/prod" } };
  expect(JSON.parse(out)).toMatchObject(envelope);
});

describe("exits with 2 and one line on standard error", () => {
  const steps = { steps: [{ op: "same", urn: "urn:pulumi:prod::b::t::n" }], changeSummary: { same: 1 } };

  test.each([
    ["nothing", "", "it is empty"],
    ["text", "Previewing update (prod):", "it is not JSON"],
    ["a list", "[]", "it has no steps"],
    ["a stack export", stateOf({}), "it is a stack export, for --state"],
    ["an update plan", '{"manifest":{},"resourcePlans":{}}', "it is an update plan"],
    ["events", '{"sequence":0,"preludeEvent":{}}\n{"sequence":1}', "it is an event stream"],
    ["a version", JSON.stringify({ version: 2, ...steps }), "has version 2 of the preview format"],
    ["an unexpected value", JSON.stringify({ steps: [{ op: 5 }] }), "not a preview in a supported format: unexpected"],
    ["an unknown operation", JSON.stringify({ steps: [{ op: "melt", urn: "u" }] }), 'has an unsupported step "melt"'],
    ["a corrupt one", JSON.stringify({ ...steps, maybeCorrupt: true }), "may be corrupt"],
  ])("when the preview is %s", async (_what, input, message) => {
    const { out, err, code } = await runReview(["-"], { input });
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toMatch(/^standard input[ :][^\n]+\n$/);
    expect(err).toContain(message);
  });

  test("when a limit is not a number", async () => {
    const { err, code } = await runReview(["-"], { input: previewOf({}, { a: key({ limit: "ten" }) }) });
    expect({ err, code }).toEqual({ err: expect.stringContaining('limit of "a" is not a number'), code: 2 });
  });

  test.each([
    [["--state", recorded("shop-state")], "is the state of shop/prod, but the preview is of budgets/prod"],
    [["--state", file(stateOf({}))], "the state does not match the preview"],
    [["--state", recorded("budgets-change")], "is not a stack export"],
  ])("when the state does not match the preview: %j", async (args, message) => {
    const { err, code } = await runReview([recorded("budgets-change"), ...args]);
    expect({ err, code }).toEqual({ err: expect.stringContaining(message), code: 2 });
  });

  test.each([
    [[], "pass either"],
    [["x.json", "--stack", "prod"], "pass either"],
    [["/nowhere.json"], "read /nowhere.json: no such file"],
    [["-", "--state", "-"], "only one of preview and state"],
    [["x", "--require", "money"], "Allowed values are limit, reset, expiry, guardrail."],
    [["x", "--max-total", "-1"], "Too small"],
    [["x", "--max-total", ""], "invalid"],
    [["x", "--format", "pdf"], "Allowed choices are markdown, text, html, json"],
  ])("when the arguments are %j", async (args, message) => {
    const { err, code } = await runReview(args);
    expect({ err, code }).toEqual({ err: expect.stringContaining(message), code: 2 });
  });
});

describe("a failed preview", () => {
  test("shows the whole diagnostic, and exits with 2", async () => {
    const message = "error: cannot create key\n  at index.ts:3\n  limit: must be a number\n";
    const diagnostics = [
      { severity: "error", message },
      { severity: "error", message: "error: and this\n" },
    ];
    const { err, code } = await runReview(["-"], { input: JSON.stringify({ steps: [], diagnostics }) });
    expect(code).toBe(2);
    for (const line of ["cannot create key", "at index.ts:3", "limit: must be a number", "and this"]) {
      expect(err).toContain(line);
    }
  });

  test("hides a secret in the diagnostic", async () => {
    const diagnostics = [{ severity: "error", message: "error: bad sk-or-v1-0123456789abcdef\n" }];
    const { err } = await runReview(["-"], { input: JSON.stringify({ steps: [], diagnostics }) });
    expect(err).toContain("bad [secret]");
  });
});

describe("--stack", () => {
  /** An environment whose `pulumi` runs this code. */
  function withPulumi(code: string): NodeJS.ProcessEnv {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-fake-"));
    const script = join(folder, "pulumi");
    writeFileSync(script, `#!${process.execPath}\nconst args = process.argv.slice(2);\n${code}\n`);
    chmodSync(script, 0o755);
    return { PATH: [folder, dirname(process.execPath)].join(delimiter) };
  }
  const reading = (name: string) => `require("node:fs").readFileSync(${JSON.stringify(recorded(name))}, "utf8")`;

  test("runs the preview and the export", async () => {
    const env = withPulumi(
      `console.log(args[0] === "preview" ? ${reading("budgets-change")} : ${reading("budgets-state")});`,
    );
    expect((await runReview(["--stack", "prod"], { env })).out).toBe((await runReview(BUDGETS)).out);
  });

  test("shows the errors of a preview that fails", async () => {
    const env = withPulumi(`process.stdout.write(${reading("shop-failed")}); process.exitCode = 255;`);
    const { err, code } = await runReview(["--stack", "prod"], { env });
    expect({ err, code }).toEqual({ err: expect.stringContaining("limitUsd: must not be negative"), code: 2 });
  });

  test("shows why a preview could not begin", async () => {
    const env = withPulumi("console.error(\"error: no stack named 'prod' found\"); process.exitCode = 6;");
    const { err, code } = await runReview(["--stack", "prod"], { env });
    expect({ err, code }).toEqual({ err: expect.stringContaining("no stack named 'prod' found"), code: 2 });
  });

  test("names the alternative when there is no `pulumi`", async () => {
    const { err, code } = await runReview(["--stack", "prod"], { env: { PATH: "" } });
    expect({ err, code }).toEqual({ err: expect.stringContaining("`pulumi preview --json`"), code: 2 });
  });
});

test.each(["markdown", "text", "html", "json"])("hides secrets of the preview and the state in %s", async (format) => {
  const secret = "sk-or-v1-0123456789abcdef0123456789abcdef";
  const wrapped = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"hunter2"' };
  const inputs = { name: secret, expiresAt: secret, keepers: { a: secret, b: wrapped }, limit: 5, limitReset: secret };
  const contentFilters = [{ pattern: `${secret} ${"x".repeat(100)}`, action: "block" }];
  const before = { a: key({ limit: wrapped }) };
  const after = {
    [secret]: key(inputs),
    g: guardrail({ contentFilters, description: secret, allowedModels: [secret, wrapped] }),
  };
  const state = JSON.parse(stateOf(before));
  for (const resource of state.deployment.resources) resource.outputs = { key: secret, other: "hunter2" };
  const preview = JSON.parse(previewOf(before, after));
  preview.config = { "openrouter:managementKey": "hunter2" };
  preview.diagnostics = [{ severity: "warning", message: `warning: ${secret}\n` }];
  const files = [file(JSON.stringify(preview)), "--state", file(JSON.stringify(state))];
  const { out, err } = await runReview([...files, "--require", "limit,guardrail", "--format", format]);
  expect(out).toContain("[secret]");
  expect(`${out}${err}`).not.toMatch(/hunter2|cdef/);
});

test("shows Pulumi's warnings", async () => {
  const preview = JSON.parse(previewOf({}, { a: key() }));
  preview.diagnostics = [{ severity: "warning", message: "warning: expiresAt is in the past\n" }];
  const { out } = await runReview(["-"], { input: JSON.stringify(preview) });
  expect(out).toContain("Pulumi warning: `expiresAt is in the past`");
});
