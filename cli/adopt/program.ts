/** The source of a program that declares the adopted objects. Pure. */
import { pluralize } from "../shared/counts";
import type { Resource } from "./resources";
import { objectSource, stringSource } from "./source";

/** How Pulumi adopts the objects: with the input `adopt`, or with `pulumi import` before the program runs. */
export type AdoptionMode = "adopt" | "import";

/** Which provider manages the resources of the program. */
export type Host = "dynamic" | "native";

export function programText(resources: readonly Resource[], mode: AdoptionMode, host: Host): string {
  const section = (comment: string, isIn: (resource: Resource) => boolean) => {
    const statements = resources.filter(isIn).map((each) => statement(each, mode));
    return statements.length === 0 ? [] : [commented(comment), ...statements];
  };
  const parts = [
    `${HEAD}\nimport * as openrouter from "${host === "native" ? "pulumi-openrouter/native" : "pulumi-openrouter"}";`,
    ...section("Guardrails.", ({ kind }) => kind === "Guardrail"),
    ...section(ABOUT_CARRIED_SECRETS, ({ secret }) => secret !== undefined),
    ...section(`Inference keys. ${aboutSecrets(mode)}`, lacksSecret),
    ...section(ABOUT_SETS, ({ kind }) => kind === "GuardrailAssignments"),
    ...section(ABOUT_PAIRS, isPair),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Whether it is a key whose secret is unknown. */
export function lacksSecret({ kind, secret }: Resource): boolean {
  return kind === "InferenceKey" && secret === undefined;
}

export function isPair({ kind }: Resource): boolean {
  return kind === "GuardrailKeyAssignment" || kind === "GuardrailMemberAssignment";
}

const HEAD = `/**
 * The objects of an OpenRouter account, written by \`pulumi-openrouter adopt\`. Edit it freely: \`pulumi up\` applies it.
 */`;

const ABOUT_CARRIED_SECRETS = `Inference keys whose secret was in the Terraform state. Their output \`key\` has it,
encrypted in the stack's state.`;

const ABOUT_PAIRS = "The guardrails of keys and members, one assignment each. Other assignments are not managed.";

const ABOUT_SETS = `The keys and members that have a guardrail. A set removes the guardrail from all
others, unless it has \`exclusive: false\`.`;

/** What to do about secrets that can't be read back. */
export function aboutSecrets(mode: AdoptionMode): string {
  const rotate = mode === "adopt" ? "remove its `adopt` and set" : "set";
  return `OpenRouter shows a key only once, at creation.
The secrets of these keys can't be read back, so their output \`key\` is empty.
You have two options for each:
- Keep the secret that you have. Nothing changes for its clients.
- Create a new one: ${rotate} \`keepers: { rotated: "1" }\`.
  The next \`pulumi up\` creates a key with the same settings, and then deletes
  the old one, which stops working at once.`;
}

function commented(text: string): string {
  return text
    .split("\n")
    .map((line) => `// ${line}`)
    .join("\n");
}

function statement({ kind, id, name, identifier, args, others, isPermanent }: Resource, mode: AdoptionMode): string {
  const adopt = (kind === "InferenceKey" || kind === "Guardrail") && mode === "adopt" && { adopt: id };
  const all = { ...args, ...adopt };
  const head = `${identifier ? `const ${identifier} = ` : ""}new openrouter.${kind}(`;
  if (isPermanent) {
    const lines = [stringSource(name), objectSource(all, "  "), "{ retainOnDelete: true }"].map((arg) => `  ${arg},`);
    return `${commented(ABOUT_DEFAULT)}\n${[head, ...lines, ");"].join("\n")}`;
  }
  const comment = others > 0 ? `${commented(aboutOthers(others))}\n` : "";
  return `${comment}${head}${stringSource(name)}, ${objectSource(all)});`;
}

const ABOUT_DEFAULT = `The default guardrail of its workspace. The API does not delete it, so
\`pulumi destroy\` leaves it in the account.`;

function aboutOthers(count: number): string {
  return `Not exclusive, so that ${pluralize(count, "assignee")} outside this program can keep the guardrail.`;
}
