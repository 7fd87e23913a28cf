/** Names of resources, and identifiers of their constants in the program, derived from the names of the objects. */
import { displayWidth } from "../shared/table";

export interface Identity {
  /** Name of the resource in Pulumi. */
  name: string;
  identifier: string;
}

/** Gives each object a unique name, in the order of the calls. */
export function newNames(): (kind: "key" | "guardrail" | "assignment", objectName: string) => Identity {
  const taken = new Set<string>();
  return (kind, objectName) => {
    const words = wordsOf(objectName, kind);
    for (let number = 1; ; number++) {
      const suffix = number === 1 ? "" : String(number);
      const identifier = `${identifierOf(words, kind)}${suffix}`;
      const name = [...words, suffix].filter(Boolean).join("-");
      const both = [identifier, `${kind} ${name}`];
      if (both.some((each) => taken.has(each))) continue;
      for (const each of both) taken.add(each);
      return { name, identifier };
    }
  };
}

/** Two names of this length fit into a line with the constructor. */
const MAX_LENGTH = 30;

/** The last words that fit, because names such as `<project>/<stack>/<resource>` differ at the end. */
function wordsOf(objectName: string, kind: string): string[] {
  // Letters and digits that an identifier may contain; ID_Continue lacks a few letters.
  const words: string[] = objectName.normalize("NFKC").match(/(?:(?=\p{ID_Continue})[\p{L}\p{M}\p{Nd}])+/gu) ?? [];
  const fitting = words.filter((_, index) => displayWidth(words.slice(index).join("-")) <= MAX_LENGTH);
  if (fitting.length > 0) return fitting;
  const [last = kind] = words.slice(-1);
  return [[...last].slice(0, MAX_LENGTH / 2).join("")];
}

/** Contains the kind, so that it is not a reserved word: at its start if the name doesn't start with a letter. */
function identifierOf(words: readonly string[], kind: string): string {
  const own = words.at(-1)?.toLowerCase() === kind ? words.slice(0, -1) : words;
  return camelCase(/^\p{ID_Start}/u.test(own[0] ?? "") ? [...own, kind] : [kind, ...own]);
}

function camelCase([first = "", ...rest]: readonly string[]): string {
  const capitalized = rest.map((word) => word.replace(/^./u, (letter) => letter.toUpperCase()));
  return [first.toLowerCase(), ...capitalized].join("");
}
