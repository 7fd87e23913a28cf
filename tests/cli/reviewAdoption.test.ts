/** The review compares adopted objects with their live settings, which it reads with a management key. */
import { credentials, eachTestOnASimulator } from "./support/account";
import { assigned, guardrail, key, type Program, set, stateOf } from "./support/previews";
import { change, expiring, monthly, report, review, runReview } from "./support/reviews";
import { file } from "./support/states";

const HASH = "a".repeat(64);
const simulator = eachTestOnASimulator();
const live = (limit: number) => ({ limit, limit_reset: "monthly", expires_at: new Date("2099-01-01T00:00:00Z") });
const adoptingKey = (limit: number, adopt: string) => expiring({ ...monthly(limit), adopt });

/** A review with a management key. */
function reviewOnline(after: Program, ...args: string[]) {
  return runReview([...change({}, after), ...args], { env: credentials(simulator()) });
}

describe("without a management key", () => {
  const adopting = { a: adoptingKey(80, HASH) };

  test("counts the whole figure after, because the one before is not known", async () => {
    expect((await report({}, adopting)).keys).toMatchObject([
      { change: "adopted", atMost: { before: "not known", after: { usd: 80, per: "month" } } },
    ]);
    expect((await review({}, adopting, "--max-increase", "79.99")).code).toBe(1);
    expect((await review({}, adopting, "--max-increase", "80")).code).toBe(0);
  });

  test("--forbid adopt fails", async () => {
    const { code, err } = await review({}, adopting, "--forbid", "adopt");
    expect({ code, err }).toEqual({
      code: 1,
      err: 'Gate "--forbid adopt" failed: Key "a": adopted; its current settings are not known.\n',
    });
  });

  test("counts the difference from the state of a different stack", async () => {
    const other = JSON.parse(stateOf({ old: expiring(monthly(50)) }).replaceAll("prod", "legacy"));
    other.deployment.resources[1].id = HASH;
    const args = ["--state", file(JSON.stringify(other)), "--max-increase", "30"];
    const { out, code } = await review({}, adopting, ...args);
    expect(out).toContain("at most $50 → $80 a month (+$30)");
    expect(code).toBe(0);
  });
});

test("counts the difference from the live figure", async () => {
  const { dashboard } = simulator();
  const { key: found } = dashboard.createKey({ name: "by hand", ...live(50) });
  const program = { a: adoptingKey(80, found.hash) };
  const { out, code } = await reviewOnline(program, "--max-increase", "30");
  expect(out).toContain("1 key: at most $50 → $80 a month (+$30).");
  expect(out).toContain("Keys: 1 adopted.");
  expect(out).toContain("name: `by hand` → `budgets/prod/a`");
  expect(code).toBe(0);
});

test("calls out a limit that is lower than the live one", async () => {
  const { key: found } = simulator().dashboard.createKey({ name: "by hand", ...live(50) });
  expect((await reviewOnline({ a: adoptingKey(20, found.hash) }, "--forbid", "lower")).code).toBe(1);
});

test("caps a key by its live guardrail, before and after", async () => {
  const { dashboard } = simulator();
  const { key: found } = dashboard.createKey({ name: "by hand", ...live(500) });
  const safe = dashboard.createGuardrail({ name: "safe", limit_usd: 1, reset_interval: "daily" });
  dashboard.assign(safe.id, { keys: [found.hash] });
  const { out, err } = await reviewOnline({ a: adoptingKey(900, found.hash) });
  expect(err).toBe("");
  expect(out).toContain("1 key: at most $31 a month, unchanged.");
  expect(out).toContain("capped at $31 a month by guardrail `safe` ($1 a day)");
  expect(out).not.toMatch(/### Guardrails|moves from/);
});

test("calls out a move when the program assigns a different guardrail", async () => {
  const { dashboard } = simulator();
  const { key: found } = dashboard.createKey({ name: "by hand", ...live(500) });
  dashboard.assign(dashboard.createGuardrail({ name: "safe", limit_usd: 1, reset_interval: "daily" }).id, {
    keys: [found.hash],
  });
  const program = {
    a: adoptingKey(500, found.hash),
    mine: guardrail({ limitUsd: 100, resetInterval: "monthly" }),
    link: assigned("mine", "a"),
  };
  const { out, err } = await reviewOnline(program);
  expect(err).toBe("");
  expect(out).toContain("1 key: at most $31 → $100 a month (+$69).");
  expect(out).toContain("- Key `a`: moves from guardrail `safe` to `mine`.");
});

describe("a set of adopted assignments", () => {
  /** A program that adopts a key and its guardrail, which a member has too. */
  function adopting(lists: (a: string, user: string) => object) {
    const { dashboard } = simulator();
    const { hash } = dashboard.createKey({ name: "by hand", ...live(500) }).key;
    const { id: user } = dashboard.addMember({ email: "ada@example.com" });
    const safe = dashboard.createGuardrail({ name: "safe", limit_usd: 1, reset_interval: "daily" });
    dashboard.assign(safe.id, { keys: [hash], members: [user] });
    return {
      a: expiring({ ...monthly(500), name: "by hand", adopt: hash }),
      g: guardrail({ limitUsd: 1, resetInterval: "daily", name: "safe", adopt: safe.id }),
      s: { ...set("g", [], lists("a", user)) },
    };
  }

  test("changes nothing when it lists the assigned keys and members", async () => {
    const program = adopting((of, user) => ({ keyHashes: [{ of }], userIds: [user] }));
    const { out, err } = await reviewOnline(program, "--format", "text");
    expect(err).toBe("");
    expect(out).toContain("1 key: at most $31 a month, unchanged.");
    expect(out).toContain('GuardrailAssignments "s": new, includes 2 existing assignments.');
    expect(out).not.toMatch(/^Members| {2}guardrail: | moves from/m);
  });

  test("removes the guardrail from others only when it is exclusive", async () => {
    const program = adopting(() => ({ userIds: [] }));
    const { out } = await reviewOnline(program, "--format", "text");
    expect(out).toContain("1 key: at most $31 → $500 a month (+$469).");
    expect(out).toMatch(/user_\w+: \$31 a month → none/);
    const open = { ...program, s: set("g", [], { userIds: [], exclusive: false }) };
    expect((await reviewOnline(open, "--format", "text")).out).toContain("$31 a month, unchanged.");
  });

  test("is compared with the set of a different stack", async () => {
    const id = "5f7bb7a4-7c66-44c8-8d2d-0f6d3f6f2c5e";
    const theirs = JSON.parse(
      stateOf({ a: key(monthly(500)), g: guardrail({ limitUsd: 1, resetInterval: "daily" }), s: set("g", [HASH]) })
        .replaceAll("prod", "theirs")
        .replaceAll("id-of-a", HASH)
        .replaceAll("id-of-g", id),
    );
    const program = {
      a: adoptingKey(500, HASH),
      g: guardrail({ limitUsd: 1, resetInterval: "daily", adopt: id }),
      s: set("g", ["a"]),
    };
    const { out } = await review({}, program, "--state", file(JSON.stringify(theirs)), "--format", "text");
    expect(out).toContain("1 key: at most $31 a month, unchanged.");
    expect(out).toContain("includes 1 existing assignment.");
  });
});

test("compares a guardrail with its live settings", async () => {
  const found = simulator().dashboard.createGuardrail({ name: "safe", limit_usd: 1, reset_interval: "daily" });
  const { out } = await reviewOnline({ g: guardrail({ limitUsd: 5, resetInterval: "daily", adopt: found.id }) });
  expect(out).toContain("| $31 a month | $155 a month | +$124 a month |");
});

test("reads nothing without an adoption, and never writes", async () => {
  const { dashboard } = simulator();
  const { key: found } = dashboard.createKey({ name: "by hand", ...live(50) });
  const before = simulator().requests.length;
  await reviewOnline({ a: key(monthly(1)) });
  expect(simulator().requests.length).toBe(before);
  await reviewOnline({ a: adoptingKey(1, found.hash) });
  const methods = simulator()
    .requests.slice(before)
    .map(({ method }) => method);
  expect(new Set(methods)).toEqual(new Set(["GET"]));
});

test("reports why the account can't be read, and leaves the figure unknown", async () => {
  const env = { OPENROUTER_BASE_URL: simulator().url, OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-wrong" };
  const args = [...change({}, { a: adoptingKey(80, HASH) }), "--max-increase", "79"];
  const { out, err, code } = await runReview(args, { env });
  expect(err).toContain("The live settings of adopted objects can't be read: ");
  expect(out).toContain("1 key had no known maximum before (`a`: not known → $80 a month).");
  expect(code).toBe(1);
});

test.each(["../../keys", "sk-or-v1-0123456789abcdef", "A".repeat(64)])(
  "sends no request for the id %j",
  async (adopt) => {
    const before = simulator().requests.length;
    const { out } = await reviewOnline({ a: adoptingKey(80, adopt) });
    expect(out).toContain("not known → $80 a month");
    expect(simulator().requests.length).toBe(before);
  },
);
