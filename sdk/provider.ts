import * as pulumi from "@pulumi/pulumi";
import { typeOf } from "../formats/typeTokens";
import { isNative } from "./host";
import { rejection } from "./messages";

/** Inputs of a {@link Provider}. All are optional. */
export interface ProviderArgs {
  /**
   * Management key of the account, stored encrypted in the state. If it is set, the environment is ignored. Default: the
   * key of the environment. To keep the key out of the state, omit it and map a variable with the option `envVarMappings`.
   */
  managementKey?: pulumi.Input<string>;
  /**
   * Id of a federation policy (OpenRouter, Settings → Workload identity), instead of a management key. The token of the
   * CI job or pod is exchanged for access tokens of at most 15 minutes, which act as the management key of the policy. No
   * token is in the state. The subject token comes from the first of: `subjectTokenFile`, the variable
   * `OPENROUTER_SUBJECT_TOKEN`, the file named by `OPENROUTER_SUBJECT_TOKEN_FILE`, GitHub Actions in a job with
   * `permissions: id-token: write`. The rest of the environment is ignored.
   */
  federationPolicyId?: pulumi.Input<string>;
  /** Path of a file with the subject token, such as a projected Kubernetes token. Read at each exchange. */
  subjectTokenFile?: pulumi.Input<string>;
  /**
   * Audience of the token that is requested from GitHub Actions. Default: the variable
   * `OPENROUTER_SUBJECT_TOKEN_AUDIENCE`, else GitHub's own default.
   */
  subjectTokenAudience?: pulumi.Input<string>;
  /** Base URL of the API; HTTPS, or HTTP on loopback. Default: the public API. */
  baseUrl?: pulumi.Input<string>;
  /**
   * Id of the only account that may be changed: its organization (`org_…`) or its oldest workspace. Several ids of one
   * account are separated by commas. `pulumi-openrouter audit` prints it. Checked before the first write, so a management
   * key of a different account creates nothing. Default: the account in the state.
   */
  account?: pulumi.Input<string>;
  /**
   * Whether a create first deletes likely orphans of a killed run: unused keys and unassigned guardrails with the default
   * name and the declared settings. Does nothing for resources with a parent or with `retainOnDelete`, and for keys that
   * were ever used. Leave it off where another stack uses the same project and stack names in the same account.
   * Default: `false`.
   */
  deleteOrphans?: pulumi.Input<boolean>;
}

/**
 * A second account, for stacks that manage several. Pass it to resources as the option `provider`.
 *
 * ```ts
 * const emea = new openrouter.Provider("emea", { managementKey: config.requireSecret("emeaKey") });
 * new openrouter.InferenceKey("ci", { limit: 25 }, { provider: emea });
 * ```
 *
 * A declared key that is empty, or a mapped variable that is not set, is an error: the environment may have the key of a
 * different account.
 *
 * `pulumi refresh` and `pulumi destroy` don't run the program, so they use the key of the last `up`; add
 * `--run-program` after a rotation.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.CustomResourceOptions) {
    if (isNative() && name === "default") {
      throw rejection(`Provider "default": Pulumi gives this name to a provider of its own. Choose a different name.`);
    }
    requireKey(name, args, opts);
    const own = "managementKey" in args || "federationPolicyId" in args;
    const inputs = {
      ...args,
      managementKey: args.managementKey === undefined ? undefined : pulumi.secret(args.managementKey),
      deleteOrphans: args.deleteOrphans === undefined ? undefined : pulumi.output(args.deleteOrphans).apply(String),
    };
    const marks = { explicit: "true", ownKey: own ? "true" : undefined };
    const config = withPrefix({ ...inputs, ...marks });
    if (isNative()) super("openrouter", name, inputs, opts);
    else super("pulumi-nodejs", name, config, opts);
    // A look-up does not return the key.
    settingsByProvider.set(this, pulumi.unsecret(pulumi.output({ config, variables: mappedVariables(opts) })));
  }
}

/** The settings of a look-up, which runs in the program. */
export interface LookUpSettings {
  /** The stack configuration, or the inputs of an explicit `Provider`, by full key. */
  config: Readonly<Record<string, string | undefined>>;
  /** Of its option `envVarMappings`. */
  variables: Readonly<Record<string, string | undefined>>;
}

const settingsByProvider = new WeakMap<pulumi.ProviderResource, pulumi.Output<LookUpSettings>>();

/** Those of the provider that a dynamic resource with these options has. */
export function settingsFor({ provider, parent }: pulumi.InvokeOptions): pulumi.Output<LookUpSettings> {
  const used = provider ?? parent?.getProvider(typeOf("InferenceKey"));
  if (used) {
    const settings = settingsByProvider.get(used);
    if (settings) return settings;
    throw rejection("A look-up needs a Provider of this package: pass one as the option `provider`.");
  }
  const own = new pulumi.Config("openrouter");
  const config = Object.fromEntries(CONFIG_KEYS.map((name) => [`openrouter:${name}`, own.get(name)]));
  return pulumi.output<LookUpSettings>({ config, variables: {} });
}

const CONFIG_KEYS = [
  "managementKey",
  "federationPolicyId",
  "subjectTokenFile",
  "subjectTokenAudience",
  "baseUrl",
  "account",
] satisfies (keyof ProviderArgs)[];

/** The provider of all dynamic resources may have settings of other packages. */
function withPrefix(inputs: pulumi.Inputs): pulumi.Inputs {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`openrouter:${name}`, value]));
}

/** Without its own key, the provider would use the environment's key and create the objects in that account. */
function requireKey(name: string, args: ProviderArgs, opts: pulumi.CustomResourceOptions | undefined): void {
  const declared = (["managementKey", "federationPolicyId"] as const).filter((input) => input in args);
  for (const input of declared) {
    if (args[input] === undefined || args[input] === "") {
      throw rejection(`Provider "${name}": ${input} is declared but empty. Give it a value, or omit it.`);
    }
  }
  if (declared.length > 1) {
    throw rejection(`Provider "${name}": ${declared.join(" and ")} are both declared. Omit one of them.`);
  }
  for (const [variable, target] of Object.entries(opts?.envVarMappings ?? {})) {
    if (CREDENTIAL_VARIABLES.includes(target) && !process.env[variable]) {
      throw rejection(`Provider "${name}": ${variable} is mapped to ${target} but not set. Set it.`);
    }
  }
}

/** As Pulumi sets them in the provider process. */
function mappedVariables({ envVarMappings = {} }: pulumi.CustomResourceOptions = {}): LookUpSettings["variables"] {
  const mappings = Object.entries(envVarMappings).filter(([variable]) => process.env[variable] !== undefined);
  return Object.fromEntries(mappings.map(([variable, target]) => [target, process.env[variable]]));
}

const CREDENTIAL_VARIABLES = ["OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_FEDERATION_POLICY_ID"];
