import * as pulumi from "@pulumi/pulumi";

/** What a {@link Provider} is declared with. */
export interface ProviderArgs {
  /**
   * Management key of the account. Kept encrypted in the state. With it, nothing is taken from the environment. Without
   * it, the environment is asked: use that with the option `envVarMappings` to keep the key out of the state.
   */
  managementKey?: pulumi.Input<string>;
  /** Base URL of the API; https, or http to this machine. Default: the public API. */
  baseUrl?: pulumi.Input<string>;
  /**
   * Whether `pulumi up` deletes the keys and guardrails that a killed run seems to have left: those of the default name
   * and the declared settings that were never used. Without it they are named, with the command that removes one.
   * Default: `false`.
   */
  removeInterrupted?: pulumi.Input<boolean>;
}

/**
 * An account other than the default one, for stacks that manage several. Resources use it through the option
 * `provider`.
 *
 * ```ts
 * const emea = new openrouter.Provider("emea", { managementKey: config.requireSecret("emeaKey") });
 * new openrouter.InferenceKey("ci", { limit: 25 }, { provider: emea });
 * ```
 *
 * `pulumi refresh` and `pulumi destroy` don't run the program, so they use the key of the last `up`; add
 * `--run-program` after a rotation.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      "pulumi-nodejs",
      name,
      {
        "openrouter:explicit": "true",
        "openrouter:managementKey": args.managementKey === undefined ? undefined : pulumi.secret(args.managementKey),
        "openrouter:baseUrl": args.baseUrl,
        "openrouter:removeInterrupted":
          args.removeInterrupted === undefined ? undefined : pulumi.output(args.removeInterrupted).apply(String),
      },
      opts,
    );
  }
}
