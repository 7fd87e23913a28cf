/** The search for secrets that follows every operation of these tests: that it finds one, wherever it stands. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Declaration, type DeclaredStack, openDeclaredStack } from "./support/declaredStack";
import { placesOfSecrets } from "./support/sentinel";

describe("a stack whose program keeps its key secret, and then does not", () => {
  let s: DeclaredStack;
  const MANAGEMENT_KEY = "management-key-of-this-test";
  const key = { ci: { kind: "InferenceKey" } } as const satisfies Declaration;
  beforeAll(async () => {
    s = await openDeclaredStack({ managementKey: MANAGEMENT_KEY });
  });
  afterAll(() => s.close());

  test("nothing is found while the key is made, and it is a secret of the stack", async () => {
    const made = await s.up(key);
    expect(made.outputs).toEqual({ ci: "[secret]" });
    expect(JSON.stringify(await s.stack.outputs({ showSecrets: true }))).toContain("sk-or-v1-");
  });

  test("a secret in an input of the state, in what is printed and in an event is found in each", async () => {
    const leaking: Declaration = {
      ...key,
      safe: { kind: "Guardrail", args: { description: { envOf: "OPENROUTER_MANAGEMENT_KEY" } } },
      say: { kind: "Say", args: { text: { envOf: "OPENROUTER_MANAGEMENT_KEY" } } },
    };
    const found = await s.up(leaking).catch(String);
    expect(found).toMatch(/secrets stand in clear in result, event, .*\.pulumi\/stacks\/declared\/test\.json/);
  });

  test("and afterwards in the backup, or the history, of the state", async () => {
    const found = await s.up({ ...key, safe: { kind: "Guardrail" } }).catch(String);
    expect(found).toMatch(/secrets stand in clear in .*(test\.json\.bak|history|backups)/);
    expect(found).not.toMatch(/result|event/);
  });
});

describe("a secret in a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-test-"));
  const KEY = `sk-or-v1-${"0f".repeat(32)}`;
  const LABEL = "sk-or-v1-0f0...0f0f";
  const FILES = ["stacks/declared/test.json", "stacks/declared/test.json.bak", "history/declared/test/1.history.json"];
  beforeAll(() => {
    for (const path of FILES.map((file) => join(folder, file))) {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, `{"label":"${LABEL}"}`);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("the masked form that the API shows is none", () => {
    expect(placesOfSecrets(["a-management-key"], { event: [LABEL] }, folder)).toEqual([]);
  });

  test.each(FILES)("is found in %s, by its looks or because it is known", (file) => {
    for (const [secret, known] of [
      [KEY, []],
      ["a-management-key", ["a-management-key"]],
    ] as const) {
      writeFileSync(join(folder, file), `{"outputs":{"key":"${secret}"}}`);
      expect(placesOfSecrets(known, {}, folder)).toEqual([file]);
    }
    writeFileSync(join(folder, file), "{}");
  });
});
