/** Secrets: Pulumi's passphrase scheme, and that nothing secret is in clear in a file or a message. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { STACK_TYPE } from "../../formats/urn";
import { Passphrase } from "../../testing/engine/passphrase";
import type { Deployment, EngineEvent } from "../../testing/engine/stack";
import { decodeState, encodeState } from "../../testing/engine/state";
import { plainValues } from "../../testing/engine/values";
import { openScenario, resourceNamed, type Scenario, thing } from "./generic";

const recorded: Deployment = JSON.parse(readFileSync(path.join(__dirname, "../recordings/stack-export.json"), "utf8"));
const salt = recorded.deployment.secrets_providers?.state?.salt;

test("a state that pulumi exported is decrypted, and comes back as it was", async () => {
  const passphrase = await Passphrase.open("test", salt);
  const state = decodeState(recorded, passphrase);
  const stack = state.resources.find(({ type }) => type === STACK_TYPE);
  expect(plainValues(stack?.outputs ?? {}).ciKey).toBe("sk-or-v1-FAKEb1f9c6eee98c4fedb7f6d70724b51162365e36c4");
  expect(encodeState(state, passphrase).deployment).toEqual({
    ...recorded.deployment,
    manifest: expect.anything(),
    metadata: {},
  });
});

test("a wrong passphrase is refused", async () => {
  await expect(Passphrase.open("wrong", salt)).rejects.toThrow("Incorrect passphrase");
});

test("a fresh salt line opens again, and the same text is never encrypted the same", async () => {
  const fresh = await Passphrase.open("test");
  const again = await Passphrase.open("test", fresh.saltLine);
  expect(again.decrypt(fresh.encrypt("päss\n"))).toBe("päss\n");
  expect(fresh.encrypt("a")).not.toBe(fresh.encrypt("a"));
});

describe("a stack with secrets", () => {
  const events: EngineEvent[] = [];
  let s: Scenario;
  const SECRETS = ["token-of-a", "hush-input", "hush-config", "hush-nested"];

  beforeAll(async () => {
    s = await openScenario({
      config: { "generic:password": { secret: "hush-config" }, "generic:greeting": "hello" },
      onEvent: (event) => events.push(event),
    });
    const guarded = { additionalSecretOutputs: ["token"] };
    const a = thing("a", { secrets: { note: "hush-input" }, options: guarded });
    const failing = { fail: "create", name: "hush-input" };
    await s.up([a]);
    await s.up([{ ...a, secrets: { note: "hush-input", more: "hush-nested" } }]);
    await s.stack.refresh();
    // A provider that puts a secret in its error message, and a plain value to be found.
    await s.up([a, { name: "b", props: failing, options: guarded }, thing("plain", { props: { note: "open-value" } })]);
  });

  test("nothing is in clear in any file of the state, and this search would find it", () => {
    const files = filesIn(s.options.stateDir).filter((file) => !file.includes(`${path.sep}world${path.sep}`));
    const found = (text: string) => files.filter((file) => readFileSync(file, "utf8").includes(text));
    expect(found("open-value").length + found("hello").length).toBeGreaterThan(0);
    expect(SECRETS.flatMap(found)).toEqual([]);
    expect(files.some((file) => file.endsWith("dev.json.bak"))).toBe(true);
    for (const file of files.filter((name) => name.endsWith("dev.json"))) expect(statSync(file).mode & 0o077).toBe(0);
  });

  test("nothing is in clear in any event, error messages included", () => {
    const told = JSON.stringify(events);
    expect(told).toContain("create of [secret] failed as asked");
    for (const text of SECRETS) expect(told).not.toContain(text);
  });

  test("the program gets back what it made secret, and outputs show it only when asked", async () => {
    expect(await s.stack.outputs()).toEqual({ greeting: "hello", password: "[secret]", aToken: "[secret]" });
    const shown = await s.stack.outputs({ showSecrets: true });
    expect(shown).toEqual({ greeting: "hello", password: "hush-config", aToken: "token-of-a" });
  });

  test("inputs, named outputs and configuration are encrypted in the state", async () => {
    const sealed = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: expect.any(String),
    };
    expect(await resourceNamed(s.stack, "a")).toMatchObject({
      inputs: { note: sealed },
      outputs: { note: sealed, token: sealed },
    });
    expect(await resourceNamed(s.stack, "default")).toMatchObject({
      inputs: { "generic:password": sealed, "generic:greeting": "hello" },
    });
  });

  test("without additionalSecretOutputs a generated value is in clear: the guard is what hides it", async () => {
    await s.up([thing("a", { secrets: { note: "hush-input" } }), thing("open")]);
    expect(JSON.stringify(await s.stack.exportState())).toContain("token-of-open");
  });

  test("an exported state is taken by another stack with another salt", async () => {
    const other = await openScenario();
    await other.stack.importState(await s.stack.exportState());
    expect(await other.stack.outputs({ showSecrets: true })).toMatchObject({ password: "hush-config" });
  });
});

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
