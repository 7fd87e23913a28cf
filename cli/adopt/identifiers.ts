/** Names of resources, and the identifiers that a program has them under, made from what objects are called. */
import { displayWidth } from "../shared/table";

export interface Named {
  /** Name of the resource in Pulumi. */
  name: string;
  identifier: string;
}

/** Gives each object names of its own, in the order of the calls. */
export function newNames(): (kind: "key" | "guardrail", text: string) => Named {
  const taken = new Set<string>();
  return (kind, text) => {
    const words = wordsOf(text, kind);
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

/** As long as two of them fit into a line with the constructor. */
const MAX_LENGTH = 30;

/** The last words that fit: the end is what tells `<project>/<stack>/<resource>` apart. */
function wordsOf(text: string, kind: string): string[] {
  // Only what an identifier may have, so not the one letter or other that it may not.
  const words: string[] = text.normalize("NFKC").match(/(?:(?=\p{ID_Continue})[\p{L}\p{M}\p{Nd}])+/gu) ?? [];
  const fitting = words.filter((_, index) => displayWidth(words.slice(index).join("-")) <= MAX_LENGTH);
  if (fitting.length > 0) return fitting;
  const [last = kind] = words.slice(-1);
  return [[...last].slice(0, MAX_LENGTH / 2).join("")];
}

/** Ends with the kind, so that it's no word of the language; begins with it where the name begins with no letter. */
function identifierOf(words: readonly string[], kind: string): string {
  const own = words.at(-1)?.toLowerCase() === kind ? words.slice(0, -1) : words;
  const beginsWell = /^\p{ID_Start}/u.test(own[0] ?? "");
  return camelCase(beginsWell ? [...own, kind] : [kind, ...own]);
}

function camelCase([first = "", ...rest]: readonly string[]): string {
  const capitalized = rest.map((word) => word.replace(/^./u, (letter) => letter.toUpperCase()));
  return [first.toLowerCase(), ...capitalized].join("");
}
