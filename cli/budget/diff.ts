/** A unified diff of two texts with the same number of lines, for `git apply`. Pure. */
const CONTEXT = 3;

/** Empty if nothing differs. @param path Of the file, from the root of the repository, with slashes. */
export function unifiedDiff(path: string, before: string, after: string): string {
  const [old, next] = [linesOf(before), linesOf(after)];
  const changed = [...old.keys()].filter((index) => old[index] !== next[index]);
  if (changed.length === 0) return "";
  // Git ends a name with a space in it at a tab.
  const end = path.includes(" ") ? "\t" : "";
  const hunks = hunksOf(changed, old.length).map(([from, to]) => hunk(old, next, from, to));
  return [`--- a/${path}${end}`, `+++ b/${path}${end}`, ...hunks].join("\n");
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return last === "" ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

/** First and last line of each hunk. Changes whose contexts touch are in one. */
function hunksOf(changed: readonly number[], count: number): [number, number][] {
  const hunks: [number, number][] = [];
  for (const index of changed) {
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(count - 1, index + CONTEXT)];
    const last = hunks.at(-1);
    if (last && from <= last[1] + 1) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

function hunk(old: readonly string[], next: readonly string[], from: number, to: number): string {
  const count = to - from + 1;
  const lines = [`@@ -${from + 1},${count} +${from + 1},${count} @@`];
  for (let index = from; index <= to; ) {
    if (old[index] === next[index]) lines.push(` ${old[index++]}`);
    else {
      const end = endOfChange(old, next, index, to);
      lines.push(
        ...old.slice(index, end).map((line) => `-${line}`),
        ...next.slice(index, end).map((line) => `+${line}`),
      );
      index = end;
    }
  }
  return lines.join("\n");
}

function endOfChange(old: readonly string[], next: readonly string[], from: number, to: number): number {
  let end = from;
  while (end <= to && old[end] !== next[end]) end++;
  return end;
}
