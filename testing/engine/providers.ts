import { DYNAMIC_PROVIDER, parseUrn, providerUrn } from "../../formats/urn";
import { isObject, UNKNOWN, type Values } from "../../formats/values";
import { type Launch, Plugin } from "./plugin";
import type { Report } from "./report";
import type { Sdk } from "./sdk";
import type { Snapshot } from "./snapshot";
import type { Resource } from "./state";
import { isDeepEqual, plainValues } from "./values";

/** Key of a provider's inputs under which Pulumi keeps what is not for the provider itself. */
const INTERNAL = "__internal";

/** The provider processes of an operation: one for each provider resource that is used, started when it first is. */
export class Providers {
  private readonly running = new Map<string, { inputs: Values; plugin: Promise<Plugin> }>();
  private readonly retired: Array<Promise<Plugin>> = [];

  constructor(
    private readonly sdk: Sdk,
    private readonly directory: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly launch: Launch,
    private readonly snapshot: Snapshot,
    private readonly report: Report,
  ) {}

  /** The configured provider of a resource. */
  of(resource: Resource): Promise<Plugin> {
    const urn = providerUrn(resource.provider);
    const provider = this.snapshot.current(urn);
    if (provider === undefined) throw new Error(`${resource.urn} names a provider that is not in the state: ${urn}`);
    const running = this.running.get(urn);
    if (running && isDeepEqual(running.inputs, provider.inputs)) return running.plugin;
    if (running) this.retired.push(running.plugin);
    const plugin = this.start(provider);
    this.running.set(urn, { inputs: provider.inputs, plugin });
    return plugin;
  }

  /** Ends every process. */
  async close(): Promise<void> {
    const plugins = [...this.retired, ...[...this.running.values()].map(({ plugin }) => plugin)];
    const started = await Promise.allSettled(plugins);
    await Promise.all(started.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)));
  }

  private async start({ urn, id, inputs, type }: Resource): Promise<Plugin> {
    if (type !== DYNAMIC_PROVIDER) {
      const name = parseUrn(urn).type.split(":").pop();
      throw new Error(`This test engine runs dynamic resources only; it has no provider for the package ${name}.`);
    }
    this.report.learn(inputs);
    const { [INTERNAL]: internal, ...args } = plainValues(inputs);
    const log = (line: string) => this.report.diagnostic("info", line);
    const launched = await this.launch(this.sdk, this.directory, renamed(this.env, internal), log);
    const plugin = new Plugin(this.sdk, launched);
    await plugin.configure({ urn, id: id || UNKNOWN }, args);
    return plugin;
  }
}

/** A provider's inputs together with its `envVarMappings`, as Pulumi keeps them. */
export function withEnvVarMappings(inputs: Values, mappings: Record<string, string>): Values {
  return Object.keys(mappings).length === 0 ? inputs : { ...inputs, [INTERNAL]: { envVarMappings: mappings } };
}

/** `envVarMappings`: the process finds a variable under the name that its provider looks for. */
function renamed(env: NodeJS.ProcessEnv, internal: unknown): NodeJS.ProcessEnv {
  const mappings = isObject(internal) && isObject(internal.envVarMappings) ? internal.envVarMappings : {};
  const found = Object.entries(mappings).filter(([name]) => env[name] !== undefined);
  return { ...env, ...Object.fromEntries(found.map(([name, wanted]) => [String(wanted), env[name]])) };
}
