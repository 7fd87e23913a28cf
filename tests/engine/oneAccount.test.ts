/** A management key of a different account in the environment: nothing is created there, and nothing is lost here. */
import { type Declaration, errorsOf, expectFailure, openDeclaredStack, writes } from "./support/declaredStack";

const app: Declaration = { app: { kind: "InferenceKey" } };
const fresh: Declaration = { fresh: { kind: "InferenceKey" } };

/** A stack with one key, and the environment of a job with the credentials of a different account. */
async function openWithOtherAccount() {
  const s = await openDeclaredStack({ latency: 50 });
  const other = s.simulator.addAccount();
  s.addSecret(other.managementKey);
  expect(errorsOf(await s.up(app))).toBe("");
  return { s, other, before: await s.resource("app"), env: { OPENROUTER_MANAGEMENT_KEY: other.managementKey } };
}

test.each([
  ["after", { ...app, ...fresh }],
  ["before", { ...fresh, ...app }],
])("creates nothing when a new resource is registered %s an existing one", async (_order, declaration) => {
  const { s, other, before, env } = await openWithOtherAccount();
  const outcome = await s.up(declaration as Declaration, { env });
  expectFailure(
    outcome,
    /create inference key "declared\/test\/fresh": inference key "declared\/test\/app" .*belongs to a different account/,
  );
  expect(errorsOf(outcome)).not.toMatch(/state delete|remove/);
  expect({
    writes: writes(outcome.calls),
    keysInTheOtherAccount: other.account.keys,
    state: { app: await s.resource("app"), fresh: await s.resource("fresh") },
  }).toEqual({ writes: [], keysInTheOtherAccount: [], state: { app: before, fresh: undefined } });
});

test("keeps the live key when a rotation would create the new one in the other account", async () => {
  const { s, other, before, env } = await openWithOtherAccount();
  const outcome = await s.up({ app: { kind: "InferenceKey", args: { keepers: { round: "2" } } } }, { env });
  expect({
    ok: outcome.ok,
    writes: writes(outcome.calls),
    keys: { here: s.simulator.account.keys.length, there: other.account.keys.length },
    state: await s.resource("app"),
  }).toEqual({ ok: false, writes: [], keys: { here: 1, there: 0 }, state: before });
});

test("fails in the preview, without a call, when the configuration pins a different account", async () => {
  const { s, other } = await openWithOtherAccount();
  const pin = String(other.account.workspaces[0]?.id);
  const outcome = await s.preview({ ...app, ...fresh }, { config: { "openrouter:account": pin } });
  expectFailure(outcome, `openrouter:account pins ${pin}`);
  expect(outcome.calls).toEqual([]);
});
