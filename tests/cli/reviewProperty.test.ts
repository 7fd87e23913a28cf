/** For random changes: before + difference = after, in cents, in every output. */
import fc from "fast-check";
import { reviewCommand } from "../../cli/review/command";
import { UNKNOWN } from "../../formats/values";
import { assigned, type Declared, guardrail, key, type Program, previewOf, set, stateOf } from "./support/previews";
import { file } from "./support/states";
import { run } from "./support/terminal";

const NOW = Date.parse("2026-11-21T00:00:00Z");
const [PAST, LATER] = ["2026-01-01T00:00:00Z", "2031-01-01T01:00:00+01:00"];
const NAMES = ["a", "b", "c", "d", "e"];

/** Amounts as people write them, and some that binary arithmetic can't hold. */
const amount = fc.oneof(
  fc.constantFrom(0, 0.1, 0.07, 0.29, 1.1, 4.35, 25, 100, 300, 1234.56),
  fc.integer({ min: 1, max: 5_000_000 }).map((cents) => cents / 100),
  fc.integer({ min: 1, max: 1_000_000_000 }).map((millionths) => millionths / 1_000_000),
);
const reset = fc.constantFrom("daily", "weekly", "monthly");
const switches = {
  disabled: fc.constantFrom(undefined, false, true),
  expiresAt: fc.constantFrom(undefined, PAST, LATER),
};

const budget = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.record({ limit: amount }) },
  { weight: 6, arbitrary: fc.record({ limit: amount, limitReset: reset }) },
);
const aKey = fc
  .tuple(budget, fc.record(switches), fc.integer({ min: 1, max: 2 }))
  .map(([limits, others, rotation]) => key({ ...limits, ...others }, { rotation }));
const aGuardrail = fc
  .option(fc.record({ limitUsd: amount, resetInterval: reset }), { nil: {} })
  .map((inputs) => guardrail(inputs));

/** Some of the keys, some of them under one of two guardrails. */
const program: fc.Arbitrary<Program> = fc
  .record({
    keys: fc.array(fc.option(aKey, { nil: undefined }), { minLength: NAMES.length, maxLength: NAMES.length }),
    links: fc.array(fc.constantFrom(undefined, "g", "h"), { minLength: NAMES.length, maxLength: NAMES.length }),
    g: aGuardrail,
    h: aGuardrail,
  })
  .map(({ keys, links, g, h }) => {
    const resources = NAMES.flatMap((name, at): [string, Declared][] => {
      const [declared, link] = [keys[at], links[at]];
      if (!declared) return [];
      return link
        ? [
            [name, declared],
            [`${name}-link`, assigned(link, name)],
          ]
        : [[name, declared]];
    });
    return { g, h, ...Object.fromEntries(resources) };
  });

async function review(before: Program, after: Program, format: string): Promise<string> {
  const args = [file(previewOf(before, after)), "--state", file(stateOf(before)), "--format", format];
  const { out, code } = await run((terminal) => reviewCommand(terminal, () => NOW), args);
  expect(code).toBe(0);
  return out;
}

const cents = (usd: number) => Math.round(usd * 100);

interface Figure {
  usd: number;
  per: string;
}
interface Change {
  before: Figure | string;
  after: Figure | string;
  difference: Figure | null;
  kind: string;
}

/** Every object in the report that has a difference. */
function changesIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  const within = Object.values(value).flatMap(changesIn);
  return "difference" in value ? [value, ...within] : within;
}

function expectToAddUp(change: object): void {
  const { before, after, difference } = change as Record<"before" | "after" | "difference", unknown>;
  if (difference === null) return;
  const [was, is, more] = [before, after, difference].map((each) => {
    const usd = typeof each === "object" ? (each as Figure).usd : (each as number);
    expect(Math.abs(usd * 100 - cents(usd))).toBeLessThan(1e-6);
    return cents(usd);
  });
  expect((was ?? Number.NaN) + (more ?? Number.NaN)).toBe(is);
  const periods = [before, after, difference].flatMap((each) => {
    const figure = each as Figure;
    return typeof each === "object" && figure.usd !== 0 ? [figure.per] : [];
  });
  expect(new Set(periods).size).toBeLessThanOrEqual(1);
}

const DOLLARS = String.raw`\$([\d,]+(?:\.\d\d)?)`;
const PERIOD = "( a month| once)?";
const IN_WORDS = new RegExp(`at most ${DOLLARS} → ${DOLLARS}${PERIOD} \\(([+-])${DOLLARS}\\)`, "g");
const IN_CELLS = new RegExp(`\\| ${DOLLARS}${PERIOD} \\| ${DOLLARS}${PERIOD} \\| ([+-]?)${DOLLARS}${PERIOD} \\|`, "g");

function read(dollars: string | undefined, sign = ""): number {
  return cents(Number((dollars ?? "").replaceAll(",", ""))) * (sign === "-" ? -1 : 1);
}

/** How many lines have a difference. Each must add up. */
function countMatchingLines(text: string): number {
  const words = [...text.matchAll(IN_WORDS)].map(([, was, is, , sign, more]) => [
    read(was),
    read(more, sign),
    read(is),
  ]);
  const cells = [...text.matchAll(IN_CELLS)].map(([line, was, , is, , sign, more]) => {
    expect(line.includes("once") && line.includes("a month")).toBe(false);
    return [read(was), read(more, sign), read(is)];
  });
  for (const [was = 0, more = 0, is] of [...words, ...cells]) expect(was + more).toBe(is);
  // Each signed amount is in one of the two formats.
  expect(text.match(/[+-]\$/g)?.length ?? 0).toBe(words.length + cells.filter(([, more]) => more !== 0).length);
  return words.length + cells.length;
}

/** The most that a key may spend, calculated independently. */
function maximumOf(name: string, program: Program): string {
  const TIMES: Record<string, number> = { daily: 31, weekly: 6, monthly: 1 };
  const inputs = program[name]?.inputs;
  if (!inputs || inputs.disabled === true || inputs.expiresAt === PAST) return "0";
  const link = program[`${name}-link`]?.inputs?.guardrailId as { of: string } | undefined;
  const { limitUsd, resetInterval } = (link && program[link.of]?.inputs) ?? {};
  const up = (usd: number) => Math.ceil(Number((usd * 100).toFixed(4)));
  const cap = limitUsd === undefined ? Infinity : up(Number(limitUsd) * (TIMES[String(resetInterval)] ?? 0));
  const own = inputs.limit === undefined ? Infinity : Number(inputs.limit);
  if (own === 0 || cap === 0) return "0";
  if (own !== Infinity && inputs.limitReset === undefined) return `${up(own)} once`;
  const maximum = Math.min(own === Infinity ? own : up(own * (TIMES[String(inputs.limitReset)] ?? 0)), cap);
  return maximum === Infinity ? "unlimited" : `${maximum} month`;
}

function short(exposure: Figure | string): string {
  if (typeof exposure === "string") return exposure;
  return exposure.usd === 0 ? "0" : `${cents(exposure.usd)} ${exposure.per}`;
}

test("adds up in JSON, counts or names each key once, and matches an independent calculation", async () => {
  let differences = 0;
  await fc.assert(
    fc.asyncProperty(program, program, async (before, after) => {
      const { totals, exposures, keys } = JSON.parse(await review(before, after, "json")).data;
      for (const change of changesIn({ totals, exposures, keys })) expectToAddUp(change);
      differences += exposures.filter(({ difference }: Change) => difference && difference.usd !== 0).length;
      for (const { key: name, before: was, after: is } of exposures) {
        expect([short(was), short(is)]).toEqual([maximumOf(name, before), maximumOf(name, after)]);
      }
      const { month, once, ...named } = totals;
      expect(month.keys + once.keys + Object.values(named).flat().length).toBe(exposures.length);
      for (const [per, sum] of Object.entries({ month, once })) {
        const rows = (exposures as Change[]).filter(({ kind }) => kind === per);
        const add = (side: "before" | "after") =>
          rows.reduce((total, row) => total + cents((row[side] as Figure).usd), 0);
        expect([cents(sum.before), cents(sum.after)]).toEqual([add("before"), add("after")]);
      }
    }),
    { numRuns: 150 },
  );
  expect(differences).toBeGreaterThan(100);
});

test("adds up in each line of text and Markdown", async () => {
  let lines = 0;
  await fc.assert(
    fc.asyncProperty(program, program, async (before, after) => {
      for (const format of ["text", "markdown"]) lines += countMatchingLines(await review(before, after, format));
    }),
    { numRuns: 100 },
  );
  expect(lines).toBeGreaterThan(500);
});

test("sums no key without a figure when limits are known after apply", async () => {
  await fc.assert(
    fc.asyncProperty(program, program, fc.subarray(NAMES), async (before, after, hidden) => {
      const unknown = Object.entries(after).map(([name, declared]): [string, Declared] => {
        return hidden.includes(name)
          ? [name, { ...declared, inputs: { ...declared.inputs, limit: UNKNOWN } }]
          : [name, declared];
      });
      const data = JSON.parse(await review(before, Object.fromEntries(unknown), "json")).data;
      for (const change of changesIn(data)) expectToAddUp(change);
      for (const { key: name, after: is } of data.exposures) {
        if (data.totals.unknownAfter.includes(name)) expect(is).toBe("known after apply");
      }
    }),
    { numRuns: 80 },
  );
});

/** The same assignments in one set for each guardrail. */
function withSets(program: Program, joined: boolean): Program {
  const links = Object.entries(program).filter(([, { kind }]) => kind === "GuardrailKeyAssignment");
  const idOf = (input: unknown) => (input as { of: string }).of;
  const sets = ["g", "h"].map((to): [string, Declared] => {
    const own = links.filter(([, { inputs }]) => idOf(inputs?.guardrailId) === to);
    return [
      `${to}-set`,
      {
        ...set(
          to,
          own.map(([, { inputs }]) => idOf(inputs?.keyHash)),
        ),
        joined,
      },
    ];
  });
  return {
    ...Object.fromEntries(Object.entries(program).filter((each) => !links.includes(each))),
    ...Object.fromEntries(sets),
  };
}

test("gives the same figures for single assignments and for sets", async () => {
  const figures = async (before: Program, after: Program) => {
    const { totals, exposures, keys, guardrails, callouts } = JSON.parse(await review(before, after, "json")).data;
    const ofSets = ({ urn }: { urn: string }) => urn.includes("GuardrailAssignments");
    return {
      ...{ totals, exposures, guardrails, callouts: callouts.filter((each: { urn: string }) => !ofSets(each)) },
      keys: keys.map(({ assignedBy, ...row }: Record<string, unknown>) => row),
    };
  };
  await fc.assert(
    fc.asyncProperty(program, program, fc.boolean(), async (before, after, joined) => {
      const expected = await figures(before, after);
      expect(await figures(before, withSets(after, joined))).toEqual(expected);
      expect(await figures(withSets(before, joined), after)).toEqual(expected);
      expect(await figures(withSets(before, joined), withSets(after, joined))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});
