/** Calls at 300 keys, against what other programs for this API take. */
import { type Course, OPERATIONS, type Operation } from "./course";
import type { Section } from "./report";
import { total } from "./stack";

export const PEER_KEYS = 300;

interface Peer {
  name: string;
  /** What it makes besides the keys. */
  makes: string;
  source: string;
  /** Undefined where the program has no such operation. */
  calls: Record<Operation, number | undefined>;
}

const row = (...counts: (number | undefined)[]) =>
  Object.fromEntries(OPERATIONS.map((operation, index) => [operation, counts[index]])) as Peer["calls"];

/** Counted against a mock of the API, or by reading the code, in November 2026. */
const PEERS: readonly Peer[] = [
  {
    name: "OpenRouterTeam/terraform-provider-openrouter",
    makes: "guardrail, assignments",
    source: "by its code",
    calls: row(901, 901, 901, 902, 1502),
  },
  {
    name: "alchemy 2.0.0-beta.79",
    makes: "guardrail, assignments in one call",
    source: "measured",
    calls: row(306, 0, 304, 2, 301),
  },
  {
    name: "cloudopsworks/terraform-provider-openrouter",
    makes: "guardrail",
    source: "measured",
    calls: row(303, 303, 303, 305, 605),
  },
  {
    name: "OneNoted/terraform-provider-openrouter",
    makes: "guardrail",
    source: "measured",
    calls: row(301, 301, 301, 303, 602),
  },
  {
    name: "standujar/terraform-provider-openrouter",
    makes: "keys only",
    source: "measured",
    calls: row(300, 300, 300, 301, 600),
  },
  {
    name: "kljensen/openrouter-keymaster",
    makes: "guardrail, assignments",
    source: "by its code",
    calls: row(2414, 10, 10, 21, 1500),
  },
  {
    name: "oviron/openrouter-admin-mcp 0.7.3",
    makes: "guardrail; no state, its assignments fail",
    source: "by its code",
    calls: row(301, undefined, undefined, 1, 301),
  },
];

export function peersSection(course: Course): Section {
  const ours = row(...OPERATIONS.map((operation) => total(course.costs[operation])));
  const rows = [
    { name: "pulumi-openrouter", makes: "guardrail, assignments", source: "measured in this run", calls: ours },
    ...PEERS,
  ];
  return {
    title: `Against others, ${PEER_KEYS} keys`,
    text: TEXT,
    caveat: fewerThanOurs(ours),
    tables: [
      {
        head: ["program", "besides the keys", "source", ...OPERATIONS],
        rows: rows.map(({ name, makes, source, calls }) => [
          name,
          makes,
          source,
          ...OPERATIONS.map((operation) => String(calls[operation] ?? "–")),
        ]),
      },
    ],
    targets: [],
    data: { ours, peers: PEERS },
  };
}

const TEXT = `API calls. What others take was counted once, against a mock of the API or by reading their code; what we take is
measured in this run. Only those with assignments do all of what we do here. alchemy trusts its state in a no-op, as we
do, and has one resource for all assignments of a guardrail: they go out in one call, and are never removed. Here each is a
resource of its own, and as many go out together as Pulumi has under way. keymaster lists everything for each plan, reads
back all that it writes, and never deletes a guardrail.`;

/** Says where a peer with the same resources takes fewer calls. */
function fewerThanOurs(ours: Peer["calls"]): string {
  const complete = PEERS.filter(({ makes }) => makes.startsWith("guardrail, assignments"));
  const fewer = complete.flatMap(({ name, calls }) => {
    const operations = OPERATIONS.filter((operation) => Number(calls[operation]) < Number(ours[operation]));
    return operations.length === 0 ? [] : [`${name} for ${operations.join(" and ")}`];
  });
  const all = "Other programs with a guardrail and assignments (last section) take as many calls as ours or more";
  return fewer.length === 0 ? `${all}.` : `${all}, except ${fewer.join("; ")}.`;
}
