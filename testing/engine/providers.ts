import { DYNAMIC_PROVIDER, packageOf, providerUrn } from "../../formats/urn";
import { isObject, plainValues, UNKNOWN, type Values } from "../../formats/values";
import { type Launch, Plugin } from "./plugin";
import type { Report } from "./report";
import type { Sdk } from "./sdk";
import type { Snapshot } from "./snapshot";
import type { Resource } from "./state";
import { isDeepEqual } from "./values";

/** The input of a provider where Pulumi keeps its own settings. */
const INTERNAL = "__internal";

/** The provider processes of an operation: one for each provider resource, started at its first use. */
export class Providers {
  private readonly running = new Map<string, { inputs: Values; plugin: Promise<Plugin> }>();
  private readonly retired: Array<Promise<Plugin>> = [];

  constructor(
    private readonly sdk: Sdk,
    private readonly directory: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly launchOf: (provider: string) => Launch | undefined,
    private readonly snapshot: Snapshot,
    private readonly report: Report,
  ) {}

  /** The configured provider of a resource. */
  of(resource: Resource): Promise<Plugin> {
    const urn = providerUrn(resource.provider);
    const provider = this.snapshot.current(urn);
    if (provider === undefined)
      throw new Error(`${resource.urn} refers to a provider that is not in the state: ${urn}`);
    const running = this.running.get(urn);
    if (running && isDeepEqual(running.inputs, provider.inputs)) return running.plugin;
    if (running) this.retired.push(running.plugin);
    const plugin = this.start(provider);
    this.running.set(urn, { inputs: provider.inputs, plugin });
    return plugin;
  }

  /** Stops every process. */
  async close(): Promise<void> {
    const plugins = [...this.retired, ...[...this.running.values()].map(({ plugin }) => plugin)];
    const started = await Promise.allSettled(plugins);
    await Promise.all(started.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)));
  }

  private async start({ urn, id, inputs, type }: Resource): Promise<Plugin> {
    const launch = this.launchOf(packageOf(type));
    if (!launch) {
      throw new Error(
        `This test engine runs dynamic resources, and plugins that Pulumi.yaml names with a path. It has none for the ` +
          `package ${packageOf(type)}.`,
      );
    }
    this.report.maskSecretsOf(inputs);
    const { [INTERNAL]: internal, ...args } = plainValues(inputs);
    const log = (line: string) => this.report.diagnostic("info", line);
    const launched = await launch(this.sdk, this.directory, applyEnvVarMappings(this.env, internal), log);
    const plugin = new Plugin(this.sdk, launched);
    if (type !== DYNAMIC_PROVIDER) await requireValid(plugin, urn, args);
    await plugin.configure({ urn, id: id || UNKNOWN }, args);
    return plugin;
  }
}

async function requireValid(plugin: Plugin, urn: string, args: Values): Promise<void> {
  const failures = await plugin.checkConfig(urn, args);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
}

/** A provider's inputs with its `envVarMappings`, as Pulumi stores them. */
export function withEnvVarMappings(inputs: Values, mappings: Record<string, string>): Values {
  return Object.keys(mappings).length === 0 ? inputs : { ...inputs, [INTERNAL]: { envVarMappings: mappings } };
}

/** `envVarMappings`: copies variables to the names that the provider reads. */
function applyEnvVarMappings(env: NodeJS.ProcessEnv, internal: unknown): NodeJS.ProcessEnv {
  const mappings = isObject(internal) && isObject(internal.envVarMappings) ? internal.envVarMappings : {};
  const present = Object.entries(mappings).filter(([name]) => env[name] !== undefined);
  return { ...env, ...Object.fromEntries(present.map(([name, target]) => [String(target), env[name]])) };
}
