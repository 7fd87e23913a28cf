import * as pulumi from "@pulumi/pulumi";
import { refusal } from "./texts";

/** What a {@link Provider} is declared with. */
export interface ProviderArgs {
  /**
   * Management key of the account. Kept encrypted in the state. With it, nothing is taken from the environment. Without
   * it, the environment is asked: use that with the option `envVarMappings` to keep the key out of the state.
   */
  managementKey?: pulumi.Input<string>;
  /**
   * Id of a federation policy (OpenRouter, Settings → Workload identity), in place of a management key: the token of the
   * CI job or pod is exchanged for access tokens of at most 15 minutes that act as the management key of the policy. No
   * token is in the state. The subject token comes from `subjectTokenFile`, else from the environment: the variable
   * `OPENROUTER_SUBJECT_TOKEN` or the file that `OPENROUTER_SUBJECT_TOKEN_FILE` names, else from GitHub Actions in a job
   * with `permissions: id-token: write`. Nothing else is taken from the environment.
   */
  federationPolicyId?: pulumi.Input<string>;
  /** Path of a file that holds the subject token, such as a projected token of Kubernetes. Read at each exchange. */
  subjectTokenFile?: pulumi.Input<string>;
  /**
   * Audience that a token from GitHub Actions is requested for. Default: the variable
   * `OPENROUTER_SUBJECT_TOKEN_AUDIENCE`, else GitHub's own default.
   */
  subjectTokenAudience?: pulumi.Input<string>;
  /** Base URL of the API; https, or http to this machine. Default: the public API. */
  baseUrl?: pulumi.Input<string>;
  /**
   * Id of the organization (`org_…`), or of the oldest workspace, of the only account that may be changed; several ids of
   * one account are separated by commas. `pulumi-openrouter audit` prints it. Checked before the first write, so that a
   * management key of a different account creates nothing there. Default: the account that the state names.
   */
  account?: pulumi.Input<string>;
  /**
   * Whether a create first deletes likely orphans of a killed run: unused keys and unassigned guardrails with the default
   * name and the declared settings. Does nothing for resources with a parent or with `retainOnDelete`, and for keys that
   * were ever used. Leave it off where another stack uses the same project and stack names on the account.
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
 * A key that is declared and turns out empty, or a mapped variable that is not set, is an error: the environment may hold
 * the key of another account.
 *
 * `pulumi refresh` and `pulumi destroy` don't run the program, so they use the key of the last `up`; add
 * `--run-program` after a rotation.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.CustomResourceOptions) {
    refuseMissingKey(name, args, opts);
    const own = "managementKey" in args || "federationPolicyId" in args;
    super(
      "pulumi-nodejs",
      name,
      {
        "openrouter:explicit": "true",
        "openrouter:ownKey": own ? "true" : undefined,
        "openrouter:managementKey": args.managementKey === undefined ? undefined : pulumi.secret(args.managementKey),
        "openrouter:federationPolicyId": args.federationPolicyId,
        "openrouter:subjectTokenFile": args.subjectTokenFile,
        "openrouter:subjectTokenAudience": args.subjectTokenAudience,
        "openrouter:baseUrl": args.baseUrl,
        "openrouter:account": args.account,
        "openrouter:removeInterrupted":
          args.removeInterrupted === undefined ? undefined : pulumi.output(args.removeInterrupted).apply(String),
      },
      opts,
    );
  }
}

/** Without its key the provider process would take the one of the environment, and make the objects in that account. */
function refuseMissingKey(name: string, args: ProviderArgs, opts: pulumi.CustomResourceOptions | undefined): void {
  const declared = (["managementKey", "federationPolicyId"] as const).filter((input) => input in args);
  for (const input of declared) {
    if (args[input] === undefined || args[input] === "") {
      throw refusal(`Provider "${name}": ${input} is declared and empty. Give it a value, or leave it out.`);
    }
  }
  if (declared.length > 1) {
    throw refusal(`Provider "${name}": ${declared.join(" and ")} are both declared. Leave one of them out.`);
  }
  for (const [variable, meaning] of Object.entries(opts?.envVarMappings ?? {})) {
    if (CREDENTIAL_VARIABLES.includes(meaning) && !process.env[variable]) {
      throw refusal(`Provider "${name}": ${variable}, which is mapped to ${meaning}, is not set.`);
    }
  }
}

const CREDENTIAL_VARIABLES = ["OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_FEDERATION_POLICY_ID"];
