/** Sentences that keep literal words and strings of the user apart, so that each output can escape the latter. */
import { printable } from "../shared/output";
import { truncateStart } from "../shared/table";

type Phrase = { readonly literal: string } | { readonly quoted: string };
export type Sentence = readonly Phrase[];

/** A template whose strings are literal. Its values are quoted, unless they are numbers or sentences. */
export function compose(strings: TemplateStringsArray, ...values: readonly (string | number | Sentence)[]): Sentence {
  return strings.flatMap((string, at) => {
    const value = values[at] ?? [];
    const phrases = typeof value === "string" ? quoted(value) : typeof value === "number" ? literal(`${value}`) : value;
    return [...literal(string), ...phrases];
  });
}

/** Words of the report. */
export function literal(text: string): Sentence {
  return text === "" ? [] : [{ literal: text }];
}

/** A string of the user. Credentials and control characters are removed here, for all outputs. */
export function quoted(text: string): Sentence {
  return [{ quoted: printable(text) }];
}

export function join(sentences: readonly Sentence[], separator = ", "): Sentence {
  return sentences.flatMap((sentence, at) => (at === 0 ? sentence : [...literal(separator), ...sentence]));
}

const MAX_NAMES = 10;

/** Joins the first sentences, and counts the rest. */
export function joinFirst(sentences: readonly Sentence[], max = MAX_NAMES, separator = ", "): Sentence {
  const more = sentences.length - max;
  const shown = join(sentences.slice(0, max), separator);
  return more > 0 ? compose`${shown} and ${more} more` : shown;
}

/** A sentence for one output. @param quote How this output marks and escapes a string of the user. */
export function render(sentence: Sentence, quote: (text: string) => string, escaped = (text: string) => text): string {
  return sentence.map((part) => ("literal" in part ? escaped(part.literal) : quote(part.quoted))).join("");
}

export function plain(sentence: Sentence): string {
  return render(sentence, (text) => text);
}

const MAX_NAME_LENGTH = 200;

/** A string of the user, short enough for a report. Its end is kept: names of one stack differ there. */
export function shorten(text: string): string {
  return truncateStart(text, MAX_NAME_LENGTH);
}

export function byLabel(a: { label: Sentence }, b: { label: Sentence }): number {
  const [left, right] = [plain(a.label), plain(b.label)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The verb for a count: `verb(1, "become")` is `becomes`. */
export function verb(count: number, plural: string): string {
  return count === 1 ? `${plural}s` : plural;
}
