/** Proposed limits as text: how each number comes about, then the diff. */
import { pluralize } from "../shared/counts";
import { formatBudget, formatUsd } from "../shared/money";
import { printable } from "../shared/output";
import { SPENDING_DAYS } from "../usage/daily";
import type { Proposal, Proposals } from "./read";

/** No line but those of the diff begins like one: `git apply` ignores the others. */
export function proposalsText({ from, to, headroomPercent, proposals, notInFile, diff }: Proposals): string {
  const title = `Limits from the UTC days ${from} to ${to}, with ${headroomPercent}% of head room.`;
  const others = notInFile.map(({ name, hash }) => `  "${printable(name)}" (${printable(hash).slice(0, 8)})`);
  return [
    title,
    proposals.map((each) => lines(each, headroomPercent).join("\n")).join("\n"),
    ...(others.length > 0 ? [[`Not in the file: ${pluralize(others.length, "key")}.`, ...others].join("\n")] : []),
    diff === "" ? "No limit changes." : diff,
  ].join("\n\n");
}

function lines(proposal: Proposal, headroom: number): string[] {
  const { name, line, limit, reset, proposed, why } = proposal;
  const title = `Key "${printable(name)}" (line ${line}):`;
  const budget = limit === null ? "limit" : formatBudget(limit, reset);
  if (proposed === null)
    return [`${title} ${budget} stays`, `  ${why}`, ...(proposal.from ? workings(proposal, headroom) : [])];
  const change = `${limit === null ? "" : formatUsd(limit)} → ${formatBudget(proposed, reset)}`;
  return [`${title} ${change}`, ...workings(proposal, headroom), ...warnings(proposal)];
}

function workings({ from }: Proposal, headroom: number): string[] {
  if (!from) return [];
  const { p95, days, daysPerInterval, exact } = from;
  return [
    `  95% of ${pluralize(days, "day")} took at most ${formatUsd(p95)}; × ${pluralize(daysPerInterval, "day")}, + ${headroom}% = ${formatUsd(exact)}, rounded up`,
  ];
}

const BUSIEST: Readonly<Record<string, string>> = {
  daily: "on the busiest day",
  weekly: "in the busiest week",
  monthly: `in the last ${SPENDING_DAYS} days`,
};

/** What the limit would have cut off. */
function warnings({ proposed, reset, busiest, current }: Proposal): string[] {
  if (proposed === null || reset === null) return [];
  return [
    ...(busiest !== null && busiest > proposed
      ? [`  more was spent: ${formatUsd(busiest)} ${BUSIEST[reset] ?? "in one interval"}`]
      : []),
    ...(current !== null && current >= proposed
      ? [`  ${formatUsd(current)} is spent since the last reset, so this limit fails requests at once`]
      : []),
  ];
}
