import type * as TypeScript from "typescript";
import type { Compiler } from "./compiler";

/** Where a declaration file contains `any`, each as `<line>: <source>`. */
export function anyWords(ts: Compiler, fileName: string, content: string): string[] {
  const source = ts.createSourceFile(fileName, content, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: TypeScript.Node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      const line = source.getLineAndCharacterOfPosition(node.pos).line;
      found.push(`${fileName}:${line + 1}: ${content.split("\n")[line]?.trim()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * The exports of a module whose type resolves to `any`, each as a path such as `GuardrailArgs.name`. This includes imports that
 * can't be resolved. Types of other packages are not checked.
 */
export function anyTypes(ts: Compiler, program: TypeScript.Program, entry: TypeScript.SourceFile) {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(entry);
  if (!module) throw new Error(`${entry.fileName} is not a module`);
  const found: string[] = [];
  const seen = new Set<TypeScript.Type>();
  const exports = checker.getExportsOfModule(module);
  for (const exported of exports) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (symbol.flags & ts.SymbolFlags.Type) walk(checker.getDeclaredTypeOfSymbol(symbol), exported.name);
    if (symbol.flags & ts.SymbolFlags.Value) walk(checker.getTypeOfSymbol(symbol), `typeof ${exported.name}`);
  }
  return { exports: exports.map(({ name }) => name), found };

  function walk(type: TypeScript.Type, at: string): void {
    if (type.flags & ts.TypeFlags.Any) found.push(at);
    if (seen.has(type)) return;
    seen.add(type);
    for (const argument of type.aliasTypeArguments ?? []) walk(argument, at);
    if (type.aliasSymbol && !isOurs(type.aliasSymbol)) return;
    if (type.isUnionOrIntersection()) for (const member of type.types) walk(member, at);
    if (!(type.flags & ts.TypeFlags.Object)) return;
    for (const argument of checker.getTypeArguments(type as TypeScript.TypeReference)) walk(argument, at);
    for (const property of type.getProperties().filter(isOurs)) {
      walk(checker.getTypeOfSymbol(property), `${at}.${property.name}`);
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      if (!signature.declaration || !isOurFile(signature.declaration.getSourceFile())) continue;
      for (const parameter of signature.parameters) {
        walk(checker.getTypeOfSymbol(parameter), `${at}(${parameter.name})`);
      }
      walk(signature.getReturnType(), `${at}()`);
    }
  }

  function isOurs(symbol: TypeScript.Symbol): boolean {
    return (symbol.declarations ?? []).some((declaration) => isOurFile(declaration.getSourceFile()));
  }
}

function isOurFile({ fileName }: TypeScript.SourceFile): boolean {
  return /pulumi-openrouter\/dist\//.test(fileName);
}
