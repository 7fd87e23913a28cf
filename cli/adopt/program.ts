/** The text of a program that declares what is taken over. Pure. */
import { pluralize } from "../shared/counts";
import type { Resource } from "./resources";
import { objectSource, textSource } from "./source";

/** How Pulumi comes to the objects: by the input `adopt`, or by `pulumi import` before the program runs. */
export type AdoptionMode = "adopt" | "import";

export function programText(resources: readonly Resource[], way: AdoptionMode): string {
  const of = (...kinds: string[]) => resources.filter(({ kind }) => kinds.includes(kind));
  const sections = [
    section("Guardrails.", of("Guardrail"), way),
    section(aboutKeys(way), of("InferenceKey"), way),
    section(ABOUT_SETS, of("GuardrailAssignments"), way),
  ];
  return `${[HEAD, ...sections.filter(Boolean)].join("\n\n")}\n`;
}

const HEAD = `/**
 * What an OpenRouter account had when \`pulumi-openrouter adopt\` wrote this file. It is yours from now on: what it says
 * is what \`pulumi up\` brings about.
 */
import * as openrouter from "pulumi-openrouter";`;

const ABOUT_SETS = `Which keys and members have which guardrail. The set removes a guardrail from those that it does not list, unless
it has \`exclusive: false\`.`;

function aboutKeys(way: AdoptionMode): string {
  return `Inference keys. OpenRouter shows a key once, to whoever made it: the secrets of these can't be read back, and their
output \`key\` is empty. ${secretOptions(way)}`;
}

/** What there is to do about a secret that can't be read back. */
export function secretOptions(way: AdoptionMode): string {
  const toRotate = way === "adopt" ? "remove its `adopt` and set" : "set";
  return `For each there are two ways:
- Keep using the secret that you have. Nothing changes for those who use it.
- Have a new one: ${toRotate} \`keepers: { rotated: "1" }\`. The next \`pulumi up\` makes a key with the same
  settings, whose secret is its \`key\`, and then deletes the old one, which stops working at once.`;
}

function section(about: string, resources: readonly Resource[], way: AdoptionMode): string {
  if (resources.length === 0) return "";
  const comment = about.split("\n").map((line) => `// ${line}`);
  return [comment.join("\n"), ...resources.map((resource) => statement(resource, way))].join("\n\n");
}

function statement(
  { kind, id, name, identifier, args: own, others = 0, isPermanent }: Resource,
  way: AdoptionMode,
): string {
  const isAdoptable = kind === "InferenceKey" || kind === "Guardrail";
  const args = { ...own, ...(isAdoptable && way === "adopt" && { adopt: id }) };
  const head = `${identifier ? `const ${identifier} = ` : ""}new openrouter.${kind}(`;
  const comment = others > 0 ? `// ${aboutOthers(others)}\n` : "";
  if (!isPermanent) return `${comment}${head}${textSource(name)}, ${objectSource(args)});`;
  const about = "// Each workspace has one by itself, which the API does not delete: `pulumi destroy` leaves it.";
  const all = [textSource(name), objectSource(args, "  "), "{ retainOnDelete: true }"];
  return `${about}\n${head}\n${all.map((each) => `  ${each},\n`).join("")});`;
}

function aboutOthers(count: number): string {
  const [has, them] =
    count === 1 ? ["has this guardrail and is", "it as it is"] : ["have this guardrail and are", "them as they are"];
  return `${pluralize(count, "other assignee")} ${has} not in this program. Not exclusive, the set leaves ${them}.`;
}
