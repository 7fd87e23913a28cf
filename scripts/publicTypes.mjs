// The classes and interfaces that sdk/index.ts exports, with their doc comments.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** @typedef {import("typescript").ClassDeclaration | import("typescript").InterfaceDeclaration} Declaration */
/** @typedef {import("typescript").PropertySignature | import("typescript").PropertyDeclaration} Property */

/** By name. */
export const exported = new Map(parsed("index").statements.filter(ts.isExportDeclaration).flatMap(exportsOf));

/** The functions of sdk/lookUps, without those for outputs. */
export const lookUps = parsed("lookUps/index")
  .statements.filter(ts.isFunctionDeclaration)
  .filter(({ name }) => name?.text.startsWith("get") && !name.text.endsWith("Output"));

/** @param {string} name @returns {Declaration} */
export function declared(name) {
  const declaration = exported.get(name);
  if (!declaration) throw new Error(`sdk/index.ts exports no ${name}`);
  return declaration;
}

/** @param {import("typescript").Node} node @returns {node is Property} */
export function isProperty(node) {
  return ts.isPropertySignature(node) || ts.isPropertyDeclaration(node);
}

/** The text of the doc comment, with links as code. @param {import("typescript").Node} node */
export function docOf(node) {
  return docText(node).replaceAll(/\{@link ([^}]+)\}/g, "`$1`");
}

/** The text of the doc comment. @param {import("typescript").Node} node */
export function docText(node) {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(doc?.comment);
  if (!text) throw new Error(`no doc comment: ${node.getText().slice(0, 60)}`);
  return text;
}

/** @param {string} name */
function parsed(name) {
  const file = fileURLToPath(new URL(`../sdk/${name}.ts`, import.meta.url));
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

/** @param {import("typescript").ExportDeclaration} declaration */
function exportsOf({ exportClause, moduleSpecifier }) {
  if (!exportClause || !ts.isNamedExports(exportClause) || !moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) {
    throw new Error("sdk/index.ts: export names from a module");
  }
  const names = exportClause.elements.map(({ name }) => name.text);
  return parsed(moduleSpecifier.text)
    .statements.filter((node) => ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node))
    .filter(({ name }) => name && names.includes(name.text))
    .map((node) => /** @type {const} */ ([node.name?.text ?? "", node]));
}
