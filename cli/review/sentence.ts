/**
 * Text in which the report's own words and what comes from elsewhere stay apart, so that each output can show names as
 * names: a name may hold Markdown, HTML, a mention of a person or a secret.
 */
import { printable } from "../shared/output";
import { truncateStart } from "../shared/table";

type Phrase = { readonly own: string } | { readonly quoted: string };
export type Sentence = readonly Phrase[];

/** A template whose texts are our own words; what is put in is quoted, unless it is a sentence already. */
export function compose(words: TemplateStringsArray, ...values: readonly (string | number | Sentence)[]): Sentence {
  return words.flatMap((word, at) => {
    const value = values[at];
    return [...own(word), ...(value === undefined ? [] : typeof value === "object" ? value : phrase(value))];
  });
}

function phrase(value: string | number): Sentence {
  return typeof value === "number" ? own(String(value)) : quoted(value);
}

/** Words of the report itself. */
export function own(text: string): Sentence {
  return text === "" ? [] : [{ own: text }];
}

/** Text from elsewhere. Credentials and control characters are taken out here, for all outputs. */
export function quoted(text: string): Sentence {
  return [{ quoted: printable(text) }];
}

export function joined(sentences: readonly Sentence[], between = ", "): Sentence {
  return sentences.flatMap((sentence, at) => (at === 0 ? sentence : [...own(between), ...sentence]));
}

/** The sentence in one form of output. */
export function render(sentence: Sentence, quote: (text: string) => string, word = (text: string) => text): string {
  return sentence.map((part) => ("own" in part ? word(part.own) : quote(part.quoted))).join("");
}

const MAX_NAMES = 10;

/** The first of many, and how many more there are. */
export function firstOf(sentences: readonly Sentence[], most = MAX_NAMES, between = ", "): Sentence {
  const more = sentences.length - most;
  const shown = joined(sentences.slice(0, most), between);
  return more > 0 ? compose`${shown} and ${more} more` : shown;
}

const MAX_NAME_LENGTH = 200;

/** A foreign text short enough for a report; its end is what tells objects of one stack apart. */
export function truncateEnd(text: string): string {
  return truncateStart(text, MAX_NAME_LENGTH);
}

export function plain(sentence: Sentence): string {
  return render(sentence, (text) => text);
}
