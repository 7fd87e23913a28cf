/** The gates of a review: what they fail for, their exit codes, and `openrouter-review.yaml`. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assigned, guardrail, key, type Program, previewOf } from "./support/previews";
import { BUDGETS, expiring, monthly, recorded, report, review, runReview, SHOP } from "./support/reviews";
import { file } from "./support/states";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const before = { a: key(monthly(100)), g: guardrail(), "a-g": assigned("g", "a") };
const raised = { ...before, a: key(monthly(150)) };

describe("a gate", () => {
  test("is off by default", async () => {
    expect(await runReview(BUDGETS)).toMatchObject({ code: 0, err: "" });
  });

  test.each([
    ["--max-increase", "50"],
    ["--max-total", "150"],
    ["--require", "limit,reset,guardrail"],
    ["--forbid", "delete,replace,unlimited,zdr-off"],
  ])("%s %s passes when a limit is raised from 100 to 150", async (option, value) => {
    expect(await review(before, raised, option, value)).toMatchObject({ code: 0, err: "" });
  });

  test.each([
    ["--max-increase", "49.99"],
    ["--max-total", "149"],
    ["--require", "expiry"],
  ])("%s %s fails when a limit is raised from 100 to 150", async (option, value) => {
    const { code, err } = await review(before, raised, option, value);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^Gate "${option} [^\n]+ failed: [^\n]+\n$`));
  });

  test.each<[string, Program]>([
    ["delete", { g: guardrail() }],
    ["replace", { ...before, a: key(monthly(100), { rotation: 2 }) }],
    ["unlimited", { ...before, a: key() }],
  ])("--forbid %s fails when that happens", async (prohibition, after) => {
    const { code, err } = await review(before, after, "--forbid", prohibition);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`--forbid ${prohibition}" failed`) });
  });

  test.each([
    ["a guardrail", BUDGETS],
    ["a key by moving", SHOP],
  ])("--forbid zdr-off fails when %s loses zero data retention", async (_what, args) => {
    expect((await runReview([...args, "--forbid", "zdr-off"])).code).toBe(1);
  });

  test.each([
    ["--max-total", key()],
    ["--max-increase", key()],
    ["--max-total", key({ limit: UNKNOWN })],
    ["--max-increase", key({ limit: UNKNOWN })],
  ])("%s fails when a key has no known maximum", async (gate, a) => {
    const { code, err } = await review(before, { ...before, a }, gate, "1000000");
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/: "a"\n$/) });
  });

  test("counts no key from outside the stack", async () => {
    const keyHash = "f".repeat(64);
    const theirs = { kind: "GuardrailKeyAssignment", inputs: { guardrailId: { of: "g" }, keyHash } } as const;
    const after = { ...before, theirs };
    expect((await report(before, after)).keys).toMatchObject([{ key: "ffffffffffff (outside this stack)" }]);
    expect(await review(before, after, "--max-increase", "0", "--max-total", "100")).toMatchObject({ code: 0 });
  });

  test("fails for the total and not for the increase when a key stays unlimited", async () => {
    const from = { ...before, free: key() };
    const to = { ...from, free: expiring({}) };
    expect(await review(from, to, "--max-increase", "0")).toMatchObject({ code: 0 });
    expect(await review(from, to, "--max-total", "900")).toMatchObject({ code: 1 });
  });

  test("--require ignores keys that only a guardrail's budget affects", async () => {
    const from = { ...before, bare: key(), "bare-g": assigned("g", "bare"), other: key() };
    const to = { ...from, a: key(monthly(101)), g: guardrail({ limitUsd: 5, resetInterval: "daily" }) };
    expect((await report(from, to)).keys).toMatchObject([{ key: "bare", change: "affected" }, { key: "a" }]);
    expect(await review(from, to, "--require", "limit,reset,guardrail")).toMatchObject({ code: 0 });
  });

  test("compares cents", async () => {
    const three = { a: expiring(monthly(0.1)), b: expiring(monthly(0.1)), c: expiring(monthly(0.1)) };
    expect(await review({}, three, "--max-increase", "0.3", "--max-total", "0.3")).toMatchObject({ code: 0 });
    expect(await review({}, three, "--max-total", "0.2999")).toMatchObject({ code: 1 });
  });
});

describe("a gate exits with 2", () => {
  test.each([
    ["--max-increase", "9999"],
    ["--max-total", "9999"],
    ["--require", "guardrail"],
  ])("when %s needs the state", async (option, value) => {
    const { code, err } = await runReview([file(previewOf(before, raised)), option, value]);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining("could not be evaluated: it needs the state of the whole stack"),
    });
  });

  test("when a key moves and --forbid zdr-off has no state", async () => {
    const both = { ...before, h: guardrail() };
    const preview = file(previewOf(both, { ...both, "a-g": assigned("h", "a") }));
    expect((await runReview([preview, "--forbid", "zdr-off"])).code).toBe(2);
  });

  test.each(["zdr-off", "narrow", "lower"])("when a key moves outside the stack and --forbid has %s", async (gate) => {
    const inputs = { guardrailId: "11112222-aaaa", keyHash: { of: "a" } };
    const mine = { a: expiring(monthly(5)), g: guardrail({ enforceZdr: true }) };
    const after = { ...mine, link: { kind: "GuardrailKeyAssignment", inputs } } as Program;
    const { code, err } = await review({ ...mine, link: assigned("g", "a") }, after, "--forbid", gate);
    const message =
      'the settings of a guardrail outside this stack are not known, for keys that move to or from it: "a"';
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });

  test("unless a different gate fails, which is 1", async () => {
    const { code, err } = await runReview([recorded("budgets-change"), "--max-total", "1", "--forbid", "delete"]);
    expect(code).toBe(1);
    expect(err.trim().split("\n")).toHaveLength(2);
  });
});

describe("the report", () => {
  const [from, to] = [{ a: expiring(monthly(100)), b: expiring(monthly(1)) }, { a: expiring(monthly(150)) }];

  test("begins with the gates that failed, and ends with those that passed", async () => {
    const gates = ["--max-increase", "1", "--max-total", "999", "--forbid", "replace,zdr-off"];
    const lines = (await review(from, to, ...gates)).out.trimEnd().split("\n");
    expect(lines[0]).toBe("## Budget review of `budgets/prod`: 1 of 4 gates failed");
    expect(lines[2]).toBe("- `--max-increase 1` failed: keys may spend $49 more a month");
    expect(lines.filter((line) => line.includes("--max-total"))).toEqual([
      "Passed: `--max-total 999`, `--forbid replace`, `--forbid zdr-off`.",
    ]);
  });

  test.each([
    [["--max-total", "999"], "## Budget review of `budgets/prod`: 1 gate passed"],
    [[], "## Budget review of `budgets/prod`"],
  ])("has the verdict of %j in its title", async (args, title) => {
    expect((await review(from, to, ...args)).out.split("\n")[0]).toBe(title);
  });
});

describe("openrouter-review.yaml", () => {
  const folder = (text: string) => {
    const created = mkdtempSync(join(tmpdir(), "pulumi-openrouter-gates-"));
    writeFileSync(join(created, "openrouter-review.yaml"), text);
    return created;
  };
  const gatesIn = (err: string) => err.match(/--[a-z-]+ \S+(?=")/g);

  test("is read from the directory", async () => {
    const cwd = folder("max-total: 1\nforbid: delete, replace\nrequire: [limit]\n");
    const { code, err } = await runReview([...BUDGETS, "--cwd", cwd]);
    expect(code).toBe(1);
    expect(gatesIn(err)).toEqual(["--max-total 1", "--require limit", "--forbid delete", "--forbid replace"]);
  });

  test("is overridden by options", async () => {
    const cwd = folder("max-total: 1\nforbid: delete, replace\nrequire: [limit]\n");
    const options = ["--max-total", "2", "--require", "reset", "--forbid", "unlimited"];
    const { err } = await runReview([...SHOP, "--cwd", cwd, ...options]);
    expect(gatesIn(err)).toEqual(["--max-total 2", "--require reset"]);
  });

  test("sets the factor from which a raise is called out", async () => {
    const { out } = await runReview([...BUDGETS, "--cwd", folder("factor: 5")]);
    expect(out).not.toContain("limit raised ($25 a month → $100 a month)");
    expect(out).toContain("limit raised ($40 a week → $40 a day)");
  });

  test.each([
    ["max-totl: 1", /Unrecognized key: "max-totl"/],
    ["max-total: lots", /max-total: /],
    ["require: [money]", /require\.0: /],
    ["a: b: c", /is not YAML/],
  ])("exits with 2 and names the problem when it has %j", async (text, message) => {
    const { out, err, code } = await runReview([...BUDGETS, "--cwd", folder(text)]);
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toMatch(/openrouter-review\.yaml/);
    expect(err).toMatch(message);
  });

  test("exits with 2 when it can't be read", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "pulumi-openrouter-gates-"));
    mkdirSync(join(cwd, "openrouter-review.yaml"));
    const { err, code } = await runReview([...BUDGETS, "--cwd", cwd]);
    expect({ err, code }).toEqual({ err: `read ${join(cwd, "openrouter-review.yaml")}: EISDIR\n`, code: 2 });
  });

  test("exits with 2 when the file of --config does not exist", async () => {
    const { err, code } = await runReview([...BUDGETS, "--config", "/nowhere.yaml"]);
    expect({ err, code }).toEqual({ err: "read /nowhere.yaml: no such file\n", code: 2 });
  });
});

describe("a value that can't be shown fails a gate that it may break", () => {
  const models = (allowedModels: unknown) => guardrail({ allowedModels });

  test.each<[string, Program, Program]>([
    ["lower", { a: expiring(monthly(5)) }, { a: expiring({ ...monthly(5), limit: UNKNOWN }) }],
    [
      "lower",
      { g: guardrail({ limitUsd: 1, resetInterval: "daily" }) },
      { g: guardrail({ limitUsd: UNKNOWN, resetInterval: "daily" }) },
    ],
    ["disable", { a: expiring(monthly(5)) }, { a: expiring({ ...monthly(5), disabled: UNKNOWN }) }],
    ["expire", { a: expiring(monthly(5)) }, { a: key({ ...monthly(5), expiresAt: UNKNOWN }) }],
    ["narrow", { g: models(["a"]) }, { g: models(UNKNOWN) }],
    ["zdr-off", { g: guardrail({ enforceZdr: true }) }, { g: guardrail({ enforceZdr: UNKNOWN }) }],
    ["zdr-off", { g: guardrail() }, { g: guardrail({ allowSafetyRetentionOther: UNKNOWN }) }],
  ])("%s: %j → %j", async (gate, from, to) => {
    expect((await review(from, to, "--forbid", gate)).code).toBe(1);
    expect((await review(from, from, "--forbid", gate)).code).toBe(0);
  });

  test.each<[string, string, Program, Program]>([
    ["narrow", "allowedModels", { g: models(["a"]) }, { g: models(["b"]) }],
    ["zdr-off", "enforceZdr", { g: guardrail({ enforceZdr: true }) }, { g: guardrail({ enforceZdr: "other" }) }],
  ])("%s, when %s is secret before and after", async (gate, input, from, to) => {
    const preview = JSON.parse(previewOf(from, to));
    const [, step] = preview.steps;
    for (const side of ["oldState", "newState"]) step[side].inputs[input] = "[secret]";
    expect((await runReview([file(JSON.stringify(preview)), "--forbid", gate])).code).toBe(1);
  });
});
