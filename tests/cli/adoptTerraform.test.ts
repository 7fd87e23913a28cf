/** `adopt --from-terraform`: what it reads from states of each provider, what it writes, and what it refuses. */
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImportedResource } from "../../testing/index";
import { declared, eachTestAdopts, inFolder, programSource } from "./support/adoption";
import type { Run } from "./support/terminal";
import { fillByTerraform, keyResource, resource, type StateSource, stateText } from "./support/terraform";

const { simulator, adopt, adoptWith } = eachTestAdopts();

/** Writes the state to a file and adopts what it lists. */
function adoptState(state: string, ...args: string[]): Promise<Run> {
  writeFileSync(inFolder("terraform.tfstate"), state);
  return adopt("--from-terraform", inFolder("terraform.tfstate"), "--import", inFolder("import.json"), ...args);
}

function imported(): Required<ImportedResource>[] {
  return JSON.parse(readFileSync(inFolder("import.json"), "utf8")).resources;
}

function createKey(name: string) {
  const { key, secret } = simulator().dashboard.createKey({ name });
  return { hash: key.hash, name, secret };
}

const SECRET_MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

describe.each<[StateSource, boolean]>([
  ["OpenRouterTeam", true],
  ["cloudopsworks", true],
  ["OneNoted", false],
  ["standujar", true],
])("a state of the provider of %s", (source, hasKey) => {
  test(`declares the key, and ${hasKey ? "carries its secret over" : "leaves its secret empty"}`, async () => {
    const key = createKey("CI");
    const { err } = await adoptState(stateText([keyResource(source, "ci", key)]));
    expect(err).toBe("");
    expect(declared()).toEqual([{ kind: "InferenceKey", name: "ci", args: { name: "CI" } }]);
    const [{ id, outputs } = { id: "", outputs: {} as ImportedResource["inputs"] }] = imported();
    expect(id).toBe(key.hash);
    expect(outputs?.key).toEqual(hasKey ? { ...SECRET_MARK, plaintext: JSON.stringify(key.secret) } : "");
  });
});

describe("a whole state", () => {
  test("declares its objects under the names of Terraform, and nothing else of the account", async () => {
    await adoptState(fillByTerraform(simulator()).state);
    const names = declared().map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toEqual([
      "Guardrail budget",
      "Guardrail main",
      "InferenceKey ci",
      "InferenceKey apps-web-this",
      "InferenceKey pool-worker-1",
      "GuardrailKeyAssignment ci",
      "GuardrailMemberAssignment ada",
    ]);
  });

  test("refers to the guardrail and the key of an assignment, and leaves the default guardrail in the account", async () => {
    const { state, member } = fillByTerraform(simulator());
    await adoptState(state);
    const args = Object.fromEntries(declared().map(({ kind, args }) => [kind, args]));
    const guardrailId = "the id of Guardrail budget";
    expect(args.GuardrailKeyAssignment).toEqual({ guardrailId, keyHash: "the id of InferenceKey ci" });
    expect(args.GuardrailMemberAssignment).toEqual({ guardrailId, userId: member });
    expect(programSource()).toContain("  { retainOnDelete: true },\n);");
  });

  test("comes without a write to the account, and without a key in the program or the output", async () => {
    const { state, keys } = fillByTerraform(simulator());
    simulator().clearRequests();
    const { out, err } = await adoptState(state);
    expect(new Set(simulator().requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    for (const { secret } of Object.values(keys)) {
      for (const text of [programSource(), out, err]) expect(text).not.toContain(secret.slice(-16));
    }
    expect(out).toContain("has 3 inference keys in plain text");
    expect(out).toContain("`terraform state rm ADDRESS`");
  });

  test("says which resources this package does not manage, and ignores those of other services", async () => {
    const { err } = await adoptState(fillByTerraform(simulator()).state);
    expect(err).toBe("Skipped openrouter_workspace.team_a: this package does not manage resources of this type\n");
  });

  test.each([true, false])("gets an import file that only the user can read (replaced: %s)", async (isReplaced) => {
    const { state } = fillByTerraform(simulator());
    if (isReplaced) writeFileSync(inFolder("import.json"), "", { mode: 0o644 });
    await adoptState(state, ...(isReplaced ? ["--force"] : []));
    expect((statSync(inFolder("import.json")).mode & 0o777).toString(8)).toBe("600");
  });

  test("is read from standard input, so that it need not be a file", async () => {
    const { state } = fillByTerraform(simulator());
    await adoptState(state);
    const expected = programSource();
    const again = await adoptWith(state, "--from-terraform", "-", "--import", inFolder("import.json"), "--force");
    expect(again).toMatchObject({ code: 0 });
    expect(programSource()).toBe(expected);
  });
});

test("never writes keys through a link to another file", async () => {
  const { state } = fillByTerraform(simulator());
  symlinkSync(inFolder("elsewhere"), inFolder("import.json"));
  const { code, err } = await adoptState(state);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("import.json: it already exists") });
  expect([existsSync(inFolder("elsewhere")), existsSync(inFolder("index.ts"))]).toEqual([false, false]);
});

test("never overwrites the state, or one file with the other", async () => {
  const { state } = fillByTerraform(simulator());
  const [file, program] = [inFolder("terraform.tfstate"), inFolder("index.ts")];
  for (const name of [file, program]) {
    const { code, err } = await adoptState(state, "--import", name, "--force");
    expect({ code, err }).toEqual({ code: 2, err: `nothing was written: ${name} is named twice\n` });
  }
  expect(readFileSync(file, "utf8")).toBe(state);
});

test("leaves no import file when the program can't be written", async () => {
  const { state } = fillByTerraform(simulator());
  const { code, err } = await adoptState(state, "--out", inFolder("missing/index.ts"));
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("no such folder") });
  expect(existsSync(inFolder("import.json"))).toBe(false);
});

describe("with --native", () => {
  test("imports keys with their secret as a whole, and all others by their id", async () => {
    const { state } = fillByTerraform(simulator());
    await adoptState(state, "--native");
    expect(programSource()).toContain('import * as openrouter from "pulumi-openrouter/native";');
    const fields = imported().map(({ type, ...each }) => [type.split(":").at(-1), Object.keys(each)]);
    const whole = ["name", "id", "inputs", "outputs"];
    expect(Object.fromEntries(fields)).toEqual({
      ...{ Guardrail: ["name", "id"], InferenceKey: whole },
      ...{ GuardrailKeyAssignment: ["name", "id"], GuardrailMemberAssignment: ["name", "id"] },
    });
    // So that the stack can move to the dynamic provider.
    const key = imported().find(({ type }) => type.endsWith("InferenceKey"));
    expect(key?.outputs).toMatchObject({ __provider: expect.stringContaining("InferenceKey") });
  });
});

test("takes the id of a guardrail in upper case for the same, and gives a guardrail no key", async () => {
  const { id } = simulator().dashboard.createGuardrail({ name: "upper" });
  const { err } = await adoptState(stateText([resource("openrouter_guardrail", "upper", { id: id.toUpperCase() })]));
  expect(err).toBe("");
  expect(imported().map((each) => [each.id, "key" in each.outputs])).toEqual([[id, false]]);
});

test.each([
  ["an empty string", ""],
  ["a masked key", "sk-or-v1-0f0...0f0f"],
  ["no string", 7],
])("carries over no secret of a key whose state has %s", async (_case, key) => {
  const { hash } = createKey("masked");
  const { err } = await adoptState(stateText([resource("openrouter_api_key", "masked", { hash, key })]));
  expect({ err, key: imported()[0]?.outputs.key }).toEqual({ err: "", key: "" });
});

describe("an object that can't be adopted is listed by its address", () => {
  const reasonOf = async (...resources: Parameters<typeof stateText>[0]) => {
    const { err } = await adoptState(
      stateText([keyResource("OpenRouterTeam", "good", createKey("good")), ...resources]),
    );
    return err;
  };

  test("a key that the account lacks", async () => {
    const gone = { hash: "0".repeat(64), name: "gone", secret: `sk-or-v1-${"0".repeat(64)}` };
    const err = await reasonOf(keyResource("OpenRouterTeam", "gone", gone));
    expect(err).toBe(`Skipped openrouter_api_key.gone (${gone.hash}): the account does not have it\n`);
  });

  test("an assignment that was removed", async () => {
    const { id } = simulator().dashboard.createGuardrail({ name: "g" });
    const { hash } = createKey("free");
    const pair = resource("openrouter_guardrail_key_assignment", "x", { guardrail_id: id, key_hash: hash });
    expect(await reasonOf(pair)).toContain(`(${id}/${hash}): the account does not have it\n`);
  });

  test("a default guardrail that was never edited", async () => {
    const [workspace] = simulator().account.workspaces;
    const id = workspace?.default_guardrail_id;
    const err = await reasonOf(resource("openrouter_workspace_default_guardrail", "main", { id }));
    expect(err).toBe(`Skipped openrouter_workspace_default_guardrail.main (${id}): the account does not have it\n`);
  });

  test.each([
    ["has no id", {}],
    ["has a key instead of a hash", { hash: `sk-or-v1-${"a".repeat(64)}` }],
    ["has an id of another type", { hash: ["x"] }],
  ])("a key that %s", async (_case, attributes) => {
    const err = await reasonOf(resource("openrouter_api_key", "odd", attributes));
    expect(err).toBe("Skipped openrouter_api_key.odd: the state has no valid id of it\n");
  });

  test("a deposed object, and a second resource of one object", async () => {
    const key = createKey("twice");
    const err = await reasonOf(
      keyResource("OpenRouterTeam", "a", key, { index_key: 0 }),
      keyResource("OpenRouterTeam", "b", key),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a plain string
      keyResource("OpenRouterTeam", "c", createKey("old"), { index_key: "${x}", deposed: "0a1b2c3d" }),
    );
    expect(err).toBe(
      "Skipped openrouter_api_key.b: it is the same object as openrouter_api_key.a[0]\n" +
        'Skipped openrouter_api_key.c["$${x}"] (deposed object 0a1b2c3d): Terraform has replaced it and not deleted it yet\n',
    );
  });

  test("the secret of a different key, which is not carried over", async () => {
    const key = { ...createKey("mine"), secret: `sk-or-v1-${"f".repeat(64)}` };
    const err = await reasonOf(keyResource("OpenRouterTeam", "mine", key));
    expect(err).toBe("Skipped the secret of openrouter_api_key.mine: it does not belong to the key of this id\n");
    expect(imported().find(({ id }) => id === key.hash)?.outputs.key).toBe("");
  });
});

test("asks for the account of the state when the account has none of it, and writes nothing", async () => {
  const { code, err } = await adoptState(
    stateText([keyResource("standujar", "gone", { hash: "0".repeat(64), name: "gone", secret: "" })]),
  );
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("Does the management key belong to the") });
  expect([existsSync(inFolder("import.json")), existsSync(inFolder("index.ts"))]).toEqual([false, false]);
});

test("keeps hostile names out of the program and the terminal", async () => {
  const hostile = [
    "*/ process.exit(1) /*",
    "\u001b[2J",
    "__proto__",
    "a\n::error::b",
    "'; rm -rf /",
    `sk-or-v1-${"e".repeat(64)}`,
  ];
  const resources = hostile.map((name, at) =>
    keyResource("OpenRouterTeam", name, createKey(`k${at}`), { index_key: name }),
  );
  const { out, err } = await adoptState(
    stateText([
      ...resources,
      resource("openrouter_\u001b[2Jx", "\u202e\n::error::", {}),
      resource("constructor", "x", {}),
    ]),
  );
  expect(new Set(declared().map(({ name }) => name)).size).toBe(hostile.length);
  for (const text of [out, err, programSource()]) {
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).not.toMatch(/e{8}|^::error/m);
  }
});

describe("another file is refused, with what to do and without an excerpt", () => {
  const secret = `sk-or-v1-${"d".repeat(64)}`;
  test.each([
    ["an empty one", "", "it is empty"],
    ["one that is not JSON", `key = "${secret}"`, "it is not JSON"],
    ["an array", "[]", "it is not a Terraform state"],
    ["null", "null", "it is not a Terraform state"],
    ["other JSON", `{"key":"${secret}"}`, "it is not a Terraform state"],
    ["a state with wrong types", `{"version":4,"resources":{"x":"${secret}"}}`, "it is not a Terraform state"],
    ["a state of Terraform 0.11", '{"version":3,"modules":[]}', "it is not a state of version 4"],
    ["a future state", '{"version":5}', "it is not a state of version 4"],
    [
      "an encrypted state of OpenTofu",
      '{"serial":1,"encrypted_data":"x","encryption_version":"v0"}',
      "it is encrypted",
    ],
    ["the file of a remote state", '{"version":3,"backend":{"type":"s3"}}', "names the backend of a remote state"],
    [
      "the output of `terraform show`",
      '{"format_version":"1.0","values":{}}',
      "it is the output of `terraform show -json`",
    ],
    ["a state in UTF-16", Buffer.from("{}", "utf16le").toString("utf8"), "it is not UTF-8"],
    ["a state without OpenRouter", stateText([resource("aws_s3_bucket", "x", {})]), "it has no resource of OpenRouter"],
  ])("%s", async (_name, text, problem) => {
    const { code, out, err } = await adoptState(text);
    expect({ code, out, err }).toEqual({ code: 2, out: "", err: expect.stringContaining(problem) });
    expect(err).not.toContain("d".repeat(8));
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(simulator().requests).toEqual([]);
  });

  test("a folder, and a missing file", async () => {
    for (const [file, cause] of [
      [".", "EISDIR"],
      ["none", "no such file"],
    ]) {
      const path = join(inFolder("."), file as string);
      const { code, err } = await adopt("--from-terraform", path, "--import", inFolder("import.json"));
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(cause as string) });
    }
  });
});

test("accepts a byte order mark", async () => {
  const state = stateText([keyResource("OpenRouterTeam", "ci", createKey("ci"))]);
  expect(await adoptState(`\ufeff${state}`)).toMatchObject({ code: 0 });
});

test.each(["--name=x", "--workspace=x"])("refuses %s", async (option) => {
  const { code, err } = await adoptState("{}", option);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("cannot be used with option") });
});

test("reads a state with thousands of resources", async () => {
  const others = Array.from({ length: 20_000 }, (_, at) =>
    resource("aws_s3_bucket", `b${at}`, { id: "x".repeat(500) }),
  );
  const state = stateText([...others, keyResource("standujar", "ci", createKey("ci"))]);
  expect(await adoptState(state)).toMatchObject({ code: 0 });
});
