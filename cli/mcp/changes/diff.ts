/** A unified diff, as `git apply` takes it. Pure. */

type Line = readonly [sign: " " | "-" | "+", text: string];

/** @param context Unchanged lines around a change. Without any, pass --unidiff-zero to `git apply`. */
export function unifiedDiff(name: string, before: string, after: string, context: number): string {
  const lines = compare(linesOf(before), linesOf(after));
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - context), at + context + 1).some(isChanged));
  const hunks: string[] = [];
  for (let start = near.indexOf(true); start >= 0; ) {
    const gap = near.indexOf(false, start);
    const end = gap < 0 ? lines.length : gap;
    hunks.push(hunk(lines.slice(0, start), lines.slice(start, end)));
    start = near.indexOf(true, end);
  }
  return [`--- a/${name}`, `+++ b/${name}`, ...hunks, ""].join("\n");
}

function hunk(earlier: readonly Line[], lines: readonly Line[]): string {
  const range = (added: "-" | "+") => {
    const count = (all: readonly Line[]) => all.filter(([sign]) => sign === " " || sign === added).length;
    const [first, length] = [count(earlier), count(lines)];
    // The line before, for a range of no lines.
    return `${added}${length === 0 ? first : first + 1},${length}`;
  };
  return [`@@ ${range("-")} ${range("+")} @@`, ...lines.map(([sign, text]) => sign + text)].join("\n");
}

function isChanged([sign]: Line): boolean {
  return sign !== " ";
}

/** Of a longer part, only the part as a whole: a table of its lines would be too large. */
const MAX_TABLE = 4_000_000;

function compare(old: readonly string[], next: readonly string[]): Line[] {
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = 0;
  const isSame = () => old[old.length - 1 - end] === next[next.length - 1 - end];
  while (end < old.length - start && end < next.length - start && isSame()) end++;
  const same = (lines: readonly string[]): Line[] => lines.map((line) => [" ", line]);
  return [
    ...same(old.slice(0, start)),
    ...compareParts(old.slice(start, old.length - end), next.slice(start, next.length - end)),
    ...same(old.slice(old.length - end)),
  ];
}

/** By the longest common subsequence. */
function compareParts(old: readonly string[], next: readonly string[]): Line[] {
  if (old.length * next.length > MAX_TABLE) {
    return [...old.map((line): Line => ["-", line]), ...next.map((line): Line => ["+", line])];
  }
  const length = Array.from({ length: old.length + 1 }, () => new Array<number>(next.length + 1).fill(0));
  const at = (i: number, j: number) => length[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = next.length - 1; j >= 0; j--) {
      (length[i] as number[])[j] = old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  for (let [i, j] = [0, 0]; i < old.length || j < next.length; ) {
    if (i < old.length && j < next.length && old[i] === next[j]) {
      lines.push([" ", old[i++] as string]);
      j++;
    } else if (i < old.length && (j === next.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(["-", old[i++] as string]);
    } else lines.push(["+", next[j++] as string]);
  }
  return lines;
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}
