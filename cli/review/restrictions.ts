/** What a guardrail allows and enforces: where it gets wider or narrower. */
import { isDeepStrictEqual } from "node:util";
import { type Properties, ZDR_VENDORS } from "./declared";
import { Hidden } from "./exposure";
import { compose, firstOf, own, quoted, type Sentence } from "./sentence";
import { LISTS, SAFETY_RETENTION } from "./settings";

/** Properties that Pulumi says differ: two secrets look alike here. */
type Names = readonly string[];

/** What becomes possible. No allowlist allows everything. */
export function widenings(before: Properties, after: Properties, touched: Names = []): Sentence[] {
  return eachList(before, after, touched, (title, allows, from, to) => {
    if (allows && !from) return undefined;
    if (allows && !to) return compose`no ${own(title)} any more, all are allowed (they were ${names(from ?? [])}).`;
    const more = allows ? without(to, from) : without(from, to);
    if (more.length === 0) return undefined;
    return allows
      ? compose`${own(title)} added: ${names(more)}.`
      : compose`no longer among the ${own(title)}: ${names(more)}.`;
  });
}

/** What is refused from then on. */
export function narrowings(before: Properties, after: Properties, touched: Names = []): Sentence[] {
  return eachList(before, after, touched, (title, allows, from, to) => {
    if (allows && !to) return undefined;
    if (allows && !from) return compose`only these ${own(title)} from now on: ${names(to ?? [])}.`;
    const less = allows ? without(from, to) : without(to, from);
    return less.length === 0 ? undefined : compose`${own(title)} ${own(allows ? "removed" : "added")}: ${names(less)}.`;
  });
}

type List = readonly unknown[] | undefined;

function eachList(
  before: Properties,
  after: Properties,
  touched: Names,
  words: (title: string, allows: boolean, from: List, to: List) => Sentence | undefined,
): Sentence[] {
  return Object.entries(LISTS).flatMap(([name, title]) => {
    const [from, to] = [before[name], after[name]];
    if (isDeepStrictEqual(from, to) && !touched.includes(name)) return [];
    const hidden = [to, from].find((each) => each instanceof Hidden);
    if (hidden instanceof Hidden) return [compose`${own(title)} changed, which is not shown (${own(hidden.why)}).`];
    const found = words(title, name.startsWith("allowed"), listOf(from), listOf(to));
    return found ? [found] : [];
  });
}

function listOf(value: unknown): List {
  return Array.isArray(value) ? value : undefined;
}

/** An item that can't be shown may be any. */
function without(list: List = [], other: List = []): unknown[] {
  return list.filter((item) => typeof item !== "string" || !other.includes(item));
}

function names(list: readonly unknown[]): Sentence {
  return firstOf(list.map((each) => (each instanceof Hidden ? own(each.why) : quoted(String(each)))));
}

/** Where prompts may be kept that were not kept before. */
export function lostZdr(before: Properties, after: Properties, touched: Names = []): Sentence[] {
  const isLost = (name: string) => {
    const was = before[name] === true || (before[name] instanceof Hidden && touched.includes(name));
    return was && after[name] !== true;
  };
  const isAllowed = (name: string) => {
    const [was, is] = [before[name], after[name]];
    return !isDeepStrictEqual(was, is) ? is !== false && (is !== undefined || was === false) : touched.includes(name);
  };
  const [off, allowed] = [vendors(ZDR_VENDORS, isLost), vendors(SAFETY_RETENTION, isAllowed)];
  return [
    ...(off ? [own(`zero data retention switched off for ${off}.`)] : []),
    ...(allowed ? [own(`retention for safety monitoring allowed for ${allowed}.`)] : []),
  ];
}

function vendors(all: Readonly<Record<string, string>>, concerns: (name: string) => boolean): string {
  const found = Object.entries(all).filter(([name]) => concerns(name));
  return found.map(([, vendor]) => vendor).join(", ");
}
