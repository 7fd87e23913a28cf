/** The contents of the chart: this package, plain resources, and the other programs of docs/peers.md. */

import type { Case } from "./cases";
import type { Panel } from "./chart";
import { OPERATIONS } from "./course";
import { type Cost, type Kind, total } from "./stack";

/** The number of keys in docs/peers.md. */
export const PEER_KEYS = 300;

export interface Peer {
  name: string;
  /** The objects that it creates besides the keys. */
  creates: string;
  /** Calls of each operation. Undefined where the program has no such operation. */
  calls: (number | undefined)[];
}

/** The rows of the table in docs/peers.md. */
export function peersIn(page: string): Peer[] {
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  return rows.slice(1).map((row) => {
    const [name = "", creates = "", , ...counts] = row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    const calls = counts.map((count) => (count === "–" ? undefined : Number(count)));
    if (calls.length !== OPERATIONS.length || calls.some(Number.isNaN)) {
      throw new Error(`docs/peers.md: each operation of ${name} must have a number of calls or a dash`);
    }
    return { name, creates, calls };
  });
}

const NAMES = {
  sets: "pulumi-openrouter, set",
  pairs: "pulumi-openrouter, pairs",
  plain: "pulumi.dynamic.Resource",
  empty: "resources without calls",
} satisfies Partial<Record<Kind, string>>;

/** Panels of the first turn of a case, with the peers that create the same objects. */
export function overview({ keys, latency, turns: [turn] }: Case, peers: readonly Peer[]): Panel[] {
  const row = (kind: keyof typeof NAMES, value: (cost: Cost) => number) => ({
    name: NAMES[kind],
    values: OPERATIONS.map((operation) => turn?.[kind] && value(turn[kind].costs[operation])),
    isOurs: kind === "sets" || kind === "pairs",
  });
  const same = peers.filter(({ creates }) => creates.startsWith("guardrail, assignments"));
  return [
    {
      title: `API calls: a guardrail and ${keys} keys assigned to it`,
      columns: OPERATIONS,
      rows: [
        ...(["sets", "pairs", "plain"] as const).map((kind) => row(kind, total)),
        ...same.map(({ name, calls }) => ({ name, values: calls, isOurs: false })),
      ],
      format: String,
    },
    {
      title: `Seconds, with responses that take ${latency} ms`,
      columns: OPERATIONS,
      rows: (["sets", "pairs", "plain", "empty"] as const).map((kind) => row(kind, ({ seconds }) => seconds)),
      format: (value) => value.toFixed(1),
    },
  ];
}
