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
   * and the declared settings for which nothing was ever spent, before it makes one of that name. Without it they are
   * named, with the command that removes one. Leave it off where two resources of the stack may have one default name
   * (a child of a component and a resource without a parent), where others use the same project and stack names on the
   * account, and with keys that only call free models. Default: `false`.
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
 * A key that is declared and turns out empty, or a mapped variable that is not set, is an error: the environment may hold
 * the key of another account.
 *
 * `pulumi refresh` and `pulumi destroy` don't run the program, so they use the key of the last `up`; add
 * `--run-program` after a rotation.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.CustomResourceOptions) {
    refuseMissingKey(name, args, opts);
    super(
      "pulumi-nodejs",
      name,
      {
        "openrouter:explicit": "true",
        "openrouter:ownKey": "managementKey" in args ? "true" : undefined,
        "openrouter:managementKey": args.managementKey === undefined ? undefined : pulumi.secret(args.managementKey),
        "openrouter:baseUrl": args.baseUrl,
        "openrouter:removeInterrupted":
          args.removeInterrupted === undefined ? undefined : pulumi.output(args.removeInterrupted).apply(String),
      },
      opts,
    );
  }
}

/** Without its key the provider process would take the one of the environment, and make the objects in that account. */
function refuseMissingKey(name: string, args: ProviderArgs, opts: pulumi.CustomResourceOptions | undefined): void {
  if ("managementKey" in args && (args.managementKey === undefined || args.managementKey === "")) {
    throw new pulumi.RunError(
      `Provider "${name}": managementKey is declared and empty. Give it a key, or leave it out.`,
    );
  }
  for (const [variable, meaning] of Object.entries(opts?.envVarMappings ?? {})) {
    if (meaning === "OPENROUTER_MANAGEMENT_KEY" && !process.env[variable]) {
      throw new pulumi.RunError(`Provider "${name}": ${variable}, which is mapped to ${meaning}, is not set.`);
    }
  }
}
