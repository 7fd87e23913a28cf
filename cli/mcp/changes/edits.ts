/** Edits of a file as an assistant proposes them. Pure. */
import { isDeepStrictEqual } from "node:util";
import { type Document, isCollection, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import { z } from "zod";
import { clean } from "../../../provider/text";
import { UsageError } from "../../shared/terminal";

const scalar = z.union([z.number(), z.string().max(1000), z.boolean()]);

/** A new value of a setting that exists in a YAML file. */
const setting = z.object({
  path: z
    .array(z.union([z.string().max(200), z.int().min(0)]))
    .min(1)
    .max(20),
  value: z.union([scalar, z.array(scalar).max(500)]),
});
/** A string that occurs once in the file. */
const replacement = z.object({ find: z.string().min(1).max(10_000), replaceWith: z.string().max(10_000) });

export const edits = z
  .array(z.union([setting, replacement]))
  .min(1)
  .max(50)
  .describe(
    "Each is a new value at a path of a YAML file, or a string that occurs once (find) and its replacement (replaceWith)",
  );
export type Edit = z.output<typeof edits>[number];

/** @throws UsageError */
export function applyEdits(text: string, all: readonly Edit[]): string {
  return all.reduce((current, edit) => ("find" in edit ? replaceOnce(current, edit) : set(current, edit)), text);
}

function replaceOnce(text: string, { find, replaceWith }: z.output<typeof replacement>): string {
  const count = text.split(find).length - 1;
  if (count !== 1) throw new UsageError(`find: the string must occur once in the file, and occurs ${count} times`);
  // A function, so that `$&` is not a pattern.
  return text.replace(find, () => replaceWith);
}

/** In place, so that comments and layout stay. */
function set(text: string, { path, value }: z.output<typeof setting>): string {
  const document = plainYaml(text);
  const node = document.getIn(path, true);
  const current: unknown = isScalar(node) || isSeq(node) ? node.toJS(document) : undefined;
  if (!isScalar(node) && !isSeq(node)) throw new UsageError(notFound(document, path));
  if (shapeOf(current) !== shapeOf(value)) {
    throw new UsageError(`path: ${path.join(".")} is ${shapeOf(current)}, so the value must be too`);
  }
  const [start, end] = node.range as [number, number, number];
  const old = text.slice(start, end);
  const edited = text.slice(0, start) + JSON.stringify(value) + (old.endsWith("\n") ? "\n" : "") + text.slice(end);
  const expected = document.clone() as Document;
  expected.setIn(path, value);
  // By construction; a layout that this does not foresee is refused.
  if (isDeepStrictEqual(plainYaml(edited).toJS(), expected.toJS())) return edited;
  throw new UsageError(`path: ${path.join(".")} can't be changed in place; pass find and replaceWith`);
}

/** Without what another parser may read differently. @throws UsageError */
export function plainYaml(text: string): Document {
  const document = parseDocument(text, { merge: false });
  const [error] = document.errors;
  if (error) throw new UsageError(`the file is not YAML: ${clean(error.message.split("\n")[0] ?? "")}`);
  visit(document, {
    Alias: () => refuse("an alias"),
    Node: (_, node) => {
      if (node.tag !== undefined) refuse("a tag");
      if (!("anchor" in node) || node.anchor === undefined) return;
      refuse("an anchor");
    },
  });
  return document;
}

function refuse(what: string): never {
  throw new UsageError(`the file has ${what}, which this tool does not change; edit it yourself`);
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value))
    return `a list of ${[...new Set(value.map((each) => typeof each))].join(" and ") || "string"}s`;
  return `a ${typeof value}`;
}

/** With the names that exist where the path ends. */
function notFound(document: Document, path: readonly (string | number)[]): string {
  let depth = 0;
  while (depth < path.length && isCollection(document.getIn(path.slice(0, depth + 1), true))) depth++;
  const place = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
  const known = isMap(place) ? place.items.map(({ key }) => clean(String(key))) : [];
  const at = path.slice(0, depth).join(".") || "the top";
  return `path: the file has no value at ${clean(path.join("."))}; at ${at} it has: ${known.join(", ") || "a list"}`;
}
