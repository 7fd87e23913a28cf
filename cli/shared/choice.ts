/** Finds the object that the user means, by name or by the start of its id. */
import { clean } from "../../provider/text";
import { formatDay } from "./dates";
import { printable } from "./output";
import { UsageError } from "./terminal";

/** A kind of object that commands choose from. */
export interface Kind<Item> {
  /** One of them in a sentence: `key`. */
  noun: string;
  /** What identifies it, and the same with its article: `hash`, `a hash`. */
  idWord: string;
  anId: string;
  /** The command that lists them. */
  list: string;
  idOf(item: Item): string;
  isFullId(text: string): boolean;
  /** Whether ids may begin with it. */
  isPrefix(text: string): boolean;
  /** How much of an id a list of candidates shows. */
  idLength: number;
}

interface Candidate {
  name: string;
  createdAt: string | null;
}

/**
 * By full id, or else by name or a prefix of the id. A name that is also a prefix of another object's id is ambiguous,
 * because anybody who may name an object could otherwise direct a command to it.
 *
 * @throws UsageError, with the candidates if several match
 */
export function choose<Item extends Candidate>(items: readonly Item[], wanted: string, kind: Kind<Item>): Item {
  const { noun, anId, list, idOf } = kind;
  const named = items.filter(({ name }) => !kind.isFullId(wanted) && name === wanted);
  const prefixed = items.filter((item) => kind.isPrefix(wanted) && idOf(item).startsWith(wanted.toLowerCase()));
  const matches = [...new Set([...named, ...prefixed])];
  const [only] = matches;
  if (only && matches.length === 1) return only;
  if (only) throw ambiguous(wanted, matches, { named: named.length > 0, prefixed: prefixed.length > 0 }, kind);
  const similar = items.filter(({ name }) => name.includes(wanted)).slice(0, MAX_SIMILAR);
  throw new UsageError(
    `no ${noun} of this account has the name "${clean(wanted)}" or ${anId} that begins with ` +
      `it (at least 8 digits); \`pulumi-openrouter ${list}\` lists them${similar.length > 0 ? ". Similar names:" : ""}`,
    similar.map((item) => candidateText(item, kind)),
  );
}

const MAX_SIMILAR = 5;

function candidateText<Item extends Candidate>(item: Item, { idOf, idLength }: Kind<Item>): string {
  return `${idOf(item).slice(0, idLength)}  ${formatDay(item.createdAt)}  ${printable(item.name)}`;
}

function ambiguous<Item extends Candidate>(
  wanted: string,
  matches: readonly Item[],
  by: { named: boolean; prefixed: boolean },
  kind: Kind<Item>,
): UsageError {
  const { noun, idWord, anId } = kind;
  const meaning =
    by.named && by.prefixed
      ? `both the name of a ${noun} and ${anId} prefix of another`
      : `${by.named ? "the name" : `${anId} prefix`} of ${matches.length} ${noun}s`;
  return new UsageError(
    `"${clean(wanted)}" is ${meaning}; pass a longer prefix of the ${idWord}:`,
    matches.map((item) => candidateText(item, kind)),
  );
}
