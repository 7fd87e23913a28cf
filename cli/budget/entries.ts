/** Finds the limits of keys in a YAML file: in a list or map of budgets, or in the configuration of a stack. Pure. */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from "yaml";
import { printable } from "../shared/output";
import { UsageError } from "../shared/terminal";

/** A limit of a key in the file. */
export interface Entry {
  /** Of the key in the program. */
  name: string;
  /** Project that the configuration belongs to. */
  project?: string;
  /** Line in the file. */
  line: number;
  /** USD. Undefined with a problem. */
  limit: number | undefined;
  /** Undefined if the file doesn't have it next to the limit. */
  reset: string | null | undefined;
  /** Why the limit can't be changed here. */
  problem?: string;
  /** Where the number is in the text. */
  start: number;
  end: number;
}

/**
 * A map with `limit`, named by its `name` or by its own key; or in `config`, `<project>:<name>Limit`.
 *
 * @param source For messages.
 * @throws UsageError if it is not YAML, or has no limit
 */
export function entriesIn(text: string, source: string): Entry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    throw new UsageError(`${source}:${lines.linePos(error.pos[0]).line} is not YAML: ${printable(error.message)}`);
  }
  const entries: Entry[] = [];
  visit(document, {
    Pair: (_, pair, path) => {
      const found = foundIn(pair, path);
      if (found) entries.push({ ...found, line: lines.linePos(found.start).line });
    },
  });
  if (entries.length > 0) return entries;
  throw new UsageError(
    `${source} has no limit of a key. Supported are maps with \`name\` and \`limit\`, maps named after a key with ` +
      "`limit`, and stack configuration such as `budgets:backendLimit: 10`",
  );
}

type Path = readonly unknown[];

function foundIn(pair: Pair, path: Path): Omit<Entry, "line"> | undefined {
  const key = stringOf(pair.key);
  const configured = isInConfig(path) ? /^([^:]+):(.+?)[-_]?limit$/i.exec(key ?? "") : null;
  if (key !== "limit" && !configured) return undefined;
  const map = path.at(-1);
  const { project, name } = configured ? { project: configured[1], name: configured[2] } : nameOf(map, path);
  if (name === undefined || !isNode(pair.value)) return undefined;
  const [start, end] = pair.value.range ?? [0, 0];
  const isShared = [...path, pair.value].some((node) => isNode(node) && !isAlias(node) && node.anchor !== undefined);
  return {
    name,
    ...(project !== undefined && { project }),
    reset: configured || !isMap(map) ? undefined : resetOf(map.get(map.has("reset") ? "reset" : "limitReset", true)),
    ...(isShared
      ? { limit: undefined, problem: "it has an anchor, so that other limits may share it" }
      : limitIn(pair)),
    start,
    end,
  };
}

/** Directly in the map `config` at the top of the file. */
function isInConfig(path: Path): boolean {
  const [, , parent] = path;
  return path.length === 4 && isPair(parent) && stringOf(parent.key) === "config";
}

/** Its `name`, or its own key in the map around it, which begins with the project in a configuration. */
function nameOf(map: unknown, path: Path): { project?: string | undefined; name?: string | undefined } {
  const around = path.at(-2);
  const key = isPair(around) ? stringOf(around.key) : undefined;
  const [, project, name] = /^(?:([^:]+):)?(.+)$/.exec(key ?? "") ?? [];
  const given = isMap(map) ? map.get("name") : undefined;
  return typeof given === "string" ? { name: given } : { project, name };
}

function limitIn({ value }: Pair): Pick<Entry, "limit" | "problem"> {
  if (isAlias(value)) return { limit: undefined, problem: "it is an alias; change the limit that it refers to" };
  if (isMap(value) && value.has("secure")) return { limit: undefined, problem: "it is encrypted" };
  const limit = isScalar(value) ? numberOf(value) : undefined;
  return limit === undefined ? { limit, problem: "it is not a number" } : { limit };
}

/** Pulumi writes numbers of the configuration as strings. */
function numberOf({ value }: Scalar): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value : undefined;
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function resetOf(node: unknown): string | null | undefined {
  const value = isScalar(node) ? node.value : undefined;
  return typeof value === "string" || value === null ? value : undefined;
}

function stringOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === "string" ? node.value : undefined;
}

/** The text with other numbers in place. Comments, quotes and spaces stay. */
export function withLimits(text: string, limits: readonly { entry: Entry; usd: number }[]): string {
  const lastFirst = [...limits].sort((a, b) => b.entry.start - a.entry.start);
  return lastFirst.reduce((changed, { entry: { start, end }, usd }) => {
    const quote = /^["']/.exec(changed.slice(start, end))?.[0] ?? "";
    return `${changed.slice(0, start)}${quote}${usd}${quote}${changed.slice(end)}`;
  }, text);
}
