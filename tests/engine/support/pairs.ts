/**
 * All-pairs rows: each row gives every factor a level, and every combination of the levels of any two factors appears in
 * some row. Greedy and deterministic. With `about`, only pairs with at least one of those factors count.
 */
export function allPairs<Level>(
  factors: readonly string[],
  levels: readonly [Level, ...Level[]],
  about: readonly string[] = [],
): Record<string, Level>[] {
  const open = new Set<string>();
  const pair = (f: number, a: number, g: number, b: number) => (f < g ? `${f}=${a} ${g}=${b}` : `${g}=${b} ${f}=${a}`);
  const all = levels.map((_, level) => level);
  for (let g = 0; g < factors.length; g++) {
    for (let f = 0; f < g; f++) {
      const counts = about.length === 0 || about.includes(factors[f] ?? "") || about.includes(factors[g] ?? "");
      if (counts) for (const a of all) for (const b of all) open.add(pair(f, a, g, b));
    }
  }

  const rows: number[][] = [];
  while (open.size > 0) {
    const row: (number | undefined)[] = factors.map(() => undefined);
    // Starts with an open pair, so that each row settles at least one.
    const [first = "", second = ""] = ([...open][0] as string).split(" ");
    for (const [factor, level] of [first, second].map((part) => part.split("=").map(Number)))
      row[factor as number] = level;
    for (const [factor, given] of row.entries()) {
      if (given !== undefined) continue;
      const gain = (level: number) =>
        row.filter((other, g) => other !== undefined && open.has(pair(factor, level, g, other))).length;
      // Rotates the levels, so that ties do not always go to the first one.
      const turns = all.map((level) => (level + rows.length + factor) % levels.length);
      row[factor] = turns.reduce((best, level) => (gain(level) > gain(best) ? level : best));
    }
    const settled = row as number[];
    for (const [g, b] of settled.entries())
      for (let f = 0; f < g; f++) open.delete(pair(f, settled[f] as number, g, b));
    rows.push(settled);
  }
  return rows.map((row) => Object.fromEntries(factors.map((factor, f) => [factor, levels[row[f] as number] as Level])));
}
