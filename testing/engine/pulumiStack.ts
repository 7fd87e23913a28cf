import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import { STACK_TYPE } from "../../formats/urn";
import { isSecret, plain } from "../../formats/values";
import { Passphrase } from "./passphrase";
import { childEnvironment } from "./program";
import { type Project, readConfig, readProject, readStackFile } from "./project";
import { type Finished, parsePreview, parseProgress } from "./pulumiOutput";
import type { Deployment, ImportFile, OperationOptions, Result, Stack, StackConfig, StackOptions } from "./stack";
import { decodeState, encodeState, StateFile } from "./state";
import { masked } from "./values";

/**
 * Opens a stack on Pulumi's own CLI: the `pulumi` on PATH, with its file backend and home in `stateDir`. Writes nothing into
 * the project. Steps are parsed from the progress output, because `pulumi up --json` prints secrets in plain text.
 */
export async function openPulumiStack(options: StackOptions): Promise<Stack> {
  const stack = new PulumiStack(options, await readProject(options.projectDir));
  await stack.prepare({});
  return stack;
}

class PulumiStack implements Stack {
  readonly engine = "pulumi";
  private readonly file: StateFile;
  /** Has the configuration of the stack, which `pulumi` would store in the project. */
  private readonly workspace: string;

  constructor(
    private readonly options: StackOptions,
    private readonly project: Project,
  ) {
    this.file = new StateFile(options.stateDir, project.name, options.stack);
    this.workspace = path.join(options.stateDir, ".pulumi-workspace", project.name);
  }

  /** Creates the stack if it doesn't exist, and writes its configuration. */
  async prepare(overrides: StackConfig): Promise<void> {
    const file = await readStackFile(this.project.root, this.options.stack);
    const state = await this.file.read();
    const salt = state?.deployment.secrets_providers?.state?.salt ?? file.encryptionsalt;
    const passphrase = await Passphrase.open(this.options.passphrase, salt);
    if (state === undefined) await this.file.write(encodeState({ resources: [], pending: [] }, passphrase));
    const merged = { ...this.options.config, ...overrides };
    const config = await readConfig(this.project, file, this.options.passphrase, merged);
    const entries = Object.entries(config).map(([key, value]) => {
      return [key, isSecret(value) ? { secure: passphrase.encrypt(String(plain(value))) } : value];
    });
    const settings = { encryptionsalt: passphrase.saltLine, config: Object.fromEntries(entries) };
    await mkdir(this.workspace, { recursive: true });
    await writeFile(
      path.join(this.workspace, "Pulumi.yaml"),
      stringify({ name: this.project.name, runtime: "nodejs" }),
    );
    await writeFile(this.configFile, stringify(settings), { mode: 0o600 });
  }

  async preview(options: OperationOptions = {}): Promise<Result> {
    const began = Date.now();
    const refresh = options.refresh ? ["--refresh"] : [];
    const finished = await this.operate(["preview", "--json", ...refresh], options, () => undefined);
    return parsePreview(finished, (Date.now() - began) / 1000, this.options);
  }

  up(options: OperationOptions = {}): Promise<Result> {
    return this.change(["up", ...(options.refresh ? ["--refresh"] : [])], options);
  }

  refresh(options: OperationOptions = {}): Promise<Result> {
    return this.change(["refresh"], options);
  }

  destroy(options: OperationOptions = {}): Promise<Result> {
    return this.change(["destroy"], options);
  }

  async importFile(file: ImportFile): Promise<Result> {
    const name = path.join(this.workspace, "import.json");
    await writeFile(name, JSON.stringify(file), { mode: 0o600 });
    return this.change(["import", "--file", name, "--generate-code=false", "--protect=false"], {});
  }

  async exportState(): Promise<Deployment> {
    return JSON.parse((await this.runStackCommand(["stack", "export"])).stdout);
  }

  async importState(deployment: Deployment): Promise<void> {
    const name = path.join(this.workspace, "state.json");
    await writeFile(name, JSON.stringify(deployment), { mode: 0o600 });
    await this.runStackCommand(["stack", "import", "--file", name]);
  }

  async outputs({ showSecrets = false } = {}): Promise<Record<string, unknown>> {
    const { stdout } = await this.runStackCommand([
      "stack",
      "output",
      "--json",
      ...(showSecrets ? ["--show-secrets"] : []),
    ]);
    return JSON.parse(stdout);
  }

  private get configFile(): string {
    return path.join(this.workspace, `Pulumi.${this.options.stack}.yaml`);
  }

  private async change(command: string[], options: OperationOptions): Promise<Result> {
    const before = (await this.file.read())?.deployment.resources ?? [];
    const progress = parseProgress(this.options.onEvent ?? (() => undefined), this.options.stack);
    const finished = await this.operate([...command, "--yes", "--skip-preview"], options, progress.line);
    const state = (await this.file.read()) as Deployment;
    return progress.result(
      finished,
      [...before, ...(state.deployment.resources ?? [])],
      await this.stackOutputs(state),
    );
  }

  private async stackOutputs(state: Deployment): Promise<Record<string, unknown>> {
    const salt = state.deployment.secrets_providers?.state?.salt;
    const { resources } = decodeState(state, await Passphrase.open(this.options.passphrase, salt));
    return masked(resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {});
  }

  /** An operation in the project's directory. */
  private async operate(
    command: string[],
    { env, config }: OperationOptions,
    line: (line: string) => void,
  ): Promise<Finished> {
    await this.prepare(config ?? {});
    const parallel = ["--parallel", String(this.options.parallel ?? 8)];
    return this.pulumi([...command, "--config-file", this.configFile, ...parallel], this.project.root, env, line);
  }

  /** Reads or changes the state, without the project. */
  private async runStackCommand(command: string[]): Promise<Finished> {
    const finished = await this.pulumi(command, this.workspace);
    if (finished.code !== 0)
      throw new Error(`pulumi ${command.join(" ")} failed: ${finished.stderr || finished.stdout}`);
    return finished;
  }

  private async pulumi(
    command: string[],
    cwd: string,
    env: Record<string, string> = {},
    line: (line: string) => void = () => undefined,
  ): Promise<Finished> {
    const own = {
      PULUMI_HOME: path.join(this.options.stateDir, ".pulumi-home"),
      PULUMI_BACKEND_URL: `file://${path.resolve(this.options.stateDir)}`,
      PULUMI_CONFIG_PASSPHRASE: this.options.passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    };
    const args = [...command, "--stack", this.options.stack, "--non-interactive", "--color", "never"];
    const child = spawn("pulumi", args, {
      cwd,
      env: childEnvironment({ ...own, ...this.options.env, ...env }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const finished: Finished = { code: null, stdout: "", stderr: "" };
    createInterface({ input: child.stdout }).on("line", (text) => {
      finished.stdout += `${text}\n`;
      line(text);
    });
    createInterface({ input: child.stderr }).on("line", (text) => {
      finished.stderr += `${text}\n`;
    });
    finished.code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return finished;
  }
}
