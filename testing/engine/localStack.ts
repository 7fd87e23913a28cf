import { DYNAMIC_PROVIDER, packageOf, STACK_TYPE } from "../../formats/urn";
import { plainValues, type Values } from "../../formats/values";
import { deleteAll } from "./delete";
import { serveMonitor } from "./monitor";
import { Passphrase } from "./passphrase";
import { type Launch, launchDynamicProvider, launchPlugin } from "./plugin";
import { childEnvironment, providerEnvironment, runProgram } from "./program";
import { type Project, readConfig, readProject, readStackFile } from "./project";
import { Providers } from "./providers";
import { Report } from "./report";
import { loadSdk, type Sdk } from "./sdk";
import { Snapshot } from "./snapshot";
import type { Deployment, ImportFile, OperationOptions, Result, Stack, StackOptions } from "./stack";
import { decodeState, encodeState, type State, StateFile } from "./state";
import { AbortedError, type Run } from "./stepRunner";
import { Steps } from "./steps";
import { Update } from "./update";
import { masked } from "./values";

/**
 * For the engine's own tests: a different provider process.
 * @internal
 */
export interface LocalOptions extends StackOptions {
  launch?: Launch;
}

/**
 * Opens a stack on the local engine.
 *
 * It is an engine for tests and demos. It runs an unchanged program with the real provider process, and supports what Pulumi's
 * engine does for dynamic resources: check, diff, create, update, replace, delete, refresh, import by file, previews, secrets,
 * and the state in the CLI's format. It does not replace Pulumi's CLI: it has no locks, history, policies or other packages,
 * and rejects programs that use an unsupported feature.
 */
export async function openLocalStack(options: StackOptions): Promise<Stack> {
  const project = await readProject(options.projectDir);
  return new LocalStack(options, project, loadSdk(project.directory));
}

/** An operation in progress. */
interface Operation extends Run {
  config: Values;
  env: NodeJS.ProcessEnv;
}

class LocalStack implements Stack {
  readonly engine = "local";
  private readonly file: StateFile;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: LocalOptions,
    private readonly project: Project,
    private readonly sdk: Sdk,
  ) {
    this.file = new StateFile(options.stateDir, project.name, options.stack);
  }

  preview(options: OperationOptions = {}): Promise<Result> {
    return this.operate("Previewing update", options, true, (run) => this.update(run, options));
  }

  up(options: OperationOptions = {}): Promise<Result> {
    return this.operate("Updating", options, false, (run) => this.update(run, options));
  }

  refresh(options: OperationOptions = {}): Promise<Result> {
    return this.operate("Refreshing", options, false, refreshAll);
  }

  destroy(options: OperationOptions = {}): Promise<Result> {
    return this.operate("Destroying", options, false, (run) => deleteAll(run.snapshot.olds, run, new Steps(run)));
  }

  importFile(file: ImportFile): Promise<Result> {
    return this.operate("Importing", {}, false, (run) => this.newUpdate(run).import(file.resources));
  }

  async exportState(): Promise<Deployment> {
    const passphrase = await this.passphrase();
    return (await this.file.read()) ?? encodeState({ resources: [], pending: [] }, passphrase);
  }

  async importState(deployment: Deployment): Promise<void> {
    const { resources } = await this.decode(deployment);
    await this.file.write(encodeState({ resources, pending: [] }, await this.passphrase()));
  }

  async outputs({ showSecrets = false } = {}): Promise<Record<string, unknown>> {
    const outputs = stackOutputs((await this.state()).resources);
    return showSecrets ? plainValues(outputs) : masked(outputs);
  }

  /** Runs one operation after the earlier ones. Failures are in the result. */
  private operate(
    title: string,
    options: OperationOptions,
    preview: boolean,
    work: (run: Operation) => Promise<void>,
  ): Promise<Result> {
    const result = this.queue.then(() => this.operateNow(title, options, preview, work));
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async operateNow(
    title: string,
    options: OperationOptions,
    preview: boolean,
    work: (run: Operation) => Promise<void>,
  ): Promise<Result> {
    const report = new Report(preview, this.options.onEvent ?? (() => undefined));
    report.emit({ type: "operation", title, stack: this.options.stack });
    const run = await this.begin(report, options, preview);
    let ok = true;
    try {
      await work(run);
    } catch (error) {
      ok = false;
      if (!(error instanceof AbortedError))
        report.diagnostic("error", error instanceof Error ? error.message : String(error));
    } finally {
      await run.providers.close();
    }
    if (!preview) await run.snapshot.checkpoint();
    return report.result(ok, stackOutputs(run.snapshot.resources));
  }

  private async begin(report: Report, options: OperationOptions, preview: boolean): Promise<Operation> {
    const passphrase = await this.passphrase();
    const state = await this.state();
    for (const resource of state.resources) {
      report.maskSecretsOf(resource.inputs);
      report.maskSecretsOf(resource.outputs);
    }
    if (state.pending.length > 0) report.diagnostic("warning", pendingOperationsWarning(state));
    const file = await readStackFile(this.project.root, this.options.stack);
    const overrides = { ...this.options.config, ...options.config };
    const config = await readConfig(this.project, file, this.options.passphrase, overrides);
    report.maskSecretsOf(config);
    const env = childEnvironment({ ...this.options.env, ...options.env });
    if (!preview && (await this.file.read()) !== undefined) await this.file.backUp();
    const snapshot = new Snapshot(state, async (now) => {
      if (!preview) await this.file.write(encodeState(now, passphrase));
    });
    const providerEnv = providerEnvironment(env, this.project, config);
    const launchOf = (name: string) => this.options.launch ?? this.launchOf(name);
    const providers = new Providers(this.sdk, this.project.directory, providerEnv, launchOf, snapshot, report);
    return { preview, parallel: this.options.parallel ?? 8, snapshot, providers, report, config, env };
  }

  private async update(run: Operation, { refresh = this.project.refreshAlways }: OperationOptions): Promise<void> {
    if (refresh) await refreshAll(run);
    const update = this.newUpdate(run);
    const info = {
      project: this.project.name,
      stack: this.options.stack,
      preview: run.preview,
      parallel: run.parallel,
    };
    const monitor = await serveMonitor(this.sdk, info, update, run.report);
    try {
      const { sdk, project } = this;
      const succeeded = await runProgram({ ...run, sdk, project, info, monitor, hasFailed: () => update.steps.failed });
      await update.waitForSteps(succeeded);
      if (!succeeded) throw new AbortedError();
    } finally {
      monitor.close();
    }
    await update.finish();
  }

  private newUpdate(run: Operation): Update {
    return new Update(run, this.options.stack, this.project.name, run.config);
  }

  /** How to start the provider of a package. */
  private launchOf(name: string): Launch | undefined {
    const folder = this.project.plugins.get(name);
    if (folder !== undefined) return launchPlugin(folder);
    return name === packageOf(DYNAMIC_PROVIDER) ? launchDynamicProvider : undefined;
  }

  private async state(): Promise<State> {
    const deployment = await this.file.read();
    return deployment ? this.decode(deployment) : { resources: [], pending: [] };
  }

  private async decode(deployment: Deployment): Promise<State> {
    const salt = deployment.deployment.secrets_providers?.state?.salt;
    return decodeState(
      deployment,
      salt ? await Passphrase.open(this.options.passphrase, salt) : await this.passphrase(),
    );
  }

  private newPassphrase: Promise<Passphrase> | undefined;

  /** With the salt of the state, else of Pulumi.<stack>.yaml, else a new one. */
  private async passphrase(): Promise<Passphrase> {
    const file = await readStackFile(this.project.root, this.options.stack);
    const salt = (await this.file.read())?.deployment.secrets_providers?.state?.salt ?? file.encryptionsalt;
    if (salt !== undefined) return Passphrase.open(this.options.passphrase, salt);
    this.newPassphrase ??= Passphrase.open(this.options.passphrase);
    return this.newPassphrase;
  }
}

async function refreshAll(run: Run): Promise<void> {
  const steps = new Steps(run);
  const live = run.snapshot.olds.filter((resource) => !resource.delete && !resource.pendingReplacement);
  const results = await Promise.allSettled(live.map((resource) => steps.refresh(resource)));
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}

function stackOutputs(resources: State["resources"]): Values {
  return resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
}

function pendingOperationsWarning({ pending }: State): string {
  const list = pending.map(({ type, resource }) => `  * ${resource.urn}, interrupted while ${type}`);
  const head = `Attempting to deploy or update resources with ${pending.length} pending operations from previous deployment.`;
  return [head, ...list, "These resources are in an unknown state. Check the account for orphaned objects."].join("\n");
}
