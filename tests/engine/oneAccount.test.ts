/** With a management key of another account in the environment nothing is created there, and nothing is lost here. */
import type { SimulatedAccount } from "../../testing/index";
import { type Declaration, type DeclaredStack, errorsOf, openDeclaredStack, writes } from "./support/declaredStack";

const LATENCY_MS = 50;

let s: DeclaredStack;
let other: SimulatedAccount;
let env: Record<string, string>;
beforeEach(async () => {
  s = await openDeclaredStack({ latency: LATENCY_MS });
  other = s.simulator.addAccount();
  s.isSecret(other.managementKey);
  env = { OPENROUTER_MANAGEMENT_KEY: other.managementKey };
  expect(errorsOf(await s.up({ app: { kind: "InferenceKey" } }))).toBe("");
});
afterEach(() => s.close());

const app: Declaration = { app: { kind: "InferenceKey" } };
const fresh: Declaration = { fresh: { kind: "InferenceKey" } };

test.each([
  ["after", { ...app, ...fresh }],
  ["before", { ...fresh, ...app }],
])("creates nothing when a new resource is registered %s an existing one", async (_where, declaration) => {
  const before = await s.resource("app");
  const outcome = await s.up(declaration as Declaration, { env });
  expect(errorsOf(outcome)).toMatch(
    /create inference key "declared\/test\/fresh": inference key "declared\/test\/app" .*belongs to a different account/,
  );
  expect(errorsOf(outcome)).not.toMatch(/state delete|remove/);
  expect(writes(outcome.calls)).toEqual([]);
  expect(other.account.keys).toEqual([]);
  expect(await s.resource("app")).toEqual(before);
  expect(await s.resource("fresh")).toBeUndefined();
});

test("does not rotate a key into the other account, and keeps the live one", async () => {
  const before = await s.resource("app");
  const rotated: Declaration = { app: { kind: "InferenceKey", args: { keepers: { round: "2" } } } };
  const outcome = await s.up(rotated, { env });
  expect(outcome.ok).toBe(false);
  expect(writes(outcome.calls)).toEqual([]);
  expect([s.simulator.account.keys.length, other.account.keys.length]).toEqual([1, 0]);
  expect(await s.resource("app")).toEqual(before);
});

test("shows a different pin in the preview, without a call", async () => {
  const [workspace] = other.account.workspaces;
  const outcome = await s.preview({ ...app, ...fresh }, { config: { "openrouter:account": String(workspace?.id) } });
  expect(outcome.ok).toBe(false);
  expect(errorsOf(outcome)).toContain(`openrouter:account pins ${workspace?.id}`);
  expect(outcome.calls).toEqual([]);
});
