/** Every number and every warning of a review is true: each test is a case where one was not. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { reviewCommand } from "../../cli/review/command";
import { assigned, guardrail, key, type Program, previewOf, stateOf } from "./support/previews";
import { file } from "./support/states";
import { type Run, run } from "./support/terminal";

const NOW = Date.parse("2026-11-21T00:00:00Z");

function review(before: Program, after: Program, ...args: string[]): Promise<Run> {
  const files = [file(previewOf(before, after)), "--state", file(stateOf(before))];
  return run((terminal) => reviewCommand(terminal, () => NOW), [...files, ...args]);
}

async function json(before: Program, after: Program) {
  return JSON.parse((await review(before, after, "--format", "json")).out).data;
}

async function calledOut(before: Program, after: Program): Promise<string[]> {
  const { callouts } = await json(before, after);
  return callouts.map(({ kind, text }: Record<string, string>) => `${kind}: ${text}`);
}

const every = (limitReset: string, limit: number) => ({ limit, limitReset });
const month = (limit: number) => every("monthly", limit);
const forever = { expiresAt: "2099-01-01T00:00:00Z" };
const dated = (inputs: object) => key({ ...inputs, ...forever });

describe("the headline", () => {
  test("leads with the fact, and sums only keys that have a figure before and after", async () => {
    const before = { batch: dated(month(200)), a: dated(month(10)), b: dated(month(20)) };
    const after = { batch: dated({}), a: dated(month(30)), b: dated(month(20)) };
    const { out } = await review(before, after);
    expect(out).toContain("**1 key becomes unlimited (`batch`). The other 2: at most $30 → $50 a month (+$20).**");
    expect((await json(before, after)).totals).toMatchObject({
      month: { keys: 2, before: 30, after: 50, difference: 20 },
      becomeUnlimited: ["batch"],
    });
  });

  test("sums what is spent once separately from what comes every month", async () => {
    const before = { once: dated({ limit: 100 }), a: dated(month(10)) };
    const after = { once: dated({ limit: 150 }), a: dated(month(30)) };
    const { out } = await review(before, after);
    expect(out).toContain("1 key with a reset: at most $10 → $30 a month (+$20).");
    expect(out).toContain("1 key without reset: at most $100 → $150 once (+$50).");
  });

  test("counts what changes in one line", async () => {
    const before = { gone: dated(month(1)), a: dated(month(10)), b: dated(month(20)), g: guardrail() };
    const after = {
      made: dated(month(1)),
      a: dated(month(11)),
      b: dated(month(21)),
      g: guardrail({ limitUsd: 1, resetInterval: "daily" }),
    };
    expect((await review(before, after)).out).toContain("Keys: 1 new, 2 changed, 1 deleted. Guardrails: 1 changed.");
  });
});

describe("once and every month", () => {
  test("$300 once → $250 a month is an increase: called out, refused, without a minus sign", async () => {
    const [before, after] = [{ a: dated({ limit: 300 }) }, { a: dated(month(250)) }];
    const { out, code } = await review(before, after, "--max-increase", "249.99");
    expect(out).not.toMatch(/-\$/);
    expect(out).toContain("1 limit becomes recurring (`a`: $300 once → $250 a month).");
    expect(code).toBe(1);
    expect(await calledOut(before, after)).toEqual([
      "recurring: Key a: the limit becomes recurring, $300 once → $250 a month.",
    ]);
    expect((await review(before, after, "--max-increase", "250")).code).toBe(0);
    expect((await review(before, after, "--forbid", "recurring")).code).toBe(1);
  });

  test("the reverse is called out too", async () => {
    expect(await calledOut({ a: dated(month(250)) }, { a: dated({ limit: 300 }) })).toEqual([
      "once: Key a: the limit no longer resets, $250 a month → $300 once.",
    ]);
  });
});

describe("weekly", () => {
  test("is at most six weeks in a calendar month, and says so next to the number", async () => {
    const { keys } = await json({}, { a: dated(every("weekly", 10)) });
    expect(keys[0].atMost.after).toEqual({ usd: 60, per: "month" });
    expect((await review({}, { a: dated(every("weekly", 10)) })).out).toContain("at most $0 → $60 a month (+$60)");
  });
});

describe("outages", () => {
  const models = (...allowedModels: string[]) => guardrail({ allowedModels });

  test.each<[string, Program, Program, string[], string]>([
    [
      "disabling",
      { a: dated(month(5)) },
      { a: dated({ ...month(5), disabled: true }) },
      ["disable: Key a: disabled; requests with it are refused."],
      "disable",
    ],
    [
      "a lower limit",
      { a: dated(month(5)) },
      { a: dated(month(4)) },
      ["lower: Key a: limit lowered, $5 a month → $4 a month."],
      "lower",
    ],
    [
      "a narrowed allowlist",
      { g: models("a", "b") },
      { g: models("a") },
      ["narrow: Guardrail g: allowed models removed: b."],
      "narrow",
    ],
    [
      "a first allowlist",
      { g: guardrail() },
      { g: models("a") },
      ["narrow: Guardrail g: only these allowed models from now on: a."],
      "narrow",
    ],
    [
      "an added ignore",
      { g: guardrail() },
      { g: guardrail({ ignoredProviders: ["x"] }) },
      ["narrow: Guardrail g: ignored providers added: x."],
      "narrow",
    ],
    [
      "a lower budget",
      { g: guardrail({ limitUsd: 2, resetInterval: "daily" }) },
      { g: guardrail({ limitUsd: 1, resetInterval: "daily" }) },
      ["lower: Guardrail g: budget lowered, $2 a day → $1 a day."],
      "lower",
    ],
    [
      "an earlier expiry",
      { a: dated(month(5)) },
      { a: key({ ...month(5), expiresAt: "2027-01-01T00:00:00Z" }) },
      ["expire: Key a: expires earlier, 2099-01-01T00:00:00Z → 2027-01-01T00:00:00Z."],
      "expire",
    ],
  ])("%s is called out, and a gate can forbid it", async (_what, before, after, texts, gate) => {
    expect(await calledOut(before, after)).toEqual(texts);
    expect((await review(before, after, "--forbid", gate)).code).toBe(1);
    expect((await review(before, before, "--forbid", gate)).code).toBe(0);
  });

  test("a key that moves under a narrower guardrail is one too", async () => {
    const both = { a: dated(month(5)), wide: guardrail(), slim: models("a") };
    const found = await calledOut({ ...both, link: assigned("wide", "a") }, { ...both, link: assigned("slim", "a") });
    expect(found).toContain("narrow: Key a: by moving, only these allowed models from now on: a.");
  });
});

describe("the verdict", () => {
  const before = { a: dated(month(100)), b: dated(month(1)) };
  const after = { a: dated(month(150)) };

  test("is the first line, with the gates that refuse; those that pass are one line at the end", async () => {
    const gates = ["--max-increase", "1", "--max-total", "999", "--forbid", "replace,zdr-off"];
    const lines = (await review(before, after, ...gates)).out.trimEnd().split("\n");
    expect(lines[0]).toBe("## Refused by 1 of 4 gates: budget review of `budgets/prod`");
    expect(lines[2]).toBe("- `--max-increase 1`: refused, keys may spend $49 more a month");
    expect(lines.filter((line) => line.includes("--max-total"))).toEqual([
      "Passed: `--max-total 999`, `--forbid replace`, `--forbid zdr-off`.",
    ]);
  });

  test("is that all pass, or nothing without gates", async () => {
    const first = async (...args: string[]) => (await review(before, after, ...args)).out.split("\n")[0];
    expect(await first("--max-total", "999")).toBe("## Passed 1 gate: budget review of `budgets/prod`");
    expect(await first()).toBe("## Budget review of `budgets/prod`");
  });

  test("exit code 1 is a refusal, 2 a gate that can't be judged", async () => {
    expect((await review(before, after, "--forbid", "delete")).code).toBe(1);
    const calm = { calm: dated(month(1)) };
    const preview = file(previewOf({ ...before, ...calm }, { ...after, ...calm }));
    const alone = await run((terminal) => reviewCommand(terminal), [preview, "--max-total", "1"]);
    expect(alone.code).toBe(2);
  });
});

describe("the form", () => {
  const many = (count: number, limit: (at: number) => number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`key-${at}`, dated(month(limit(at)))]));

  test("rows sort by money", async () => {
    const before = { a: dated(month(1)), b: dated(month(1)), c: dated(month(900)), d: dated(month(5)) };
    const { keys } = await json(before, {
      a: dated(month(2)),
      b: dated(month(500)),
      c: dated(month(800)),
      d: dated({}),
    });
    expect(keys.map(({ key: name }: { key: string }) => name)).toEqual(["d", "b", "c", "a"]);
  });

  test("call-outs that say the same are one, with the names", async () => {
    const { out } = await review({}, { a: key(month(1)), b: key(month(1)), c: key(month(1)) });
    expect(out).toContain("- Keys `a`, `b`, `c`: no expiry.");
  });

  test("more than 20 rows collapse", async () => {
    const { out } = await review(
      {},
      many(25, () => 1),
    );
    expect(out).toContain("<details><summary>5 more keys</summary>");
  });

  test.each([
    [450, "keys may spend $101,475 more a month"],
    [5000, "keys may spend $12,502,500 more a month"],
  ])("%d keys fit into 60,000 bytes, with the verdict, in Markdown and text", async (count, reason) => {
    const [before, after] = [many(count, () => 1), many(count, (at) => at + 2)];
    for (const format of ["markdown", "text"]) {
      const { out } = await review(before, after, "--max-increase", "1", "--format", format);
      expect(Buffer.byteLength(out)).toBeLessThanOrEqual(60_000);
      expect(out.split("\n")[0]).toContain("Refused by 1 gate");
      expect(out).toContain(reason);
    }
  });

  test("the verdict is kept with names of any length", async () => {
    const name = (at: number) => `${at}${"ö".repeat(30_000)}`;
    const before = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [name(at), dated(month(1))]));
    for (const format of ["markdown", "text"]) {
      const { out } = await review(before, {}, "--forbid", "delete", "--format", format);
      expect(Buffer.byteLength(out)).toBeLessThanOrEqual(60_000);
      expect(out.split("\n")[0]).toContain("Refused by 1 gate");
    }
  });
});

describe("what a guardrail bounds", () => {
  const services = guardrail({ limitUsd: 20, resetInterval: "daily" });
  const under = (inputs: object) => ({ services, a: dated(inputs), link: assigned("services", "a") });

  test("says so in its row", async () => {
    const { out } = await review(under(month(700)), under(month(900)));
    expect(out).toContain("held to $620 a month by guardrail `services`, $20 a day");
  });

  test("is not raised when the exposure does not rise", async () => {
    expect(await calledOut(under(month(700)), under(month(5000)))).toEqual([]);
    expect(await calledOut(under(month(7)), under(month(50)))).toEqual([
      "raised: Key a: limit raised, $7 a month → $50 a month.",
    ]);
  });

  test("bounds a limit that is not known", async () => {
    const found = await json(under(month(7)), under({ limit: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }));
    expect(found.keys[0].atMost.after).toEqual({ usd: 620, per: "month" });
  });

  test("a guardrail without a budget has no budget, and is not unlimited", async () => {
    const { out } = await review({ services }, { services: guardrail() });
    expect(out).toContain("| $620 a month | no budget |");
    expect(out).not.toContain("unlimited");
  });
});

describe("adoption", () => {
  const hash = "a".repeat(64);
  const adopting = { a: dated({ ...month(80), adopt: hash }) };

  test("of a key whose live settings are not known is not $0 before; the whole after counts", async () => {
    const { keys } = await json({}, adopting);
    expect(keys[0]).toMatchObject({
      change: "adopted",
      atMost: { before: "not known", after: { usd: 80, per: "month" } },
    });
    expect((await review({}, adopting, "--max-increase", "79.99")).code).toBe(1);
    expect((await review({}, adopting, "--max-increase", "80")).code).toBe(0);
  });

  test("can be forbidden", async () => {
    const { code, err } = await review({}, adopting, "--forbid", "adopt");
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("--forbid adopt") });
  });

  test("of a key that another given state has counts the difference", async () => {
    const other = JSON.parse(stateOf({ old: dated(month(50)) }).replaceAll("prod", "legacy"));
    other.deployment.resources[1].id = hash;
    const path = file("");
    writeFileSync(path, JSON.stringify(other));
    const { out, code } = await review({}, adopting, "--state", path, "--max-increase", "30");
    expect(out).toContain("at most $50 → $80 a month (+$30)");
    expect(code).toBe(0);
  });
});

describe("settings in either spelling", () => {
  test("enforceZdr and its five switches are one, and so are sets, defaults and instants", async () => {
    const five = Object.fromEntries(
      ["Anthropic", "Openai", "Google", "Xai", "Other"].map((vendor) => [`enforceZdr${vendor}`, true]),
    );
    const filters = [{ slug: "regex-prompt-injection", action: "block" }];
    const before = {
      g: guardrail({ ...five, allowedModels: ["a", "b"], contentFilterBuiltins: filters }),
      a: key({ ...month(1), ...forever }),
    };
    const after = {
      g: guardrail({
        enforceZdr: true,
        allowedModels: ["b", "a", "b"],
        contentFilterBuiltins: [{ ...filters[0], scanScope: "all_messages" }],
      }),
      a: key({ ...month(1), disabled: false, expiresAt: "2099-01-01T01:00:00+01:00" }),
    };
    expect(await json(before, after)).toMatchObject({ keys: [], guardrails: [], callouts: [] });
  });

  test("of a program in its own spelling, only what it changes is shown", async () => {
    const program = (limit: number) => ({
      g: guardrail({ enforceZdr: true, ignoredProviders: ["b", "a"], limitUsd: limit, resetInterval: "daily" }),
      a: key({ ...month(limit), disabled: false, keepers: {}, expiresAt: "2099-01-01T01:00:00+01:00" }),
    });
    const { keys, guardrails, callouts } = await json(program(1), program(1.5));
    const settings = [...keys, ...guardrails].map((row: { settings: { setting: string }[] }) =>
      row.settings.map(({ setting }) => setting),
    );
    expect(settings).toEqual([["limit"], ["budget"]]);
    expect(callouts).toEqual([]);
    expect(await json(program(1), program(1))).toMatchObject({ keys: [], guardrails: [], callouts: [] });
  });

  test("switching enforceZdr off is called out by vendor, but for what is still set itself", async () => {
    expect(await calledOut({ g: guardrail({ enforceZdr: true }) }, { g: guardrail({ enforceZdrXai: true }) })).toEqual([
      "zdr-off: Guardrail g: zero data retention switched off for Anthropic, OpenAI, Google, other models.",
    ]);
  });

  test("allowing retention for safety weakens it: called out", async () => {
    const found = await calledOut({ g: guardrail() }, { g: guardrail({ allowSafetyRetentionGoogle: true }) });
    expect(found).toEqual(["zdr-off: Guardrail g: retention for safety monitoring allowed for Google."]);
  });

  test("a move to another workspace in place is called out", async () => {
    const [from, to] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
    expect(
      await calledOut({ a: dated({ ...month(1), workspaceId: from }) }, { a: dated({ ...month(1), workspaceId: to }) }),
    ).toEqual([`moved: Key a: moves from workspace ${from} to ${to} and keeps its value.`]);
  });

  /** A preview with the steps that change nothing, and these outputs in the state of every object. */
  function withOutputs(before: Program, after: Program, outputs: object): string {
    const { steps, ...rest } = JSON.parse(previewOf(before, after));
    for (const { oldState } of steps) if (oldState) oldState.outputs = { ...oldState.inputs, ...outputs };
    return file(JSON.stringify({ steps, ...rest }));
  }
  const reviewOf = async (preview: string) =>
    JSON.parse((await run((terminal) => reviewCommand(terminal, () => NOW), [preview, "--format", "json"])).out).data;

  test("another name of the same model is no change, if the state says that it is the same", async () => {
    const allowing = (model: string): Program => ({ g: guardrail({ allowedModels: [model] }) });
    const [before, after] = [allowing("acme/m"), allowing("acme/m-2026-01-01")] as const;
    const learnt = { __models: { "acme/m": "acme/m-2026-01-01" } };
    expect(await reviewOf(withOutputs(before, after, learnt))).toMatchObject({ guardrails: [], callouts: [] });
    expect((await reviewOf(withOutputs(before, after, {}))).callouts).not.toEqual([]);
  });

  test("omitting a workspace accepts the present one, and naming the default one is no move", async () => {
    const [home, other] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-2222222222aa"];
    const of = (workspaceId?: string) => ({ a: dated({ ...month(1), ...(workspaceId && { workspaceId }) }) });
    const says = async (before: Program, after: Program, outputs: object) => {
      const __origin = { version: 1, account: home };
      const { callouts } = await reviewOf(withOutputs(before, after, { ...outputs, __origin }));
      return callouts.map(({ text }: { text: string }) => text);
    };
    expect(await says(of(other), of(), { workspaceId: other })).toEqual([]);
    expect(await says(of(), of(other.toUpperCase()), { workspaceId: other })).toEqual([]);
    expect(await says(of(), of(home), {})).toEqual([]);
    expect(await says(of(home), of(), {})).toEqual([]);
    expect(await says(of(), of(other), {})).toEqual([
      `Key a: moves from workspace default to ${other} and keeps its value.`,
    ]);
  });
});

describe("a value that is not shown passes no gate that it could break", () => {
  const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const models = (allowedModels: unknown) => guardrail({ allowedModels });

  test.each<[string, Program, Program]>([
    ["lower", { a: dated(month(5)) }, { a: dated({ ...month(5), limit: UNKNOWN }) }],
    [
      "lower",
      { g: guardrail({ limitUsd: 1, resetInterval: "daily" }) },
      { g: guardrail({ limitUsd: UNKNOWN, resetInterval: "daily" }) },
    ],
    ["disable", { a: dated(month(5)) }, { a: dated({ ...month(5), disabled: UNKNOWN }) }],
    ["expire", { a: dated(month(5)) }, { a: key({ ...month(5), expiresAt: UNKNOWN }) }],
    ["narrow", { g: models(["a"]) }, { g: models(UNKNOWN) }],
    ["zdr-off", { g: guardrail({ enforceZdr: true }) }, { g: guardrail({ enforceZdr: UNKNOWN }) }],
    ["zdr-off", { g: guardrail() }, { g: guardrail({ allowSafetyRetentionOther: UNKNOWN }) }],
  ])("%s: %j → %j", async (gate, before, after) => {
    expect((await review(before, after, "--forbid", gate)).code).toBe(1);
    expect((await review(before, before, "--forbid", gate)).code).toBe(0);
  });

  /** The preview with a secret instead of this input, before or on both sides. */
  function hiding(preview: string, input: string, sides: readonly ("oldState" | "newState")[]): string {
    const { steps, ...rest } = JSON.parse(preview);
    for (const step of steps)
      for (const side of sides) if (step[side]?.inputs[input]) step[side].inputs[input] = "[secret]";
    return file(JSON.stringify({ steps, ...rest }));
  }
  const judged = (preview: string, ...args: string[]) =>
    run((terminal) => reviewCommand(terminal, () => NOW), [preview, ...args]);

  test("an allowlist that is secret before and after differs all the same", async () => {
    const preview = hiding(previewOf({ g: models(["a"]) }, { g: models(["b"]) }), "allowedModels", [
      "oldState",
      "newState",
    ]);
    expect((await judged(preview, "--forbid", "narrow")).code).toBe(1);
  });

  test("enforceZdr that is secret before and after differs all the same", async () => {
    const [on, off] = [{ g: guardrail({ enforceZdr: true }) }, { g: guardrail({ enforceZdr: "otherwise" }) }];
    const preview = hiding(previewOf(on, off), "enforceZdr", ["oldState", "newState"]);
    expect((await judged(preview, "--forbid", "zdr-off")).code).toBe(1);
  });

  test("a limit that was secret has no figure before, even under a known guardrail: the whole after counts", async () => {
    const under = (limit: number) => ({
      g: guardrail({ limitUsd: 9, resetInterval: "monthly" }),
      a: dated(month(limit)),
      link: assigned("g", "a"),
    });
    const sames = JSON.parse(previewOf(under(3), under(8)));
    const { resources } = JSON.parse(stateOf(under(3))).deployment;
    const present = new Set(sames.steps.map(({ urn }: { urn: string }) => urn));
    for (const each of resources) {
      if (!present.has(each.urn)) sames.steps.push({ op: "same", urn: each.urn, oldState: each, newState: each });
    }
    const preview = hiding(JSON.stringify(sames), "limit", ["oldState"]);
    const { keys } = JSON.parse((await judged(preview, "--format", "json")).out).data;
    expect(keys[0].atMost).toMatchObject({ before: "secret", after: { usd: 8 }, kind: "unknownBefore" });
    expect((await judged(preview, "--max-increase", "7.99")).code).toBe(1);
    expect((await judged(preview, "--max-increase", "8")).code).toBe(0);
  });

  test("a move to a guardrail outside the stack can't be judged: exit code 2", async () => {
    const outside = {
      kind: "GuardrailKeyAssignment",
      inputs: { guardrailId: "11112222-aaaa", keyHash: { of: "a" } },
    } as const;
    const mine = { a: dated(month(5)), g: guardrail({ enforceZdr: true }) };
    const before = { ...mine, link: assigned("g", "a") };
    for (const gate of ["zdr-off", "narrow", "lower"]) {
      const { code, err } = await review(before, { ...mine, link: outside }, "--forbid", gate);
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('not known here, of "a"') });
    }
  });
});

test("a failed preview shows the whole diagnostic", async () => {
  const message = "error: cannot create key\n  at index.ts:3\n  limit: must be a number\n";
  const diagnostics = [
    { severity: "error", message },
    { severity: "error", message: "error: and this\n" },
  ];
  const preview = file(JSON.stringify({ steps: [], diagnostics }));
  const { err, code } = await run((terminal) => reviewCommand(terminal), [preview]);
  expect(code).toBe(2);
  for (const line of ["cannot create key", "at index.ts:3", "limit: must be a number", "and this"]) {
    expect(err).toContain(line);
  }
});

test("cents are compared as cents", async () => {
  const three = { a: dated(month(0.1)), b: dated(month(0.1)), c: dated(month(0.1)) };
  expect((await review({}, three, "--max-increase", "0.3", "--max-total", "0.3")).code).toBe(0);
  expect((await review({}, three, "--max-total", "0.2999")).code).toBe(1);
});

test("JSON is in the envelope of all commands", async () => {
  const out = JSON.parse((await review({}, { a: dated(month(1)) }, "--format", "json")).out);
  expect(out).toMatchObject({
    tool: "pulumi-openrouter",
    command: "review",
    schemaVersion: 1,
    data: { stack: "budgets/prod" },
  });
});

test("the recorded change in one line", async () => {
  const recorded = (name: string) => join(__dirname, `../recordings/review/${name}.json`);
  const args = [recorded("budgets-change"), "--state", recorded("budgets-state")];
  const { out } = await run((terminal) => reviewCommand(terminal, () => NOW), args);
  expect(out).toContain("**1 key becomes unlimited (`batch`). The other 5: at most $325 → $2,165 a month (+$1,840).**");
});
