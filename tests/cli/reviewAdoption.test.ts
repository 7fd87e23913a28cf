/** What a change adopts is compared with its live settings, which a management key lets the review read. */
import { reviewCommand } from "../../cli/review/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { assigned, guardrail, key, type Program, previewOf, set, stateOf } from "./support/previews";
import { file } from "./support/states";
import { type Run, run } from "./support/terminal";

const simulator = eachTestOnASimulator();
const month = (limit: number) => ({ limit, limitReset: "monthly", expiresAt: "2099-01-01T00:00:00Z" });
const live = (limit: number) => ({ limit, limit_reset: "monthly", expires_at: new Date("2099-01-01T00:00:00Z") });

function review(after: Program, env: NodeJS.ProcessEnv, ...args: string[]): Promise<Run> {
  const files = [file(previewOf({}, after)), "--state", file(stateOf({}))];
  return run((terminal) => reviewCommand(terminal), [...files, ...args], { env });
}

test("before is the live figure, and the difference counts against the gates", async () => {
  const { dashboard } = simulator();
  const { key: found } = dashboard.createKey({ name: "by hand", ...live(50) });
  const program = { a: key({ ...month(80), adopt: found.hash }) };
  const { out, code } = await review(program, credentials(simulator()), "--max-increase", "30");
  expect(out).toContain("1 key: at most $50 → $80 a month (+$30).");
  expect(out).toContain("Keys: 1 adopted.");
  expect(out).toContain("name: `by hand` → `budgets/prod/a`");
  expect(code).toBe(0);
  expect((await review(program, {}, "--max-increase", "30")).code).toBe(1);
});

test("a lower limit of an adopted key is an outage like any other", async () => {
  const { key: found } = simulator().dashboard.createKey({ name: "by hand", ...live(50) });
  const program = { a: key({ ...month(20), adopt: found.hash }) };
  expect((await review(program, credentials(simulator()), "--forbid", "lower")).code).toBe(1);
});

test("the live guardrail bounds it, before and after, and is not shown as a change", async () => {
  const { dashboard } = simulator();
  const { key: found } = dashboard.createKey({ name: "by hand", ...live(500) });
  const held = dashboard.createGuardrail({ name: "safe", limit_usd: 1, reset_interval: "daily" });
  dashboard.assign(held.id, { keys: [found.hash] });
  const program = { a: key({ ...month(900), adopt: found.hash }) };
  const { out, err } = await review(program, credentials(simulator()));
  expect(err).toBe("");
  expect(out).toContain("1 key: at most $31 a month, unchanged.");
  expect(out).toContain("held to $31 a month by guardrail `safe`, $1 a day");
  expect(out).not.toMatch(/### Guardrails|moves from/);
});

test("a guardrail of the program takes the place of the live one, which is a move", async () => {
  const { dashboard } = simulator();
  const { key: found } = dashboard.createKey({ name: "by hand", ...live(500) });
  dashboard.assign(dashboard.createGuardrail({ name: "safe", limit_usd: 1, reset_interval: "daily" }).id, {
    keys: [found.hash],
  });
  const program = {
    a: key({ ...month(500), adopt: found.hash }),
    mine: guardrail({ limitUsd: 100, resetInterval: "monthly" }),
    link: assigned("mine", "a"),
  };
  const { out, err } = await review(program, credentials(simulator()));
  expect(err).toBe("");
  expect(out).toContain("1 key: at most $31 → $100 a month (+$69).");
  expect(out).toContain("- Key `a`: moves from guardrail `safe` to `mine`.");
});

describe("a set of assignments of what is adopted", () => {
  /** A key and a member that have a guardrail, and a program that adopts the key and the guardrail. */
  function adopting(lists: (a: string, user: string) => object) {
    const { dashboard } = simulator();
    const { hash } = dashboard.createKey({ name: "by hand", ...live(500) }).key;
    const { id: user } = dashboard.addMember({ email: "ada@example.com" });
    const safe = dashboard.createGuardrail({ name: "safe", limit_usd: 1, reset_interval: "daily" });
    dashboard.assign(safe.id, { keys: [hash], members: [user] });
    return {
      a: key({ ...month(500), name: "by hand", adopt: hash }),
      g: guardrail({ limitUsd: 1, resetInterval: "daily", name: "safe", adopt: safe.id }),
      s: { ...set("g", [], lists("a", user)) },
    };
  }

  test("changes nothing where it lists what is assigned", async () => {
    const program = adopting((of, user) => ({ keyHashes: [{ of }], userIds: [user] }));
    const { out, err } = await review(program, credentials(simulator()), "--format", "text");
    expect(err).toBe("");
    expect(out).toContain("1 key: at most $31 a month, unchanged.");
    expect(out).toContain('GuardrailAssignments "s": new, 2 existing assignments become part of it, unchanged.');
    expect(out).not.toMatch(/^Members| {2}guardrail: | moves from/m);
  });

  test("takes the guardrail from those that it does not list, unless it is not exclusive", async () => {
    const program = adopting(() => ({ userIds: [] }));
    const { out } = await review(program, credentials(simulator()), "--format", "text");
    expect(out).toContain("1 key: at most $31 → $500 a month (+$469).");
    expect(out).toMatch(/user_\w+: \$31 a month → none/);
    const open = { ...program, s: set("g", [], { userIds: [], exclusive: false }) };
    expect((await review(open, credentials(simulator()), "--format", "text")).out).toContain("$31 a month, unchanged.");
  });

  test("is compared with a set of the stack that has it", async () => {
    const [hash, id] = ["a".repeat(64), "5f7bb7a4-7c66-44c8-8d2d-0f6d3f6f2c5e"];
    const theirs = JSON.parse(
      stateOf({ a: key(month(500)), g: guardrail({ limitUsd: 1, resetInterval: "daily" }), s: set("g", [hash]) })
        .replaceAll("prod", "theirs")
        .replaceAll("id-of-a", hash)
        .replaceAll("id-of-g", id),
    );
    const program = {
      a: key({ ...month(500), adopt: hash }),
      g: guardrail({ limitUsd: 1, resetInterval: "daily", adopt: id }),
      s: set("g", ["a"]),
    };
    const { out } = await review(program, {}, "--state", file(JSON.stringify(theirs)), "--format", "text");
    expect(out).toContain("1 key: at most $31 a month, unchanged.");
    expect(out).toContain("1 existing assignment becomes part of it, unchanged.");
  });
});

test("an adopted guardrail is compared with its live settings", async () => {
  const found = simulator().dashboard.createGuardrail({ name: "safe", limit_usd: 1, reset_interval: "daily" });
  const { out } = await review(
    { g: guardrail({ limitUsd: 5, resetInterval: "daily", adopt: found.id }) },
    credentials(simulator()),
  );
  expect(out).toContain("| $31 a month | $155 a month | +$124 a month |");
});

test("nothing is read from the account without an adoption, and nothing ever written", async () => {
  const { dashboard } = simulator();
  const { key: found } = dashboard.createKey({ name: "by hand", ...live(50) });
  const before = simulator().requests.length;
  await review({ a: key(month(1)) }, credentials(simulator()));
  expect(simulator().requests.length).toBe(before);
  await review({ a: key({ ...month(1), adopt: found.hash }) }, credentials(simulator()));
  const methods = simulator()
    .requests.slice(before)
    .map(({ method }) => method);
  expect(new Set(methods)).toEqual(new Set(["GET"]));
});

test("an account that can't be read leaves the figure unknown, and says why", async () => {
  const env = { OPENROUTER_BASE_URL: simulator().url, OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-wrong" };
  const { out, err, code } = await review(
    { a: key({ ...month(80), adopt: "a".repeat(64) }) },
    env,
    "--max-increase",
    "79",
  );
  expect(err).toContain("The live settings of what is adopted can't be read: ");
  expect(out).toContain("1 key may have spent any amount before (`a`: not known → $80 a month).");
  expect(code).toBe(1);
});

test.each(["../../keys", "sk-or-v1-0123456789abcdef", "A".repeat(64)])(
  "an id %j never gets into a request",
  async (adopt) => {
    const before = simulator().requests.length;
    const { out } = await review({ a: key({ ...month(80), adopt }) }, credentials(simulator()));
    expect(out).toContain("not known → $80 a month");
    expect(simulator().requests.length).toBe(before);
  },
);
