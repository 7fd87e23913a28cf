/** Proposes limits for the keys of a file. The data of the JSON. */
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { Key } from "../../provider/api/keys";
import type { Account } from "../shared/account";
import { busiest } from "../shared/busiest";
import { readText } from "../shared/files";
import { readAllKeys } from "../shared/inventory";
import { isExpired } from "../shared/keyUse";
import { spentInInterval } from "../shared/spending";
import type { StackState } from "../shared/state";
import { type DailySpending, readDailySpending } from "../usage/daily";
import { keyOf, keysInScope } from "./choose";
import { unifiedDiff } from "./diff";
import { type Entry, entriesIn, withLimits } from "./entries";
import { type Needed, propose } from "./propose";

export interface ProposeOptions {
  file: string;
  /** Percent. */
  headroom: number;
  state: StackState | undefined;
  progress(text: string): void;
}

/** One limit in the file. */
export interface Proposal {
  /** In the file. */
  name: string;
  line: number;
  /** Name and hash in the account. */
  key: { name: string; hash: string } | null;
  /** USD in the file. Null if it can't be changed there. */
  limit: number | null;
  reset: string | null;
  /** USD; null if the limit is left unchanged. */
  proposed: number | null;
  /** Why it is left unchanged. */
  why: string | null;
  /** How the number comes about; null without a proposal. */
  from: Needed | null;
  /** USD in the busiest interval of the 30 days, and since the last reset. */
  busiest: number | null;
  current: number | null;
}

export interface Proposals {
  /** From the root of the repository, or else from the current directory. */
  file: string;
  from: string;
  to: string;
  headroomPercent: number;
  proposals: Proposal[];
  /** Keys of the same stack, or of the account, that the file has no limit of. */
  notInFile: { name: string; hash: string }[];
  /** Unified; empty if nothing changes. */
  diff: string;
  /** Messages about lists of keys that the management key is not allowed to read. */
  unreadable: readonly string[];
}

export async function readProposals(account: Account, options: ProposeOptions): Promise<Proposals> {
  const { file, headroom, state, progress } = options;
  const text = readText(file);
  const entries = entriesIn(text, file);
  const scope = { stack: /^Pulumi\.(.+)\.ya?ml$/.exec(basename(file))?.[1], state };
  const { keys, unreadable } = await readAllKeys(account);
  const choices = entries.map((entry) => ({ entry, choice: keyOf(entry, keys, scope) }));
  const chosen = new Set(choices.flatMap(({ choice }) => ("key" in choice ? [choice.key] : [])));
  const spending = await readDailySpending(account, keys, [...chosen], progress);
  const proposals = choices.map(({ entry, choice }) => ({
    entry,
    proposal: "key" in choice ? proposalFor(entry, choice.key, spending, headroom) : kept(entry, choice.why),
  }));
  const changes = proposals.flatMap(({ entry, proposal: { proposed } }) =>
    proposed === null ? [] : [{ entry, usd: proposed }],
  );
  const path = pathInRepository(file);
  return {
    file: path,
    from: spending.period.from,
    to: spending.period.to,
    headroomPercent: headroom,
    proposals: proposals.map(({ proposal }) => proposal),
    notInFile: keysInScope(keys, entries, scope)
      .filter((key) => !chosen.has(key))
      .map(({ name, hash }) => ({ name, hash })),
    diff: unifiedDiff(path, text, withLimits(text, changes)),
    unreadable,
  };
}

function proposalFor(entry: Entry, key: Key, { period, of }: DailySpending, headroom: number): Proposal {
  const reset = entry.reset === undefined ? key.limitReset : entry.reset;
  const amounts = of.get(key.hash) ?? [];
  const found = {
    ...kept(entry, null),
    key: { name: key.name, hash: key.hash },
    reset,
    busiest: busiest(period.days, amounts, reset),
    current: spentInInterval(key, reset),
  };
  if (entry.problem !== undefined) return { ...found, why: entry.problem };
  if (key.disabled) return { ...found, why: "the key is disabled" };
  if (isExpired(key.expiresAt, new Date(`${period.to}T23:59:59Z`))) return { ...found, why: "the key is expired" };
  const needed = propose(amounts, reset, headroom);
  if ("why" in needed) return { ...found, why: needed.why };
  if (needed.usd === entry.limit) return { ...found, from: needed, why: "it is what the key needs" };
  return { ...found, from: needed, proposed: needed.usd };
}

function kept({ name, line, limit = undefined, reset }: Entry, why: string | null): Proposal {
  return {
    ...{ name, line, key: null, limit: limit ?? null, reset: reset ?? null, proposed: null, why },
    ...{ from: null, busiest: null, current: null },
  };
}

/** As `git apply` expects it: from the root of the repository, or without one from the current directory. */
function pathInRepository(file: string): string {
  const full = resolve(file);
  let root = dirname(full);
  while (!existsSync(join(root, ".git")) && dirname(root) !== root) root = dirname(root);
  const path = relative(existsSync(join(root, ".git")) ? root : process.cwd(), full);
  return path.split("\\").join("/");
}
