/**
 * The SDKs that Pulumi generates from plugin/schema.json compile. Each is skipped without `pulumi`, its language plugin or the
 * toolchain on PATH; the CI job with the CLI has all of them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { hasPulumi } from "../../testing/engine/openStack";

const root = resolve(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-sdks-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Fails with the output of a command that fails. */
function run(command: string, args: string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  expect({ status, output: status === 0 ? "" : `${stdout}${stderr}${error ?? ""}` }).toEqual({ status: 0, output: "" });
}

const onPath = (program: string) =>
  (process.env.PATH ?? "").split(delimiter).some((directory) => existsSync(join(directory, program)));

function testWith(language: string, toolchain: string): jest.It {
  const isThere = hasPulumi() && onPath(`pulumi-language-${language}`) && onPath(toolchain);
  return isThere ? test : test.skip;
}

function generate(language: string): string {
  const schema = join(root, "plugin/schema.json");
  run("pulumi", ["package", "gen-sdk", schema, "--language", language, "--out", folder], root);
  return join(folder, language);
}

testWith("python", "python3")("the Python SDK compiles, with every class and function", () => {
  const sdk = generate("python");
  run("python3", ["-m", "compileall", "-q", sdk], sdk);
  for (const module of ["inference_key", "guardrail_assignments", "get_workspace"]) {
    expect(existsSync(join(sdk, "pulumi_openrouter", `${module}.py`))).toBe(true);
  }
});

testWith("go", "go")(
  "the Go SDK compiles, with the types that a program uses",
  () => {
    const sdk = generate("go");
    const { stdout: release } = spawnSync("pulumi", ["version"], { encoding: "utf8" });
    const requirement = `require github.com/pulumi/pulumi/sdk/v3 ${release.trim()}`;
    writeFileSync(join(sdk, "go.mod"), `module pulumi-openrouter/sdk/go\n\n${requirement}\n`);
    writeFileSync(join(sdk, "openrouter/program.go"), GO_PROGRAM);
    run("go", ["vet", "-mod=mod", "./..."], sdk);
  },
  900_000,
);

const GO_PROGRAM = `package openrouter

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

func program(ctx *pulumi.Context) error {
	key, err := NewInferenceKey(ctx, "ci", &InferenceKeyArgs{Limit: pulumi.Float64(25)})
	if err != nil {
		return err
	}
	_, err = GetWorkspace(ctx, &GetWorkspaceArgs{Slug: pulumi.StringRef("default")})
	ctx.Export("key", key.Key)
	return err
}

var _ = program
`;
