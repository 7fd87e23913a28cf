/** Finds, in the text of a file, what writes past the one place that gates output. */
import { compiler } from "../package/support/compiler";

/** What writes past the gate, or writes styles that it does not know. */
const WAYS_ROUND = /^(console|writeSync|emitWarning|_rawDebug|styleText)$/;
/** Those of a child process are only read; a file that has them and not `process` can't mean its own. */
const STREAMS = /^(stdout|stderr)$/;

/** @param more What is a way round in this part of the repository besides. */
export function waysRound(name: string, text: string, more?: RegExp): string[] {
  const ts = compiler("6");
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
  const words: string[] = [];
  const visit = (node: import("typescript").Node): void => {
    // The name of a type writes nothing.
    if (ts.isTypeNode(node)) return;
    if (ts.isIdentifier(node) || ts.isStringLiteral(node)) words.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  const hasProcess = words.some((word) => /^(node:)?process$/.test(word));
  const isWayRound = (word: string) =>
    WAYS_ROUND.test(word) || (hasProcess && STREAMS.test(word)) || (more?.test(word) ?? false);
  return words.filter(isWayRound).map((word) => `${name}: ${word}`);
}
