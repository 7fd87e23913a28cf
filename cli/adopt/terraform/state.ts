/**
 * The state of Terraform and OpenTofu, version 4. It has every secret in plain text, so no message contains a value of it.
 */
import * as z from "zod";
import { UsageError } from "../../shared/terminal";

/** An object in the state, or one that a later `terraform apply` would delete. */
export interface TerraformObject {
  /** As Terraform prints it, such as `module.team["a"].openrouter_api_key.ci[0]`. */
  address: string;
  /** The modules, the name and the index, for the name of the resource in Pulumi. */
  path: string;
  type: string;
  /** By Terraform's names. */
  attributes: Readonly<Record<string, unknown>>;
  /** The object of a replacement that has failed halfway. Terraform still has to delete it. */
  isDeposed: boolean;
}

const instance = z.object({
  index_key: z.union([z.string(), z.number()]).nullish(),
  deposed: z.string().nullish(),
  attributes: z.record(z.string(), z.unknown()).nullish(),
});

const state = z.object({
  resources: z
    .array(
      z.object({
        module: z.string().nullish(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z.array(instance).nullish(),
      }),
    )
    .nullish(),
});

/** Without data sources, which own no objects. @throws UsageError for any other file */
export function objectsIn(text: string, source: string): TerraformObject[] {
  const refuse = (problem: string) => new UsageError(`read ${source}: ${problem}`);
  const json = parsed(text, refuse);
  const problem = problemOf(json);
  if (problem) throw refuse(problem);
  const { success, data } = state.safeParse(json);
  if (!success) throw refuse(NOT_A_STATE);
  return (data.resources ?? [])
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ module, type, name, instances }) =>
      (instances ?? []).map(({ index_key, deposed, attributes }) => ({
        address: `${module ? `${module}.` : ""}${type}.${name}${index(index_key)}${deposed ? ` (deposed object ${deposed})` : ""}`,
        path: `${(module ?? "").replaceAll("module.", "")} ${name} ${index_key ?? ""}`,
        type,
        attributes: attributes ?? {},
        isDeposed: Boolean(deposed),
      })),
    );
}

function index(key: string | number | null | undefined): string {
  if (key === null || key === undefined) return "";
  // Terraform would read them as templates.
  return `[${JSON.stringify(key).replace(/[$%](?=\{)/g, "$&$&")}]`;
}

const PULL = "Write one with `terraform state pull > terraform.tfstate`, and pass that file";
const NOT_A_STATE = `it is not a Terraform state. ${PULL}`;

function parsed(text: string, refuse: (problem: string) => UsageError): unknown {
  if (text.trim() === "") throw refuse(`it is empty. ${PULL}`);
  // What Windows PowerShell writes with `>`.
  if (text.includes("\0")) throw refuse("it is not UTF-8. In PowerShell, pipe into `Out-File -Encoding utf8`");
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    // The error of JSON.parse has an excerpt of the file.
    throw refuse(`it is not JSON. ${PULL}`);
  }
}

function problemOf(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null) return NOT_A_STATE;
  if ("encrypted_data" in json) {
    return "it is encrypted. Write a plain one with `tofu state pull > terraform.tfstate`, and pass that file";
  }
  if ("backend" in json) return `it only names the backend of a remote state. ${PULL}`;
  if ("format_version" in json) return `it is the output of \`terraform show -json\`. ${PULL}`;
  if (!("version" in json)) return NOT_A_STATE;
  if (json.version === 4) return undefined;
  return `it is not a state of version 4, which Terraform writes since 0.12. ${PULL}`;
}
