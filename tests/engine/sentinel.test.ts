/** The search for secrets after every operation of these tests: it finds one in every place. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Declaration, openDeclaredStack } from "./support/declaredStack";
import { placesOfSecrets } from "./support/sentinel";

test("finds a management key in output, events, state and backups once a program leaks it, and not before", async () => {
  const s = await openDeclaredStack({ managementKey: "management-key-of-this-test" });
  const key: Declaration = { ci: { kind: "InferenceKey" } };
  const managementKey = { envOf: "OPENROUTER_MANAGEMENT_KEY" };

  // No error: the value of the key is a secret of the stack.
  const created = await s.up(key);
  expect(created.outputs).toEqual({ ci: "[secret]" });
  expect(JSON.stringify(await s.stack.outputs({ showSecrets: true }))).toContain("sk-or-v1-");

  // A leak to an input and to the output of the program.
  const leaking: Declaration = {
    ...key,
    safe: { kind: "Guardrail", args: { description: managementKey } },
    print: { kind: "Print", args: { text: managementKey } },
  };
  await expect(s.up(leaking)).rejects.toThrow(
    /secrets in plain text in result, event, .*\.pulumi\/stacks\/declared\/test\.json/,
  );

  // The next operation leaks nothing, but the backup or the history still has the old state.
  const error = await s.up({ ...key, safe: { kind: "Guardrail" } }).catch(String);
  expect(error).toMatch(/secrets in plain text in .*(test\.json\.bak|history|backups)/);
  expect(error).not.toMatch(/result|event/);
});

const FILES = ["stacks/declared/test.json", "stacks/declared/test.json.bak", "history/declared/test/1.history.json"];
const LABEL = "sk-or-v1-0f0...0f0f";

/** A folder with files that contain a masked label of a key. */
function folderWithLabels(): string {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-test-"));
  for (const path of FILES.map((file) => join(folder, file))) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `{"label":"${LABEL}"}`);
  }
  return folder;
}

test("does not find a masked label", () => {
  expect(placesOfSecrets(["a-management-key"], { event: [LABEL] }, folderWithLabels())).toEqual([]);
});

test.each([
  ["a string that looks like a key", `sk-or-v1-${"0f".repeat(32)}`, []],
  ["a known secret", "a-management-key", ["a-management-key"]],
])("finds %s in every kind of file", (_secret, secret, known) => {
  const found = FILES.map((file) => {
    const folder = folderWithLabels();
    writeFileSync(join(folder, file), `{"outputs":{"key":"${secret}"}}`);
    return placesOfSecrets(known, {}, folder);
  });
  expect(found).toEqual(FILES.map((file) => [file]));
});
