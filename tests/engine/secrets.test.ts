/** Secrets: Pulumi's passphrase encryption, and that no file or message contains a secret in plain text. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { STACK_TYPE } from "../../formats/urn";
import { plainValues } from "../../formats/values";
import { Passphrase } from "../../testing/engine/passphrase";
import type { Deployment, EngineEvent } from "../../testing/engine/stack";
import { decodeState, encodeState } from "../../testing/engine/state";
import { openScenario, resourceNamed, type Scenario, thing } from "./generic";

const recorded: Deployment = JSON.parse(readFileSync(path.join(__dirname, "../recordings/stack-export.json"), "utf8"));
const salt = recorded.deployment.secrets_providers?.state?.salt;

test("decrypts a state that `pulumi` exported, and encodes it without a difference", async () => {
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

test("rejects a wrong passphrase", async () => {
  await expect(Passphrase.open("wrong", salt)).rejects.toThrow("Incorrect passphrase");
});

test("decrypts with its own new salt, and encrypts the same string differently each time", async () => {
  const fresh = await Passphrase.open("test");
  const reopened = await Passphrase.open("test", fresh.saltLine);
  expect(reopened.decrypt(fresh.encrypt("päss\n"))).toBe("päss\n");
  expect(fresh.encrypt("a")).not.toBe(fresh.encrypt("a"));
});

const CONFIG = { "generic:password": { secret: "hush-config" }, "generic:greeting": "hello" };
const SECRET_TOKEN = { additionalSecretOutputs: ["token"] };
const SECRET_NOTE = thing("a", { secrets: { note: "hush-input" }, options: SECRET_TOKEN });

test("writes no secret in plain text to the state, its backups, events or errors", async () => {
  const events: EngineEvent[] = [];
  const s = await openScenario({ config: CONFIG, onEvent: (event) => events.push(event) });
  await s.up([SECRET_NOTE]);
  await s.up([{ ...SECRET_NOTE, secrets: { note: "hush-input", more: "hush-nested" } }]);
  await s.stack.refresh();
  // This provider shows the name in its error, which is a secret of `a`. The plain value proves that the search works.
  const failing = { name: "b", props: { fail: "create", name: "hush-input" }, options: SECRET_TOKEN };
  await s.up([SECRET_NOTE, failing, thing("plain", { props: { note: "open-value" } })]);

  const files = filesIn(s.options.stateDir).filter((file) => !file.includes(`${path.sep}world${path.sep}`));
  const filesWith = (value: string) => files.filter((file) => readFileSync(file, "utf8").includes(value));
  expect([...filesWith("open-value"), ...filesWith("hello")]).not.toEqual([]);
  const printed = JSON.stringify(events);
  expect(printed).toContain("create of [secret] failed as asked");
  for (const secret of ["token-of-a", "hush-input", "hush-config", "hush-nested"]) {
    expect({ secret, files: filesWith(secret), isInAnEvent: printed.includes(secret) }).toEqual({
      secret,
      files: [],
      isInAnEvent: false,
    });
  }

  expect(files).toContainEqual(expect.stringMatching(/dev\.json\.bak$/));
  const states = files.filter((name) => name.endsWith("dev.json"));
  const otherUsersCanRead = states.filter((file) => (statSync(file).mode & 0o077) !== 0);
  expect({ states: states.length > 0, otherUsersCanRead }).toEqual({ states: true, otherUsersCanRead: [] });
});

async function openWithSecrets(): Promise<Scenario> {
  const s = await openScenario({ config: CONFIG });
  await s.up([SECRET_NOTE]);
  return s;
}

test("encrypts inputs, secret outputs and configuration, and shows outputs only on request", async () => {
  const s = await openWithSecrets();
  expect(await s.stack.outputs()).toEqual({ greeting: "hello", password: "[secret]", aToken: "[secret]" });
  expect(await s.stack.outputs({ showSecrets: true })).toEqual({
    greeting: "hello",
    password: "hush-config",
    aToken: "token-of-a",
  });
  const encrypted = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: expect.any(String),
  };
  expect(await resourceNamed(s.stack, "a")).toMatchObject({
    inputs: { note: encrypted },
    outputs: { note: encrypted, token: encrypted },
  });
  expect(await resourceNamed(s.stack, "default")).toMatchObject({
    inputs: { "generic:password": encrypted, "generic:greeting": "hello" },
  });
});

test("stores a generated value in plain text when additionalSecretOutputs does not list it", async () => {
  const s = await openScenario();
  await s.up([thing("open")]);
  expect(JSON.stringify(await s.stack.exportState())).toContain("token-of-open");
});

test("imports the exported state of a stack with a different salt", async () => {
  const s = await openWithSecrets();
  const other = await openScenario();
  await other.stack.importState(await s.stack.exportState());
  expect(await other.stack.outputs({ showSecrets: true })).toMatchObject({ password: "hush-config" });
});

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
