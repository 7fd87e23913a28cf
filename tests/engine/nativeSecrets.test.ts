/**
 * Secrets that the native provider gets and returns. After each operation, output, events and files of the state are
 * searched for them in plain text.
 */
import { SECRET_SIGNATURE, SIGNATURE } from "../../formats/values";
import {
  type Declaration,
  type DeclaredStack,
  effectsOf,
  errorsOf,
  expectFailure,
  NO_EFFECTS,
  openDeclaredStack,
  stepsOf,
} from "./support/declaredStack";

const NATIVE = { env: { DECLARED_HOST: "native" } };
const ENCRYPTED = { [SIGNATURE]: SECRET_SIGNATURE, ciphertext: expect.any(String) };
const HUSH = "hush-in-keepers";

const key = (args: object, opts = {}): Declaration => ({
  ci: { kind: "InferenceKey", args: { ...args, keepers: { open: "1", nested: { secret: HUSH } } }, opts },
});

async function openWithSecret(): Promise<DeclaredStack> {
  const s = await openDeclaredStack();
  s.addSecret(HUSH);
  return s;
}

/** The nested secret is encrypted in inputs and outputs; depending on the engine, with all of `keepers`. */
async function expectEncrypted(s: DeclaredStack): Promise<void> {
  const { inputs, outputs } = (await s.resource("ci")) ?? {};
  for (const keepers of [inputs?.keepers, outputs?.keepers]) {
    expect([ENCRYPTED, { open: "1", nested: ENCRYPTED }]).toContainEqual(keepers);
  }
}

test("keeps a secret inside an input encrypted through create, update, refresh and destroy", async () => {
  const s = await openWithSecret();
  expect(errorsOf(await s.up(key({ limit: 5 }), NATIVE))).toBe("");
  await expectEncrypted(s);
  expect(stepsOf(await s.up(key({ limit: 6 }), NATIVE))).toEqual({ ci: ["update"] });
  await expectEncrypted(s);
  const [hash] = [await s.idOf("ci")];
  s.simulator.dashboard.updateKey(hash, { limit: 50 });
  expect(errorsOf(await s.refresh(NATIVE))).toBe("");
  await expectEncrypted(s);
  expect(errorsOf(await s.destroy(NATIVE))).toBe("");
});

test("refuses to replace what it imports, and keeps a secret encrypted that the program adds after the import", async () => {
  const s = await openWithSecret();
  const { hash } = s.simulator.dashboard.createKey({ name: "by hand", limit: 5 }).key;
  const args = { name: "by hand", limit: 5 };
  expectFailure(
    await s.up(key(args, { import: hash }), NATIVE),
    "resources that still specify an ID may not be replaced",
  );
  expect(s.simulator.account.keys.map((each) => each.hash)).toEqual([hash]);

  const plain: Declaration = { ci: { kind: "InferenceKey", args, opts: { import: hash } } };
  expect(effectsOf(await s.up(plain, NATIVE))).toEqual(NO_EFFECTS);
  expect(errorsOf(await s.up(key(args), NATIVE))).toBe("");
  await expectEncrypted(s);
});

test("refreshes and destroys with the management key of an explicit provider, which the state has encrypted", async () => {
  const s = await openDeclaredStack({ credentials: false, managementKey: "management-key-of-emea" });
  const declaration: Declaration = {
    emea: {
      kind: "Provider",
      args: { managementKey: { secret: s.simulator.managementKey }, baseUrl: s.simulator.url },
    },
    ci: { kind: "InferenceKey", args: { limit: 5 }, opts: { provider: "emea" } },
  };
  expect(errorsOf(await s.up(declaration, NATIVE))).toBe("");
  const { resources = [] } = (await s.stack.exportState()).deployment;
  const provider = resources.find(
    ({ type, urn }) => type === "pulumi:providers:openrouter" && /::emea$/.test(String(urn)),
  );
  expect(provider).toMatchObject({ inputs: { managementKey: ENCRYPTED }, outputs: { managementKey: ENCRYPTED } });

  const refreshed = await s.refresh(NATIVE);
  expect({ errors: errorsOf(refreshed), reads: refreshed.calls.length > 0 }).toEqual({ errors: "", reads: true });
  expect(errorsOf(await s.destroy(NATIVE))).toBe("");
  expect(s.simulator.account.keys).toEqual([]);
});
