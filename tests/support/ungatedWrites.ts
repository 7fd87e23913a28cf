/** Finds writes in a source file that bypass the output gate. */
import { compiler } from "../package/support/compiler";

/** Functions that bypass the gate, or write styles that it doesn't support. */
const UNGATED = /^(console|writeSync|emitWarning|_rawDebug|styleText)$/;
/** Streams of `process`. A file that doesn't mention `process` only reads those of child processes. */
const STREAMS = /^(stdout|stderr)$/;

/** @param more Other identifiers that bypass the gate in this part of the repository. */
export function ungatedWrites(name: string, content: string, more?: RegExp): string[] {
  const ts = compiler("6");
  const source = ts.createSourceFile(name, content, ts.ScriptTarget.ES2022, true);
  const words: string[] = [];
  const visit = (node: import("typescript").Node): void => {
    // Types write nothing.
    if (ts.isTypeNode(node)) return;
    if (ts.isIdentifier(node) || ts.isStringLiteral(node)) words.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  const hasProcess = words.some((word) => /^(node:)?process$/.test(word));
  const isUngated = (word: string) =>
    UNGATED.test(word) || (hasProcess && STREAMS.test(word)) || (more?.test(word) ?? false);
  return words.filter(isUngated).map((word) => `${name}: ${word}`);
}
